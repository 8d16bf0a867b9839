import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { fmtDocument } from "../../compiler/cli/documents.ts";
import { formatFiles } from "../../compiler/cli/fmt.ts";
import { Rejected } from "../../compiler/diagnostics/index.ts";
import { codesOf } from "../rejected.ts";
import { captured } from "./captured.ts";

const scratch = mkdtempSync(join(tmpdir(), "spikefold-fmt-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const loose = "network n(x:[4])->y:[4]{\n y=x->relu\n}\n";
const tidy = "network n(x: [4]) -> y: [4] {\n  y = x -> relu\n}\n";

const write = (name: string, text: string | Uint8Array): string => {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
};

const nothing = (): Uint8Array => {
  throw new Error("stdin is not read");
};

test("writes the one style and names the files that it changed", async () => {
  const [a, b] = [write("a.spk", loose), write("b.spk", tidy)];
  const before = statSync(b).ino;
  const ran = await captured(() => formatFiles([a, b], {}, nothing));
  expect(ran).toEqual({ code: 0, stdout: `formatted ${a}\n2 files, 1 file changed\n` });
  expect(readFileSync(a, "utf8")).toBe(tidy);
  expect(statSync(b).ino).toBe(before);
});

test("keeps permissions and links of a file that it changes, and leaves nothing beside it", async () => {
  const a = write("mode.spk", loose);
  chmodSync(a, 0o640);
  const link = join(scratch, "link.spk");
  symlinkSync(a, link);
  expect((await captured(() => formatFiles([link], {}, nothing))).code).toBe(0);
  expect(readFileSync(a, "utf8")).toBe(tidy);
  expect(statSync(a).mode & 0o777).toBe(0o640);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readdirSync(scratch).filter((name) => name.includes(".tmp-"))).toEqual([]);
});

test("checks without writing, and ends with 1 when a file lacks the style", async () => {
  const [a, b] = [write("c.spk", loose), write("d.spk", tidy)];
  const ran = await captured(() => formatFiles([a, b], { check: true }, nothing));
  expect(ran).toEqual({ code: 1, stdout: `not formatted: ${a}\n2 files, 1 file to format\n` });
  expect(readFileSync(a, "utf8")).toBe(loose);
  expect((await captured(() => formatFiles([b], { check: true }, nothing))).code).toBe(0);
});

test("a carriage return and a byte order mark are no style", async () => {
  const a = write("crlf.spk", `\ufeff${tidy.replaceAll("\n", "\r\n")}`);
  expect((await captured(() => formatFiles([a], { check: true }, nothing))).code).toBe(1);
  await captured(() => formatFiles([a], {}, nothing));
  expect(readFileSync(a, "utf8")).toBe(tidy);
});

test("nothing is written when one file cannot be read, and all faults are told", () => {
  const a = write("e.spk", loose);
  const b = write("f.spk", "network n(\n");
  const c = write("g.spk", Uint8Array.of(35, 0xff, 10));
  const run = (): number => formatFiles([a, b, c, join(scratch, "none.spk")], {}, nothing);
  expect(codesOf(run)).toEqual(["syntax/bracket", "cli/text-encoding", "data/missing"]);
  expect(readFileSync(a, "utf8")).toBe(loose);
});

test("names the first byte that is no UTF-8", () => {
  const bytes = Uint8Array.from([...new TextEncoder().encode("# caf\u00e9 "), 0xc3, 0x28, 10]);
  expect(() => formatFiles([write("h.spk", bytes)], {}, nothing)).toThrow(Rejected);
  try {
    formatFiles([write("h.spk", bytes)], {}, nothing);
  } catch (error) {
    expect(error instanceof Rejected ? error.diagnostics[0]?.why : "").toContain("byte at 9 ");
  }
});

test("a dash reads stdin and writes stdout", async () => {
  const stdin = (): Uint8Array => new TextEncoder().encode(loose);
  expect(await captured(() => formatFiles(["-"], {}, stdin))).toEqual({ code: 0, stdout: tidy });
  expect((await captured(() => formatFiles(["-"], { check: true }, stdin))).code).toBe(1);
  expect(codesOf(() => formatFiles(["-"], { json: true }, stdin))).toEqual(["cli/stdout-twice"]);
  const broken = (): Uint8Array => new TextEncoder().encode("a = 1;\n");
  expect(codesOf(() => formatFiles(["-"], {}, broken))).toEqual(["syntax/sign"]);
});

test("says what it did in a document of the schema", async () => {
  const a = write("i.spk", loose);
  const { stdout } = await captured(() => formatFiles([a, a], { json: true }, nothing));
  expect(fmtDocument.parse(JSON.parse(stdout))).toEqual({
    schema: "spikefold/fmt@1",
    written: true,
    files: [{ file: a, changed: true }],
  });
});
