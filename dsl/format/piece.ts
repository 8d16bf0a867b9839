import { codes, type Token } from "../layout/token.ts";
import { type Source, textOf } from "../source.ts";
import { spellExtents, spellNumber } from "./number.ts";

export interface Comment {
  readonly text: string;
  /** The line before it is empty. */
  readonly spaced: boolean;
}

/** A token with the comments around it: no comment of a file is in none. */
export interface Piece {
  readonly code: string;
  readonly text: string;
  /** Offset in the source, which tells the piece of a token. */
  readonly start: number;
  /** It is the first of its line. */
  readonly leads: boolean;
  /** The line before it, or before its last comment's end, is empty. */
  readonly spaced: boolean;
  /** On lines of their own. */
  readonly before: readonly Comment[];
  /** At the end of its line. */
  readonly after: Comment | null;
}

/** All pieces of a file, and the comments behind the last. */
export interface Pieces {
  readonly pieces: readonly Piece[];
  readonly rest: readonly Comment[];
}

/** What stands between two tokens. */
interface Gap {
  readonly after: Comment | null;
  readonly before: readonly Comment[];
  readonly spaced: boolean;
}

const isSpaced = (blanks: string): boolean => (blanks.match(/\n/g) ?? []).length > 1;

const gapOf = (text: string, first: boolean): Gap => {
  let after: Comment | null = null;
  const before: Comment[] = [];
  let end = 0;
  for (const found of text.matchAll(/#[^\n]*/g)) {
    const blanks = text.slice(end, found.index);
    const comment = { text: found[0].trimEnd(), spaced: isSpaced(blanks) };
    const own = blanks.includes("\n") || end > 0 || first;
    if (own) before.push(comment);
    else after = comment;
    end = found.index + found[0].length;
  }
  return { after, before, spaced: isSpaced(text.slice(end)) };
};

const spelled = (code: string, text: string): string => {
  if (code === codes.number) return spellNumber(text);
  return code === codes.size || code === codes.ratio ? spellExtents(text) : text;
};

/** Joins the tokens of a file with what stands between them. */
export const piecesOf = (source: Source, tokens: readonly Token[]): Pieces => {
  const ends = [source.text.startsWith("\ufeff") ? 1 : 0, ...tokens.map(({ end }) => end)];
  const starts = [...tokens.map(({ start }) => start), source.text.length];
  const gaps = starts.map((start, i) => gapOf(source.text.slice(ends[i], start), i === 0));
  const pieces = tokens.map((token, i): Piece => {
    const { code, start, leads } = token;
    const { before = [], spaced = false } = gaps[i] ?? {};
    const text = spelled(code, textOf(source, token));
    return { code, text, start, leads, spaced, before, after: gaps[i + 1]?.after ?? null };
  });
  return { pieces, rest: gaps[tokens.length]?.before ?? [] };
};
