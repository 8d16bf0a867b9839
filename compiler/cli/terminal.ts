import { styleText } from "node:util";
import { type Diagnostic, renderAll } from "../diagnostics/index.ts";

/** Where a command says what it does: results to stdout, progress to stderr and only on a terminal. */
export interface Terminal {
  readonly json: boolean;
  /** A line of the result for people; silent with `--json`. */
  readonly line: (text: string) => void;
  /** The one JSON document. */
  readonly document: (value: unknown) => void;
  /** What is going on; overwritten by the next call, wiped at the end. */
  readonly progress: (text: string) => void;
  readonly wipe: () => void;
}

export const terminal = (json: boolean): Terminal => {
  const live = process.stderr.isTTY === true;
  const wipe = (): void => {
    if (live) process.stderr.write("\r\u001b[2K");
  };
  return {
    json,
    line: (text) => {
      wipe();
      if (!json) process.stdout.write(`${text}\n`);
    },
    document: (value) => {
      wipe();
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    progress: (text) => {
      if (live) process.stderr.write(`\r\u001b[2K${text}`);
    },
    wipe,
  };
};

export const bold = (text: string): string => styleText("bold", text);
export const good = (text: string): string => styleText("green", text);
export const bad = (text: string): string => styleText("red", text);

/** 12345.6 as 12,345.6: grouped by hand, because locales differ. */
export const grouped = (n: number, digits = 0): string => {
  const [whole = "", rest] = n.toFixed(digits).split(".");
  const text = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return rest === undefined ? text : `${text}.${rest}`;
};

export const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(2)} %`;

/** Columns padded to their widest cell; numbers to the right. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = head.map((h, c) => Math.max(h.length, ...rows.map((r) => (r[c] ?? "").length)));
  const numeric = head.map((_, c) => rows.every((r) => /^[\d.,%\s-]*$/.test(r[c] ?? "")));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, c) => (numeric[c] ? cell.padStart(widths[c] ?? 0) : cell.padEnd(widths[c] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(head), line(widths.map((w) => "-".repeat(w))), ...rows.map(line)];
};

/** What a user should know of how a model was read; not part of the document. */
export const printNotes = (notes: readonly Diagnostic[]): void => {
  if (notes.length > 0) process.stderr.write(`${renderAll(notes)}\n`);
};
