import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
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

test("two folders of one class are both read", () => {
  for (const [name, file] of [
    ["3", "a.bin"],
    ["03", "b.bin"],
  ] as const)
    folder(join("twice", name), [file]);
  expect(named(join(root, "twice"))).toEqual([
    ["twice/03/b.bin", 3],
    ["twice/3/a.bin", 3],
  ]);
});

test("a folder without recordings and a list with a path in it are refused", () => {
  expect(codesOf(() => listRecordings(folder("empty", ["a.png"])))).toEqual(["data/no-recordings"]);
  expect(codesOf(() => listRecordings(folder("evil", ["a.bs2"], "../../etc/passwd 1\n")))).toEqual([
    "data/damaged",
  ]);
});

/** An entry of a tar archive: head, data, padding. */
const entry = (name: string, text: string): Uint8Array => {
  const data = new TextEncoder().encode(text);
  const bytes = new Uint8Array(512 + Math.ceil(data.length / 512) * 512);
  const put = (at: number, field: string): void => bytes.set(new TextEncoder().encode(field), at);
  put(0, name);
  put(124, data.length.toString(8).padStart(11, "0"));
  put(148, "        ");
  put(156, "0");
  const sum = bytes.subarray(0, 512).reduce((a, b) => a + b, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  bytes.set(data, 512);
  return bytes;
};

const archive = (name: string, entries: Readonly<Record<string, string>>): string => {
  const path = join(root, name);
  const parts = Object.entries(entries).map(([file, text]) => entry(file, text));
  const bytes = Buffer.concat([...parts, new Uint8Array(1024)]);
  writeFileSync(path, name.endsWith(".gz") ? gzipSync(bytes) : bytes);
  return path;
};

test("an archive is read as a folder: by its list, or by the folders of its classes", () => {
  const events = "12345".repeat(200);
  const listed = archive("listed.tar.gz", {
    "set/a.bs2": events,
    "set/b.bs2": "x",
    "set/l.txt": "b 4\na.bs2 2\n",
  });
  expect(isRecordingSet(listed)).toBe(true);
  const found = listRecordings(listed);
  expect(found.map((r) => [r.path.slice(root.length + 1), r.label])).toEqual([
    ["listed.tar.gz/set/b.bs2", 4],
    ["listed.tar.gz/set/a.bs2", 2],
  ]);
  expect(found.map((r) => new TextDecoder().decode(r.read()))).toEqual(["x", events]);
  expect(
    named(archive("classes.tar", { "Test/3/a.bin": "", "Test/12/b.bin": "", "Test/readme": "" })),
  ).toEqual([
    ["classes.tar/Test/12/b.bin", 12],
    ["classes.tar/Test/3/a.bin", 3],
  ]);
});

test("an archive that is cut, or whose list names what is not in it, is refused", () => {
  const missing = archive("missing.tar", { "a.bs2": "", "l.txt": "b 1\n" });
  expect(codesOf(() => listRecordings(missing))).toEqual(["data/damaged"]);
  const cut = join(root, "cut.tar");
  writeFileSync(cut, entry("a.bs2", "123456789").subarray(0, 515));
  expect(codesOf(() => listRecordings(cut))).toEqual(["data/damaged"]);
  writeFileSync(cut, entry("a.bs2", "1").fill(65, 0, 4));
  expect(codesOf(() => listRecordings(cut))).toEqual(["data/damaged"]);
  expect(codesOf(() => listRecordings(archive("none.tar", { "a.png": "" })))).toEqual(["data/no-recordings"]);
});
