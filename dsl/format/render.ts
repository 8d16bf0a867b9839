import { unreachable } from "../../compiler/diagnostics/index.ts";
import type { Doc, Fill } from "./doc.ts";
import { fits, flatWidth, type Waiting, width } from "./fits.ts";

interface Command extends Waiting {
  readonly indent: number;
  readonly flat: boolean;
  /** Parts of an even fill that begin a line. */
  readonly starts: ReadonlySet<number> | null;
}

interface Page {
  readonly lines: string[];
  /** The last line, as far as it is written. */
  current: string;
  column: number;
  /** A comment that waits for the line's end. */
  comment: string;
  /** The next text begins a line: a comment stands before it. */
  ended: boolean;
}

const endLine = (page: Page): void => {
  page.lines.push(page.current.trimEnd() + page.comment);
  page.comment = "";
  page.ended = false;
};

const newLine = (page: Page, indent: number): void => {
  endLine(page);
  page.current = " ".repeat(indent);
  page.column = indent;
};

const write = (page: Page, indent: number, text: string): void => {
  if (text === "") return;
  if (page.ended) newLine(page, indent);
  page.current += text;
  page.column += text.length;
};

const isAtStart = ({ current, comment }: Page): boolean => comment === "" && current.trim() === "";

const writeComment = (page: Page, indent: number, text: string, own: boolean): void => {
  if (own) {
    if (page.ended || !isAtStart(page)) newLine(page, indent);
    page.current += text;
  } else page.comment = `  ${text}`;
  page.ended = true;
};

/** Rows of equal count, if all parts are short and this takes no more lines than filling does. */
const evenStarts = (fill: Fill, room: number): ReadonlySet<number> | null => {
  if (!fill.even) return null;
  const widths = [fill.first, ...fill.rest.map(({ content }) => content)].map(flatWidth);
  const known = widths.flatMap((w, i) => (w === null ? [] : [i === widths.length - 1 ? w + 1 : w]));
  if (known.length < widths.length) return null;
  const rowWidth = (row: readonly number[]): number => row.reduce((sum, w) => sum + w + 1, -1);
  let lines = 1;
  let row: number[] = [];
  for (const w of known) {
    if (row.length > 0 && rowWidth([...row, w]) > room) {
      lines++;
      row = [];
    }
    row.push(w);
  }
  const count = Math.ceil(known.length / lines);
  const rows = Array.from({ length: lines }, (_, i) => known.slice(i * count, (i + 1) * count));
  if (rows.some((each) => rowWidth(each) > room)) return null;
  return new Set(Array.from({ length: lines - 1 }, (_, i) => (i + 1) * count));
};

const startFill = (page: Page, stack: Command[], command: Command, fill: Fill): void => {
  const starts = command.flat ? null : evenStarts(fill, width - page.column);
  stack.push({ ...command, from: 1, starts }, { ...command, doc: fill.first, from: 0, starts: null });
};

const continueFill = (page: Page, stack: Command[], command: Command, fill: Fill): void => {
  const { from, flat, starts } = command;
  const part = fill.rest[from - 1];
  if (part === undefined) return;
  const { separator, content } = part;
  if (from < fill.rest.length) stack.push({ ...command, from: from + 1 });
  const stays =
    flat || (starts !== null ? !starts.has(from) : fits(width - page.column, [separator, content], stack));
  stack.push({ ...command, doc: content, from: 0, starts: null });
  stack.push({ ...command, doc: separator, from: 0, starts: null, flat: stays });
};

const print = (page: Page, stack: Command[], command: Command): void => {
  const { doc, indent, flat } = command;
  if (typeof doc === "string") {
    write(page, indent, doc);
    return;
  }
  if (!("kind" in doc)) {
    for (const part of doc.toReversed()) stack.push({ ...command, doc: part });
    return;
  }
  switch (doc.kind) {
    case "line":
      if (flat && !page.ended) write(page, indent, doc.flat);
      else newLine(page, indent);
      return;
    case "hard":
      newLine(page, indent);
      return;
    case "indent":
      stack.push({ ...command, doc: doc.of, indent: indent + 2 });
      return;
    case "align":
      if (page.ended) newLine(page, indent);
      stack.push({ ...command, doc: doc.of, indent: page.column });
      return;
    case "group":
      stack.push({ ...command, doc: doc.of, flat: flat || fits(width - page.column, doc.of, stack) });
      return;
    case "fill":
      if (command.from === 0) startFill(page, stack, command, doc);
      else continueFill(page, stack, command, doc);
      return;
    case "comma":
      if (doc.closing && flat) return;
      page.current += ",";
      page.column++;
      return;
    case "comment":
      writeComment(page, indent, doc.text, doc.own);
      return;
    default:
      unreachable(doc);
  }
};

/** Prints a document that begins at a column, without the blanks before its first line. */
export const render = (doc: Doc, column: number): string => {
  const page: Page = { lines: [], current: "", column, comment: "", ended: false };
  const stack: Command[] = [{ doc, indent: column, flat: false, from: 0, starts: null }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) print(page, stack, next);
  endLine(page);
  return page.lines.join("\n");
};
