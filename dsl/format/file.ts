import type { Section } from "../layout/layout.ts";
import type { Token } from "../layout/token.ts";
import type { Doc } from "./doc.ts";
import { outputsOf, type Part, partOf, printPieces, withoutEcho } from "./part.ts";
import type { Comment, Piece, Pieces } from "./piece.ts";

const commentLines = (comments: readonly Comment[], column: number, opens: boolean): readonly string[] =>
  comments.flatMap(({ text, spaced }, i) => {
    const shown = `${" ".repeat(column)}${text}`;
    return spaced && !(opens && i === 0) ? ["", shown] : [shown];
  });

/** Statements of a body with the author's empty lines between, at most one at a time. */
const bodyLines = (parts: readonly Part[]): readonly string[] =>
  parts.flatMap(({ comments, spaced, text }, i) => {
    const opens = i === 0;
    const above = commentLines(comments, 2, opens);
    const blank = spaced && !(opens && comments.length === 0);
    return [...above, ...(blank ? [""] : []), `  ${text}`];
  });

interface Body {
  readonly open: Piece;
  readonly close: Piece;
  readonly statements: readonly (readonly Piece[])[];
}

const trailing = ({ after }: Piece): Doc =>
  after === null ? "" : { kind: "comment", text: after.text, own: false };

const bodyText = (head: readonly Piece[], { open, close, statements }: Body): string => {
  const outputs = outputsOf(head);
  const parts = statements.map((pieces) =>
    partOf(pieces, printPieces(withoutEcho(pieces, outputs), 2, true, "")),
  );
  const top = printPieces(head, 0, false, [" {", trailing(open)]);
  const rest = commentLines(close.before, 2, parts.length === 0);
  return [top, ...bodyLines(parts), ...rest, `}${close.after === null ? "" : `  ${close.after.text}`}`].join(
    "\n",
  );
};

const declarationPart = (head: readonly Piece[], body: Body | null): Part => {
  if (body !== null) return partOf(head, bodyText(head, body));
  return partOf(head, printPieces(head, 0, true, ""));
};

/** Pieces of sections, in their order; what is in no fragment are the braces of bodies. */
const cut = (pieces: readonly Piece[], sections: readonly Section[]): readonly Part[] => {
  const left = pieces.values();
  const next = (): Piece => {
    const { value } = left.next();
    if (value === undefined) throw new Error("a file has fewer tokens than its sections");
    return value;
  };
  const take = (tokens: readonly Token[]): readonly Piece[] => tokens.map(next);
  return sections.map(({ head, body }) => {
    const headPieces = take(head.tokens);
    if (body === null) return declarationPart(headPieces, null);
    const open = next();
    const statements = body.map(({ tokens }) => take(tokens));
    return declarationPart(headPieces, { open, statements, close: next() });
  });
};

/** One empty line between declarations, none between those of one line; above comments the author's. */
const declarationLines = (parts: readonly Part[]): readonly string[] =>
  parts.flatMap(({ comments, spaced, text }, i) => {
    const before = parts[i - 1];
    const apart = before !== undefined && (text.includes("\n") || before.text.includes("\n"));
    const above = commentLines(comments, 0, before === undefined || apart);
    const blank = comments.length > 0 && spaced;
    return [...(apart ? [""] : []), ...above, ...(blank ? [""] : []), text];
  });

/** Prints a file that was parsed without a fault. */
export const printFile = ({ pieces, rest }: Pieces, sections: readonly Section[]): string => {
  const parts = cut(pieces, sections);
  const lines = [...declarationLines(parts), ...commentLines(rest, 0, parts.length === 0)];
  return lines.map((text) => `${text}\n`).join("");
};
