import type { Diagnostic } from "../../compiler/diagnostics/index.ts";
import { item as at } from "../../compiler/ir/core/index.ts";
import { syntaxFaults } from "../diagnostics/syntax.ts";
import type { Fragment } from "../layout/layout.ts";
import { codes, isClosing, isWord, keywords, partnerOf, type Token } from "../layout/token.ts";
import { type Source, textOf, whereOf } from "../source.ts";
import type { Cursor } from "./cursor.ts";

/** Index of the token that closes the bracket at `open`. */
const closingOf = (tokens: readonly Token[], open: number): number => {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const token = at(tokens, i);
    if (partnerOf(token) !== null) depth++;
    else if (isClosing(token)) depth--;
    if (depth === 0) return i;
  }
  return tokens.length - 1;
};

const between = (source: Source, first: Token, last: Token): string =>
  textOf(source, { start: first.start, end: last.end });

/** Index of the word whose parentheses the token at `index` closes, or `index` itself. */
const callStart = (tokens: readonly Token[], index: number): number => {
  if (tokens[index]?.code !== ")") return index;
  let depth = 0;
  for (let i = index; i >= 0; i--) {
    const code = tokens[i]?.code;
    if (code === ")") depth++;
    if (code === "(") depth--;
    if (depth === 0) return i > 0 && isCallee(tokens[i - 1]) ? i - 1 : i;
  }
  return index;
};

const isCallee = (token: Token | undefined): boolean =>
  token?.code === codes.name || token?.code === codes.path;

/** Two operands without an arrow between them. */
const missingArrow = ({ source, tokens, at }: Cursor): Diagnostic | null => {
  const [token, before] = [tokens[at], tokens[at - 1]];
  if (token === undefined || before === undefined || !isCallee(token)) return null;
  if (!isCallee(before) && before.code !== ")") return null;
  if (!tokens.slice(0, at).some(({ code }) => code === "=" || code === "->")) return null;
  const start = tokens[callStart(tokens, at - 1)] ?? before;
  const end = tokens[at + 1]?.code === "(" ? (tokens[closingOf(tokens, at + 1)] ?? token) : token;
  const texts = { before: between(source, start, before), after: between(source, token, end) };
  return syntaxFaults.report("arrow", whereOf(source, token), texts);
};

const most = 6;

const kinds: ReadonlyMap<string, string> = new Map([
  [codes.name, "a name"],
  [codes.path, "a name"],
  [codes.text, "a text in double quotes"],
]);

const isWords = (expected: string): boolean => expected.includes(" ");

const spoken = (expected: string): string =>
  kinds.get(expected) ?? (isWords(expected) ? expected : `\`${expected}\``);

const alternatives = (expected: readonly string[]): string => {
  const shown = [...new Set(expected.map(spoken))].slice(0, most);
  return shown.length > 1
    ? `${shown.slice(0, -1).join(", ")} or ${shown[shown.length - 1]}`
    : (shown[0] ?? "");
};

/** Why a word that looks like a name is none. */
const reserved = (token: Token | undefined, text: string, expected: readonly string[]): string =>
  token !== undefined && keywords.has(token.code) && expected.includes(codes.name)
    ? `; \`${text}\` has a meaning of its own`
    : "";

/** The one message about a fragment that could not be read on from the cursor. */
export const explain = (cursor: Cursor): Diagnostic => {
  const { source, tokens, at, expected } = cursor;
  const arrow = missingArrow(cursor);
  if (arrow !== null) return arrow;
  const token = tokens[at];
  const last = tokens[tokens.length - 1];
  const place = token ?? { start: last?.end ?? 0, end: last?.end ?? 0 };
  const text = token === undefined ? "" : textOf(source, token).slice(0, 60);
  return syntaxFaults.report("statement", whereOf(source, place), {
    found: token === undefined ? "the end of the statement" : `\`${text}\``,
    expected: `${alternatives(expected)}${reserved(token, text, expected)}`,
  });
};

/** Names that a fragment would have defined: what they are is unknown, and using them is no further error. */
export const namesIn = (source: Source, { tokens }: Fragment): readonly string[] => {
  const equals = tokens.findIndex(({ code }) => code === "=");
  const targets = tokens.filter(({ code }, i) => code === codes.name && i < equals);
  const labels = tokens.filter((token, i) => isWord(token) && tokens[i - 1]?.code === "as");
  return [...targets, ...labels].map((token) => textOf(source, token));
};
