import { collectFaults, rejectFaults, untilEnough } from "../faults.ts";
import { parseParts } from "../parse/parse.ts";
import { sourceOf } from "../source.ts";
import { printFile } from "./file.ts";
import { piecesOf } from "./piece.ts";

/**
 * The text in the one style of the language: the same program with the same comments. Formatting what it gives changes
 * nothing. Throws Rejected with everything that cannot be read.
 */
export const formatSpk = (file: string, text: string): string => {
  const source = sourceOf(file, text);
  const faults = collectFaults();
  const parsed = untilEnough(() => parseParts(source, faults));
  const { tokens, sections } = rejectFaults(faults, parsed);
  return printFile(piecesOf(source, tokens), sections);
};
