import type { Excerpt, Where } from "../compiler/diagnostics/index.ts";

/** A `.spk` text under the name that messages show. */
export interface Source {
  readonly file: string;
  readonly text: string;
  /** Offset of the first character of each line. */
  readonly lines: readonly number[];
}

/** Half-open range of UTF-16 offsets in one source. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export const sourceOf = (file: string, text: string): Source => {
  const lines = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines.push(at + 1);
  return { file, text, lines };
};

/** Index into `lines` of the line that holds the offset. */
const lineIndex = ({ lines }: Source, offset: number): number => {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
};

/** Line of an offset, counted from 1. */
export const lineOf = (source: Source, offset: number): number => lineIndex(source, offset) + 1;

export const textOf = ({ text }: Source, { start, end }: Range): string => text.slice(start, end);

const longest = 120;

// What a terminal would act on, and lone surrogates: one column each, so that the caret stays right.
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The part of a line around a range, made safe for a terminal. `from` and `to` are offsets in the text. */
const excerptOf = (text: string, first: number, stop: number, from: number, to: number): Excerpt => {
  const cut = stop - first <= longest ? first : Math.max(first, Math.min(from - 20, stop - longest));
  const shown = text.slice(cut, Math.min(stop, cut + longest));
  const safe = shown.replace(unprintable, (c) => (c === "\t" ? " " : "?".repeat(c.length)));
  const length = Math.min(to, cut + shown.length) - from;
  return { text: safe, from: from - cut, length: Math.max(1, length) };
};

/** Place, line and underline of a range; a range over several lines is underlined on its first. */
export const whereOf = (source: Source, { start, end }: Range): Where => {
  const { text, file, lines } = source;
  const index = lineIndex(source, start);
  const first = lines[index] ?? 0;
  const next = (lines[index + 1] ?? text.length + 1) - 1;
  const stop = text[next - 1] === "\r" && next > first ? next - 1 : next;
  const from = Math.min(start, stop);
  const excerpt = excerptOf(text, first, stop, from, Math.min(end, stop));
  return { file, line: index + 1, column: from - first + 1, node: null, excerpt };
};
