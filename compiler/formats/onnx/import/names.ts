import { quoteName } from "../../../diagnostics/index.ts";
import type { OnnxNode } from "../decode/index.ts";

/** What a user calls a node: its name, or that of its first output when it has none. */
export const nameOfNode = (node: OnnxNode): string => {
  if (node.name !== "") return node.name;
  const output = node.outputs.find((name) => name !== "");
  return output ?? node.opType;
};

const most = 1000;

/** Names for a message, safe to print. */
export const listNames = (names: readonly string[]): string => {
  const shown = names.slice(0, most).map((name) => `"${quoteName(name)}"`);
  return names.length > most ? `${shown.join(", ")} and ${names.length - most} more` : shown.join(", ");
};
