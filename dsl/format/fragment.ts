import {
  align,
  commaList,
  type Doc,
  fill,
  group,
  hardLine,
  indent,
  line,
  type Part,
  softLine,
} from "./doc.ts";
import { type Bracket, isBracket, type Node } from "./nest.ts";
import type { Comment, Piece } from "./piece.ts";
import { isBranch, isOperator, isSpaced } from "./spacing.ts";

/** Where a list of nodes may be cut into lines. */
interface Segment {
  readonly separator: Doc;
  readonly nodes: readonly Node[];
  /** Index of its first node in the list. */
  readonly from: number;
}

const ownLine = ({ text }: Comment): Doc => ({ kind: "comment", text, own: true });

const commented = ({ before, after }: Piece, text: Doc): Doc => {
  const behind: Doc = after === null ? "" : { kind: "comment", text: after.text, own: false };
  return before.length === 0 && after === null ? text : [...before.map(ownLine), text, behind];
};

const pieceDoc = (piece: Piece): Doc => commented(piece, piece.text);

/** Inside of braces stand blanks, inside of other brackets none. */
const bracketDoc = ({ open, items, close }: Bracket): Doc => {
  const edge = open.code === "{" && items.length > 0 ? line : softLine;
  const last: Doc = close.before.length === 0 ? "" : [hardLine, ...close.before.map(ownLine)];
  const list = items.length === 0 ? "" : [edge, commaList(items.map(itemDoc))];
  const inside = [commented({ ...open, before: [] }, open.text), indent([list, last]), edge, close.text];
  return [...open.before.map(ownLine), group(inside), commented({ ...close, before: [] }, "")];
};

const nodeDoc = (node: Node): Doc => (isBracket(node) ? bracketDoc(node) : pieceDoc(node));

const isArrow = (node: Node): node is Piece => !isBracket(node) && node.code === "->";

/** Cuts before arrows and branches, and behind operators; the author's line ends before arrows stay if `keepsRows`. */
const segmentsOf = (nodes: readonly Node[], keepsRows: boolean): readonly Segment[] => {
  const cuts: { at: number; separator: Doc }[] = [];
  let inStage = false;
  for (const [at, node] of nodes.entries()) {
    if (at === 0) inStage = isArrow(node);
    else if (isArrow(node)) {
      cuts.push({ at, separator: node.leads && keepsRows ? hardLine : line });
      inStage = true;
    } else if (isBranch(node)) {
      cuts.push({ at, separator: line });
      inStage = false;
    } else if (!inStage && isOperator(nodes, at - 1)) cuts.push({ at, separator: line });
  }
  return [{ at: 0, separator: "" }, ...cuts].map(({ at, separator }, i) => ({
    separator,
    nodes: nodes.slice(at, cuts[i]?.at ?? nodes.length),
    from: at,
  }));
};

const spaced = (all: readonly Node[], from: number, nodes: readonly Node[]): Doc =>
  nodes.map((node, i): Doc => (i > 0 && isSpaced(all, from + i) ? [" ", nodeDoc(node)] : nodeDoc(node)));

/** What is in brackets stands two deeper than the word behind the arrow. */
const continuation = (all: readonly Node[], { nodes, from }: Segment): Doc => {
  const [first, ...others] = nodes;
  if (first === undefined || !isArrow(first)) return align(spaced(all, from, nodes));
  return [pieceDoc(first), " ", align(spaced(all, from + 1, others))];
};

/** A list of nodes as rows; `last` stands behind it on the same line. */
export const rowsDoc = (nodes: readonly Node[], keepsRows: boolean, last: Doc): Doc => {
  const [first, ...rest] = segmentsOf(nodes, keepsRows);
  if (first === undefined) return last;
  const parts = rest.map(
    (segment, i): Part => ({
      separator: indent(segment.separator),
      content: indent([continuation(nodes, segment), i === rest.length - 1 ? last : ""]),
    }),
  );
  const start = spaced(nodes, first.from, first.nodes);
  return fill(rest.length === 0 ? [start, last] : start, parts);
};

const itemDoc = (nodes: readonly Node[]): Doc => align(rowsDoc(nodes, true, ""));
