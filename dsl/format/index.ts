import { collectFaults, rejectFaults } from "../faults.ts";
import { layout } from "../layout/layout.ts";
import { scan } from "../layout/scan.ts";
import { parseSource } from "../parse/parse.ts";
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
  parseSource(source, faults);
  rejectFaults(faults);
  const sections = layout(source, faults);
  return printFile(piecesOf(source, scan(source, faults).tokens), sections);
};
