import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { backendNames, loadBackends } from "../../compiler/cli/backends.ts";
import { cellsOf, collectNotes } from "../../compiler/cli/ops/notes.ts";
import type { SupportRow } from "../../compiler/cli/ops/row.ts";
import { supportPage, supportRows } from "../../compiler/cli/ops.ts";
import { expectFile, root, update } from "./golden.ts";

const path = "docs/ops.md";

/** Cells with the texts of their notes in place of the numbers, which depend on the rows before. */
const resolved = (cells: readonly string[], notes: ReadonlyMap<string, string>): readonly string[] =>
  cells.map((cell) => cell.replace(/\[\d+\]/g, (number) => notes.get(number) ?? "no such note"));

const notesIn = (lines: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    lines.flatMap((line) =>
      [...line.matchAll(/^(?:- )?(\[\d+\]) (.*)$/g)].map(([, n = "", t = ""]) => [n, t]),
    ),
  );

const shown = (row: SupportRow): readonly string[] => {
  const notes = collectNotes();
  const cells = cellsOf(row, notes);
  return resolved(cells, notesIn(notes.lines()));
};

const quiet = (): void => undefined;

/** Making the whole page takes most of a minute, so a test takes one row of many. */
const one = (_: unknown, i: number): boolean => i % 16 === 5;

test("docs/ops.md is the support table of every target", async () => {
  const backends = await loadBackends(backendNames);
  if (update) expectFile(path, supportPage(backends));
  expect(existsSync(join(root, path))).toBe(true);
  const lines = readFileSync(join(root, path), "utf8").split("\n");
  const notes = notesIn(lines);
  const rows = lines
    .filter((line) => line.startsWith("| ") && !line.startsWith("| name |"))
    .map((line) => line.slice(2, -2).split(" | "));
  const all = supportRows(undefined, [], quiet);
  expect(rows.map((cells) => cells.slice(0, 2))).toEqual(all.map((row) => shown(row)));
  for (const { format, name, note } of all.filter(one)) {
    const found = supportRows(name, backends, quiet).filter(
      (row) => row.format === format && row.note === note,
    );
    const at = all.findIndex((row) => row.format === format && row.name === name && row.note === note);
    expect(found.map(shown)).toEqual([resolved(rows[at] ?? [], notes)]);
  }
}, 300_000);
