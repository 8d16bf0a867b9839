import type { Span } from "../../compiler/diagnostics/index.ts";
import type { Faults } from "../faults.ts";
import { codes, type Token } from "../layout/token.ts";
import { type Source, textOf } from "../source.ts";
import type { Name, Text } from "../syntax.ts";

/** A place in the tokens of one fragment, and what was looked for there. */
export interface Cursor {
  readonly source: Source;
  readonly faults: Faults;
  readonly tokens: readonly Token[];
  at: number;
  /** What could stand at `at`: spellings of tokens, or words for a message. */
  readonly expected: string[];
}

export const cursorOf = (source: Source, faults: Faults, tokens: readonly Token[]): Cursor => ({
  source,
  faults,
  tokens,
  at: 0,
  expected: [],
});

/** Thrown where a fragment cannot go on; the cursor says where, and what was expected. */
export class Refused extends Error {}

/** Ends the reading of the fragment. */
export const refuse = (cursor: Cursor, expected: string): never => {
  cursor.expected.push(expected);
  throw new Refused();
};

/** Spelling of the token that is `ahead` places on; empty behind the end. */
export const codeAt = ({ tokens, at }: Cursor, ahead = 0): string => tokens[at + ahead]?.code ?? "";

/** Takes the next token. Throws Refused behind the end. */
export const advance = (cursor: Cursor): Token => {
  const token = cursor.tokens[cursor.at];
  if (token === undefined) return refuse(cursor, "another word");
  cursor.at++;
  cursor.expected.length = 0;
  return token;
};

/** Takes the next token when it is spelled so, else remembers that it could have been. */
export const accept = (cursor: Cursor, spelling: string): Token | null => {
  if (codeAt(cursor) === spelling) return advance(cursor);
  cursor.expected.push(spelling);
  return null;
};

/** Takes the next token when it has one of the spellings. */
export const acceptAny = (cursor: Cursor, spellings: readonly string[]): Token | null => {
  if (spellings.includes(codeAt(cursor))) return advance(cursor);
  cursor.expected.push(...spellings);
  return null;
};

const orRefuse = (token: Token | null): Token => {
  if (token === null) throw new Refused();
  return token;
};

/** Takes the next token, which must be spelled so. */
export const need = (cursor: Cursor, spelling: string): Token => orRefuse(accept(cursor, spelling));

/** From the token at index `start` to the last one taken. */
export const spanFrom = ({ source, tokens, at }: Cursor, start: number): Span => {
  const first = tokens[start];
  const last = tokens[at - 1];
  return { file: source.file, start: first?.start ?? 0, end: last?.end ?? first?.start ?? 0 };
};

export const nameOf = ({ source }: Cursor, { start, end }: Token): Name => {
  const span = { file: source.file, start, end };
  return { text: textOf(source, span), span };
};

export const needName = (cursor: Cursor): Name => nameOf(cursor, need(cursor, codes.name));

const paths = [codes.name, codes.path];

/** A name, or names with points between. */
export const needPath = (cursor: Cursor): Name => nameOf(cursor, orRefuse(acceptAny(cursor, paths)));

/** A text without its quotes; `\"` and `\\` stand for themselves. */
export const needText = (cursor: Cursor): Text => {
  const { text, span } = nameOf(cursor, need(cursor, codes.text));
  return { kind: "text", text: text.slice(1, -1).replace(/\\(.)/g, "$1"), span };
};

/** `first { sign next }`, without a sign at the end. */
export const separated = <T>(
  cursor: Cursor,
  sign: string,
  read: (cursor: Cursor) => T,
): readonly [T, ...T[]] => {
  const items: [T, ...T[]] = [read(cursor)];
  while (accept(cursor, sign) !== null) items.push(read(cursor));
  return items;
};

/** Items with commas between them up to the closing bracket; a comma may close the list. */
export const listed = <T>(
  cursor: Cursor,
  close: string,
  read: (cursor: Cursor) => T,
): readonly [T, ...T[]] => {
  const items: [T, ...T[]] = [read(cursor)];
  while (accept(cursor, close) === null) {
    need(cursor, ",");
    if (codeAt(cursor) === close) continue;
    items.push(read(cursor));
  }
  return items;
};
