import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { isRecordingSet, listRecordings } from "../../../runtime/files/index.ts";
import { codesOf } from "../../rejected.ts";

const root = mkdtempSync(join(tmpdir(), "spikefold-recordings-"));
afterAll(() => rmSync(root, { recursive: true }));

const folder = (name: string, files: readonly string[], list: string | null = null): string => {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  for (const file of files) writeFileSync(join(path, file), "");
  if (list !== null) writeFileSync(join(path, "list.txt"), list);
  return path;
};

const named = (path: string, list: string | null = null) =>
  listRecordings(path, list).map((r) => [r.path.slice(root.length + 1), r.label]);

test("recordings of a folder come by name, without classes", () => {
  expect(named(folder("plain", ["b.bs2", "a.bin", "notes.md"]))).toEqual([
    ["plain/a.bin", null],
    ["plain/b.bs2", null],
  ]);
});

test("a list names recordings and classes, with or without the ending", () => {
  const path = folder("listed", ["7.bs2", "8.bin"], "# name class\n8 3\n7.bs2 1\n");
  const wanted = [
    ["listed/8.bin", 3],
    ["listed/7.bs2", 1],
  ];
  expect(named(path)).toEqual(wanted);
  expect(named(join(path, "list.txt"))).toEqual(wanted);
  expect(named(folder("elsewhere", ["7.bs2", "8.bin"]), join(path, "list.txt"))).toEqual([
    ["elsewhere/8.bin", 3],
    ["elsewhere/7.bs2", 1],
  ]);
  expect(isRecordingSet(path)).toBe(true);
});

test("folders named by classes hold the recordings of a class, in the order of numbers", () => {
  for (const name of ["10", "2", "readme"]) folder(join("classes", name), ["x.bin", "w.bin"]);
  expect(named(join(root, "classes"))).toEqual([
    ["classes/2/w.bin", 2],
    ["classes/2/x.bin", 2],
    ["classes/10/w.bin", 10],
    ["classes/10/x.bin", 10],
  ]);
});

test("a folder without recordings and a list with a path in it are refused", () => {
  expect(codesOf(() => listRecordings(folder("empty", ["a.png"])))).toEqual(["data/no-recordings"]);
  expect(codesOf(() => listRecordings(folder("evil", ["a.bs2"], "../../etc/passwd 1\n")))).toEqual([
    "data/damaged",
  ]);
});
