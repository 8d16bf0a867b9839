import { inFile } from "../../compiler/diagnostics/index.ts";
import { syntaxFaults } from "../diagnostics/syntax.ts";
import type { Faults } from "../faults.ts";
import { type Fragment, type Layout, layout, type Section } from "../layout/layout.ts";
import { type Source, textOf, whereOf } from "../source.ts";
import type { Broken, Declaration, SpkTree } from "../syntax.ts";
import { type Cursor, codeAt, cursorOf, Refused, refuse } from "./cursor.ts";
import { readHead } from "./declaration.ts";
import { explain, namesIn } from "./recover.ts";
import { readStatement, readStep } from "./statement.ts";

const longestStatement = 40_000;
const largestFile = 1 << 20;

const tooLong = (source: Source, fragment: Fragment, faults: Faults): boolean => {
  const [first] = fragment.tokens;
  const found = fragment.tokens.length;
  if (first === undefined || found <= longestStatement) return false;
  const holes = { what: "statement", found, unit: "words and signs", limit: longestStatement };
  faults.add(
    syntaxFaults.report("size", whereOf(source, first), {
      ...holes,
      remedy: "give parts of it names of their own",
    }),
  );
  return true;
};

/** Reads one whole fragment; a fault is reported, and what the fragment defines is unknown. */
const read = <T>(
  source: Source,
  faults: Faults,
  fragment: Fragment,
  readPart: (cursor: Cursor) => T,
): T | Broken => {
  const unknown = (): Broken => ({ kind: "broken", names: namesIn(source, fragment) });
  if (fragment.broken || tooLong(source, fragment, faults)) return unknown();
  const cursor = cursorOf(source, faults, fragment.tokens);
  try {
    const part = readPart(cursor);
    if (codeAt(cursor) !== "") refuse(cursor, "the end of the statement");
    return part;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    faults.add(explain(cursor));
    return unknown();
  }
};

/** Names that a head would have defined. */
const namesOfHead = (source: Source, { kind, head }: Section): readonly string[] => {
  const words = head.tokens.filter(({ code }) => code === "$").map((token) => textOf(source, token));
  if (kind === "import") return words;
  return words.slice(kind === "data" ? 1 : 0, kind === "data" ? 2 : 1);
};

const bodyMissing = (source: Source, { head }: Section, faults: Faults): void => {
  const [first] = head.tokens;
  if (first === undefined || head.broken) return;
  faults.add(syntaxFaults.report("body", whereOf(source, first), { keyword: textOf(source, first) }));
};

const declarationOf = (source: Source, faults: Faults, section: Section): Declaration => {
  const unknown = (): Broken => ({ kind: "broken", names: namesOfHead(source, section) });
  const head = read(source, faults, section.head, (cursor) => readHead(section.kind, cursor));
  if (head.kind === "broken") {
    readBody(source, faults, section);
    return unknown();
  }
  if (head.kind !== "network" && head.kind !== "block" && head.kind !== "compile") return head;
  if (section.body === null) {
    bodyMissing(source, section, faults);
    return unknown();
  }
  if (head.kind !== "compile") {
    return {
      ...head,
      body: section.body.map((part) => read(source, faults, part, readStatement)),
    };
  }
  return { ...head, steps: section.body.map((part) => read(source, faults, part, readStep)) };
};

/** The statements of a section whose head is broken: read for their faults alone. */
const readBody = (source: Source, faults: Faults, { kind, body }: Section): void => {
  for (const part of body ?? []) {
    if (kind === "compile") read(source, faults, part, readStep);
    else read(source, faults, part, readStatement);
  }
};

const tooLarge = (source: Source, faults: Faults): boolean => {
  const { text } = source;
  const found = text.length > largestFile ? text.length : new TextEncoder().encode(text).length;
  if (found <= largestFile) return false;
  faults.add(syntaxFaults.report("bytes", inFile(source.file), { found, limit: largestFile }));
  return true;
};

/** A syntax tree, and the tokens and fragments that it was read from. */
export interface Parsed extends Layout {
  readonly tree: SpkTree;
}

/** Reads a file into its syntax tree. Each statement that cannot be read is reported alone; reading goes on behind it. */
export const parseParts = (source: Source, faults: Faults): Parsed => {
  const { tokens, sections } = tooLarge(source, faults)
    ? { tokens: [], sections: [] }
    : layout(source, faults);
  const declarations = sections.map((section) => declarationOf(source, faults, section));
  return { tree: { file: source.file, declarations }, tokens, sections };
};

/** As `parseParts`, the tree alone. */
export const parseSource = (source: Source, faults: Faults): SpkTree => parseParts(source, faults).tree;
