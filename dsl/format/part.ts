import { codes } from "../layout/token.ts";
import type { Doc } from "./doc.ts";
import { rowsDoc } from "./fragment.ts";
import { isBracket, type Node, nest } from "./nest.ts";
import type { Comment, Piece } from "./piece.ts";
import { render } from "./render.ts";

/** A printed declaration, statement or step with the comments above it. */
export interface Part {
  readonly comments: readonly Comment[];
  /** The line before its text is empty. */
  readonly spaced: boolean;
  readonly text: string;
}

/** Prints pieces from a column on. `behind` ends their last line. */
export const printPieces = (
  pieces: readonly Piece[],
  column: number,
  keepsRows: boolean,
  behind: Doc,
): string => {
  const [first, ...others] = pieces;
  if (first === undefined) return render(behind, column);
  return render(rowsDoc(nest([{ ...first, before: [] }, ...others]), keepsRows, behind), column);
};

export const partOf = ([first]: readonly Piece[], text: string): Part => ({
  comments: first?.before ?? [],
  spaced: first?.spaced ?? false,
  text,
});

const textOfNode = (node: Node | undefined): string =>
  node === undefined || isBracket(node) ? "" : node.text;

/** Names behind the arrow of a network's head. */
export const outputsOf = (head: readonly Piece[]): ReadonlySet<string> => {
  const nodes = nest(head);
  const arrow = nodes.findLastIndex((node) => textOfNode(node) === "->");
  return new Set(nodes.slice(arrow + 1).map(textOfNode));
};

const isPlain = ({ before, after }: Piece): boolean => before.length === 0 && after === null;

/**
 * Drops the `as` of `x = ... as x`: `x` is the name of the last stage already. The last stage of an output is named by
 * `as` alone, so there it stays.
 */
export const withoutEcho = (pieces: readonly Piece[], outputs: ReadonlySet<string>): readonly Piece[] => {
  const [target, equals] = pieces;
  const [as, name] = pieces.slice(-2);
  if (target === undefined || as === undefined || name === undefined) return pieces;
  const echoes =
    equals?.code === "=" && as.code === "as" && name.code === codes.name && name.text === target.text;
  if (!echoes || outputs.has(name.text) || !isPlain(as) || name.before.length > 0) return pieces;
  const kept = pieces.slice(0, -2);
  const last = kept[kept.length - 1];
  if (last === undefined || (name.after !== null && last.after !== null)) return pieces;
  return [...kept.slice(0, -1), { ...last, after: name.after ?? last.after }];
};
