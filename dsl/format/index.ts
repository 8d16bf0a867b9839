import { collectFaults, rejectFaults } from "../faults.ts";
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
  const { tokens, sections } = parseParts(source, faults);
  rejectFaults(faults);
  return printFile(piecesOf(source, tokens), sections);
};
