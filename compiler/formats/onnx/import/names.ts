import { quoteName } from "../../../diagnostics/index.ts";

const most = 1000;

/** Names for a message, safe to print. */
export const listNames = (names: readonly string[]): string => {
  const shown = names.slice(0, most).map((name) => `"${quoteName(name)}"`);
  return names.length > most ? `${shown.join(", ")} and ${names.length - most} more` : shown.join(", ");
};
