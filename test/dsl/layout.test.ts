import { expect, test } from "vitest";
import { collectFaults } from "../../dsl/faults.ts";
import { parseSpk } from "../../dsl/index.ts";
import { layout } from "../../dsl/layout/layout.ts";
import { sourceOf } from "../../dsl/source.ts";
import { messages } from "./support.ts";

/** Heads and statements of a text, each as its first and last token. */
const cut = (text: string) => {
  const faults = collectFaults();
  const source = sourceOf("a.spk", text);
  const shown = (tokens: readonly { readonly start: number; readonly end: number }[]): string =>
    text.slice(tokens[0]?.start, tokens.at(-1)?.end);
  const sections = layout(source, faults).sections.map(({ kind, head, body }) => ({
    kind,
    head: shown(head.tokens),
    body: body?.map(({ tokens }) => shown(tokens)) ?? null,
  }));
  return { sections, codes: faults.all().map(({ code }) => code) };
};

test("a statement goes on where the next line begins with an arrow or this one ends with an operator", () => {
  const text =
    "network n(x: [1]) -> y: [1] {\n  a = x\n    -> relu\n    # why\n\n    -> relu\n  y = a +\n    x\n}\n";
  expect(cut(text)).toEqual({
    sections: [
      {
        kind: "network",
        head: "network n(x: [1]) -> y: [1]",
        body: ["a = x\n    -> relu\n    # why\n\n    -> relu", "y = a +\n    x"],
      },
    ],
    codes: [],
  });
});

test("a statement goes on inside brackets, but not inside the braces of a network", () => {
  const text =
    "compile n for t {\n  quantize(\n    weights: 8 bits,\n  )\n  convert(a)\n}\nd = [\n  1,\n  2,\n]\n";
  const { sections } = cut(text);
  expect(sections.map(({ body, head }) => body ?? head)).toEqual([
    ["quantize(\n    weights: 8 bits,\n  )", "convert(a)"],
    "d = [\n  1,\n  2,\n]",
  ]);
});

test("a network may stand on one line", () => {
  expect(cut("network n(x: [1]) -> y: [1] { y = x }\na = 1").sections).toMatchObject([
    { body: ["y = x"] },
    { head: "a = 1" },
  ]);
});

test("a declaration keyword in column 1 ends whatever is open", () => {
  const { sections, codes } = cut('network n(x: [1]) -> y: [1] {\n  y = x -> f(1,\ndata d: [1] = idx("a")\n');
  expect(sections.map(({ kind }) => kind)).toEqual(["network", "data"]);
  expect(codes).toEqual(["syntax/bracket"]);
});

test("the statement behind an open bracket is read", () => {
  const text = "network n(x: [4]) -> y: [4] {\n  a = x -> clip(0, 1\n  b = a -> maxpool(2x2)\n  y = b\n}\n";
  expect(messages(text)).toBe(
    [
      "lenet.spk:2:16: error[syntax/bracket]: `(` is never closed",
      "    a = x -> clip(0, 1",
      "                 ^ write `)` after `1`",
      "lenet.spk:3:12: error[name/layer]: there is no layer `maxpool`",
      "    b = a -> maxpool(2x2)",
      "             ^^^^^^^ did you mean `max_pool`?",
    ].join("\n"),
  );
});

test("brackets that do not match are each reported once", () => {
  expect(cut("a = (1]\nb = )\nnetwork n(x: [1]) -> y: [1] {\n").codes).toEqual([
    "syntax/bracket",
    "syntax/bracket",
    "syntax/bracket",
  ]);
});

test("64 brackets may nest, 65 may not", () => {
  const nested = (depth: number): string => `a = ${"(".repeat(depth)}1${")".repeat(depth)}\n`;
  expect(parseSpk("a.spk", nested(64)).diagnostics).toEqual([]);
  expect(parseSpk("a.spk", nested(65)).diagnostics.map(({ code }) => code)).toEqual(["syntax/depth"]);
});

test("64 calls may nest", () => {
  const text = `a = ${"f(x: ".repeat(64)}1${")".repeat(64)}\n`;
  expect(parseSpk("a.spk", text).diagnostics).toEqual([]);
});

test("a byte order mark and carriage returns change no place", () => {
  const text = "\ufeffnetwork n(x: [4]) -> y: [4] {\r\n  y = x -> rleu\r\n}\r\n";
  expect(messages(text)).toBe(
    [
      "lenet.spk:2:12: error[name/layer]: there is no layer `rleu`",
      "    y = x -> rleu",
      "             ^^^^ did you mean `relu`?",
    ].join("\n"),
  );
});

test("characters that look like others stand in comments and texts only", () => {
  expect(cut('# ünïcode\na = "ünïcode"\n').codes).toEqual([]);
  expect(messages("аb = 1\n")).toBe(
    [
      "lenet.spk:1:1: error[syntax/character]: the character U+0430 may stand in texts and comments only",
      "  аb = 1",
      "  ^ write it in ASCII",
    ].join("\n"),
  );
});

test("characters that cannot be seen are refused even in comments, and never printed", () => {
  expect(messages("# a\u202eb\n")).toBe(
    [
      "lenet.spk:1:4: error[syntax/hidden]: the invisible character U+202E may stand nowhere in a file",
      "  # a?b",
      "     ^ take it out",
    ].join("\n"),
  );
});

test("a file of more than 1 MiB is not read", () => {
  expect(messages(`# ${"é".repeat(1 << 19)}\n`)).toBe(
    [
      "lenet.spk: error[syntax/bytes]: the file is too large",
      "  why: it has 1048579 bytes, the limit is 1048576",
      "  fix: move parts of it into files of their own, and import them",
    ].join("\n"),
  );
});

test("a fault on a long line shows the part around it", () => {
  const [fault] = parseSpk(
    "a.spk",
    `a = 1 # ${"x".repeat(300)}\nb = ${"(".repeat(20)}${"1 + ".repeat(60)};\n`,
  ).diagnostics;
  expect(fault?.where.excerpt?.text.length).toBe(120);
});

test("a word of the language that stands for a name is said to be one", () => {
  expect(messages("block step(x: [4]) -> y: [4] {\n  y = x -> relu\n}\n")).toContain(
    "expected a name; `step` has a meaning of its own",
  );
});
