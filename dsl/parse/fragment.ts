import type { Node, Semantics } from "ohm-js";
import type { Span } from "../../compiler/diagnostics/index.ts";
import type { Faults } from "../faults.ts";
import type { Fragment } from "../layout/layout.ts";
import type { Token } from "../layout/token.ts";
import { type Source, textOf } from "../source.ts";
import type { Name, Text } from "../syntax.ts";

/** A node that operations of the grammar are called on. */
export type Wrapped = ReturnType<Semantics>;

/** What the grammar reads, and the way back from its characters to the source. */
export interface Spelling {
  readonly source: Source;
  readonly faults: Faults;
  readonly tokens: readonly Token[];
  readonly text: string;
  /** For each character of `text` the index of its token. */
  readonly owner: readonly number[];
}

export const spell = (source: Source, faults: Faults, { tokens }: Fragment): Spelling => ({
  source,
  faults,
  tokens,
  text: tokens.map(({ code }) => code).join(""),
  owner: tokens.flatMap(({ code }, index) => Array.from(code, () => index)),
});

/** The token that holds a character of the spelling; undefined behind its end. */
export const tokenAt = (spelling: Spelling, at: number): Token | undefined =>
  spelling.tokens[spelling.owner[at] ?? -1];

/** The spelling that an operation of the grammar was called with. */
export const spellingOf = (node: Node): Spelling => node.args.spelling;

export const spanOf = (node: Node, spelling: Spelling): Span => {
  const { startIdx, endIdx } = node.source;
  const start = tokenAt(spelling, startIdx)?.start ?? 0;
  const end = endIdx > startIdx ? (tokenAt(spelling, endIdx - 1)?.end ?? start) : start;
  return { file: spelling.source.file, start, end };
};

export const nameAt = (node: Node, spelling: Spelling): Name => {
  const span = spanOf(node, spelling);
  return { text: textOf(spelling.source, span), span };
};

/** A text without its quotes; `\"` and `\\` stand for themselves. */
export const textAt = (node: Node, spelling: Spelling): Text => {
  const { text, span } = nameAt(node, spelling);
  return { kind: "text", text: text.slice(1, -1).replace(/\\(.)/g, "$1"), span };
};

/** The only child of an optional part, or null. */
export const optional = (node: Node): Node | null => node.children[0] ?? null;
