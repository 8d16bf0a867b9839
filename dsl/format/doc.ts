/**
 * What to print, with the places where a line may end. A group is printed flat when it fits, else all of its own lines
 * break; a fill breaks only before what does not fit.
 */
export type Doc =
  | string
  | readonly Doc[]
  /** A line end in a broken group, else its text. */
  | { readonly kind: "line"; readonly flat: "" | " " }
  /** Always a line end. */
  | { readonly kind: "hard" }
  | { readonly kind: "indent"; readonly of: Doc }
  /** Lines of the inner part are indented from the column where it begins. */
  | { readonly kind: "align"; readonly of: Doc }
  | { readonly kind: "group"; readonly of: Doc }
  | Fill
  /** A comma belongs to what is before it, even to what has a comment behind; `closing` ones stand in broken groups only. */
  | { readonly kind: "comma"; readonly closing: boolean }
  /** A comment on a line of its own, or behind what is on the line; the next text begins a line. */
  | { readonly kind: "comment"; readonly text: string; readonly own: boolean };

export interface Fill {
  readonly kind: "fill";
  readonly first: Doc;
  readonly rest: readonly Part[];
  /** Rows of equal count, when they take no more lines: tables stay tables. */
  readonly even: boolean;
}

export interface Part {
  readonly separator: Doc;
  readonly content: Doc;
}

export const softLine: Doc = { kind: "line", flat: "" };
export const line: Doc = { kind: "line", flat: " " };
export const hardLine: Doc = { kind: "hard" };

export const indent = (of: Doc): Doc => ({ kind: "indent", of });
export const align = (of: Doc): Doc => ({ kind: "align", of });
export const group = (of: Doc): Doc => ({ kind: "group", of });

export const fill = (first: Doc, rest: readonly Part[], even = false): Doc =>
  rest.length === 0 ? first : { kind: "fill", first, rest, even };

/** Items with commas between them, and one at the end when they take several lines. */
export const commaList = (items: readonly Doc[]): Doc => {
  const comma: Doc = { kind: "comma", closing: false };
  const last = items.length - 1;
  const closed: Doc = last > 0 ? { kind: "comma", closing: true } : "";
  const [first = "", ...rest] = items.map((item, i): Doc => [item, i < last ? comma : closed]);
  return fill(
    first,
    rest.map((content) => ({ separator: line, content })),
    true,
  );
};
