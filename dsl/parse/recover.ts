import type { FailedMatchResult } from "ohm-js";
import type { Diagnostic } from "../../compiler/diagnostics/index.ts";
import { syntaxFaults } from "../diagnostics/syntax.ts";
import type { Fragment } from "../layout/layout.ts";
import { codes, isWord, type Token } from "../layout/token.ts";
import { type Source, textOf, whereOf } from "../source.ts";
import { type Spelling, tokenAt } from "./fragment.ts";

const closers: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** Index of the token that closes the bracket at `open`. */
const closingOf = (tokens: readonly Token[], open: number): number => {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const code = tokens[i]?.code ?? "";
    if (closers[code] !== undefined) depth++;
    else if (code === ")" || code === "]" || code === "}") depth--;
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
const missingArrow = (spelling: Spelling, at: number): Diagnostic | null => {
  const { source, tokens, owner } = spelling;
  const index = owner[at] ?? tokens.length;
  const [token, before] = [tokens[index], tokens[index - 1]];
  if (token === undefined || before === undefined || !isCallee(token)) return null;
  if (!isCallee(before) && before.code !== ")") return null;
  if (!tokens.slice(0, index).some(({ code }) => code === "=" || code === "->")) return null;
  const start = tokens[callStart(tokens, index - 1)] ?? before;
  const end = tokens[index + 1]?.code === "(" ? (tokens[closingOf(tokens, index + 1)] ?? token) : token;
  const texts = { before: between(source, start, before), after: between(source, token, end) };
  return syntaxFaults.report("arrow", whereOf(source, token), texts);
};

const most = 6;

const spoken = (expected: string): string =>
  expected
    .replace(/"((?:[^"\\]|\\.)*)"/g, (_, sign: string) => `\`${sign}\``)
    .replace(/, or /g, " or ")
    .replace("end of input", "the end of the statement");

const expectedText = (failed: FailedMatchResult): string => {
  const items = failed
    .getExpectedText()
    .split(/,? or |, /)
    .filter((item) => item !== "");
  const shown = items.slice(0, most);
  const listed =
    shown.length > 1 ? `${shown.slice(0, -1).join(", ")} or ${shown[shown.length - 1]}` : (shown[0] ?? "");
  return spoken(listed);
};

/** The one message about a fragment that the grammar refused. */
export const explain = (spelling: Spelling, failed: FailedMatchResult): Diagnostic => {
  const at = failed.getRightmostFailurePosition();
  const arrow = missingArrow(spelling, at);
  if (arrow !== null) return arrow;
  const token = tokenAt(spelling, at);
  const last = spelling.tokens[spelling.tokens.length - 1];
  const place = token ?? { start: last?.end ?? 0, end: last?.end ?? 0 };
  const found =
    token === undefined ? "the end of the statement" : `\`${textOf(spelling.source, token).slice(0, 60)}\``;
  return syntaxFaults.report("statement", whereOf(spelling.source, place), {
    found,
    expected: expectedText(failed),
  });
};

/** Names that a fragment would have defined: what they are is unknown, and using them is no further error. */
export const namesIn = (source: Source, { tokens }: Fragment): readonly string[] => {
  const equals = tokens.findIndex(({ code }) => code === "=");
  const targets = tokens.filter(({ code }, i) => code === codes.name && i < equals);
  const labels = tokens.filter((token, i) => isWord(token) && tokens[i - 1]?.code === "as");
  return [...targets, ...labels].map((token) => textOf(source, token));
};
