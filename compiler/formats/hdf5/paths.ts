import { quoteName } from "../../diagnostics/index.ts";

/** The path of an object in a group, so that messages can print it. */
export const childPath = (path: string, name: string): string =>
  `${path === "/" ? "" : path}/${quoteName(name)}`;
