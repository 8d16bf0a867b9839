import { isClosing, partnerOf } from "../layout/token.ts";
import type { Comment, Piece } from "./piece.ts";

/** Brackets with the lists between their commas; commas are no nodes. */
export interface Bracket {
  readonly open: Piece;
  readonly items: readonly (readonly Node[])[];
  readonly close: Piece;
}

export type Node = Piece | Bracket;

export const isBracket = (node: Node): node is Bracket => "open" in node;

export const firstPiece = (node: Node): Piece => (isBracket(node) ? node.open : node);
export const lastPiece = (node: Node): Piece => (isBracket(node) ? node.close : node);

interface Reading {
  readonly pieces: readonly Piece[];
  at: number;
  /** Comments of a comma that go before the next piece. */
  held: readonly Comment[];
}

const take = (reading: Reading): Piece => {
  const piece = reading.pieces[reading.at++];
  if (piece === undefined) throw new Error("a bracket without a partner was parsed");
  const before = [...reading.held, ...piece.before];
  reading.held = [];
  return before.length === piece.before.length ? piece : { ...piece, before };
};

const withAfter = (node: Node, after: Comment): Node =>
  isBracket(node) ? { ...node, close: { ...node.close, after } } : { ...node, after };

/** Puts the comments of a comma behind what is before it, or before what comes next. */
const endItem = (reading: Reading, item: readonly Node[], comma: Piece): readonly Node[] => {
  const last = item[item.length - 1];
  const { before, after } = comma;
  if (after === null || last === undefined) {
    reading.held = before;
    return item;
  }
  if (before.length === 0 && lastPiece(last).after === null)
    return [...item.slice(0, -1), withAfter(last, after)];
  reading.held = [...before, after];
  return item;
};

const readBracket = (reading: Reading, open: Piece): Bracket => {
  const items: (readonly Node[])[] = [];
  let item: Node[] = [];
  for (;;) {
    const piece = take(reading);
    if (piece.code === "," || isClosing(piece)) {
      if (piece.code === ",") items.push(endItem(reading, item, piece));
      else if (item.length > 0) items.push(item);
      if (piece.code !== ",") return { open, items, close: piece };
      item = [];
    } else item.push(partnerOf(piece) !== null ? readBracket(reading, piece) : piece);
  }
};

/** The brackets of a statement as a tree, as deep as brackets may nest. Commas outside of brackets stay. */
export const nest = (pieces: readonly Piece[]): readonly Node[] => {
  const reading: Reading = { pieces, at: 0, held: [] };
  const nodes: Node[] = [];
  while (reading.at < pieces.length) {
    const piece = take(reading);
    nodes.push(partnerOf(piece) !== null ? readBracket(reading, piece) : piece);
  }
  return nodes;
};
