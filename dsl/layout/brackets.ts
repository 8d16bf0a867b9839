import { syntaxFaults } from "../diagnostics/syntax.ts";
import type { Faults } from "../faults.ts";
import { lineOf, type Source, textOf, whereOf } from "../source.ts";
import { isClosing, isWord, partnerOf, type Token } from "./token.ts";

/** Deepest nesting of brackets; it bounds the recursion of everything that reads a statement. */
export const deepest = 64;

/** A bracket that waits for its partner; a body is the braces of a network, block or compile section. */
export interface Open {
  readonly index: number;
  readonly body: boolean;
}

// A remedy from far below helps nobody, and the search must end.
const farthest = 200;

/** The token after which the missing bracket was most likely meant: before the arrow that follows a call, else at the line's end. */
const lastInside = (tokens: readonly Token[], open: number): Token | null => {
  const before = tokens[open - 1];
  const call = before !== undefined && before.end === tokens[open]?.start && tokens[open]?.code === "(";
  let depth = 0;
  let found: Token | null = null;
  for (const token of tokens.slice(open + 1, open + 1 + farthest)) {
    if (depth === 0 && isClosing(token)) break;
    if (
      depth === 0 &&
      found !== null &&
      ((call && token.code === "->") || (token.leads && found.code !== ","))
    )
      break;
    if (partnerOf(token) !== null) depth++;
    if (isClosing(token)) depth--;
    found = token;
  }
  return found;
};

const bodyRemedy = (source: Source, next: Token | undefined): string =>
  next === undefined ? "write `}` at the end" : `write \`}\` before line ${lineOf(source, next.start)}`;

/** Reports a bracket without a partner; `next` is where the reading went on. */
export const reportOpen = (
  source: Source,
  faults: Faults,
  tokens: readonly Token[],
  open: Open,
  next: Token | undefined,
): void => {
  const token = tokens[open.index];
  if (token === undefined) return;
  const inside = lastInside(tokens, open.index);
  const close = partnerOf(token) ?? "";
  const after =
    inside === null
      ? `write \`${close}\` behind it`
      : `write \`${close}\` after \`${textOf(source, inside)}\``;
  const remedy = open.body ? bodyRemedy(source, next) : after;
  faults.add(
    syntaxFaults.report("bracket", whereOf(source, token), { bracket: token.code, fault: "closed", remedy }),
  );
};

/** A line inside brackets that can only be the start of a statement: the bracket above it was forgotten. */
export const startsStatement = (tokens: readonly Token[], index: number): boolean => {
  const token = tokens[index];
  if (token === undefined || !token.leads || !isWord(token)) return false;
  const next = tokens[index + 1]?.code;
  const keyword = token.code === "weights" || token.code === "require";
  return keyword ? next !== ":" : next === "=";
};
