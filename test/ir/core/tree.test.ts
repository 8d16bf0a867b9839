import fc from "fast-check";
import { expect, test } from "vitest";
import {
  Cursor,
  parseTree,
  printNumber,
  printTree,
  type Tree,
  treeToJson,
  word,
} from "../../../compiler/ir/core/index.ts";

const again = (text: string): string => printTree(parseTree(new Cursor(text)));

test("every double prints as text that reads back as the same double", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (n) => {
      expect(Object.is(new Cursor(printNumber(n)).number(), n)).toBe(true);
    }),
    { numRuns: 2000, seed: 1 },
  );
});

test("every string reads back", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(parseTree(new Cursor(JSON.stringify(text)))).toBe(text);
    }),
    { seed: 1 },
  );
});

test("values of every kind print as they were written", () => {
  const text =
    'conv(pads=[[1, 1], [0, -0]], name="a \\"b\\"", bias=none, grid=(scale=[0.5], axis=0), on=true, low=-inf, fn=relu)';
  expect(again(text)).toBe(text);
});

test("JSON spells words as strings, kinds as a field, infinities as strings", () => {
  const tree: Tree = {
    kind: "clip",
    fields: new Map<string, Tree>([
      ["low", -Infinity],
      ["mode", word("edge")],
      ["pads", [[1, 2]]],
    ]),
  };
  expect(treeToJson(tree)).toEqual({ kind: "clip", low: "-inf", mode: "edge", pads: [[1, 2]] });
});
