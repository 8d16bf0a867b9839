import fc from "fast-check";
import { expect, test } from "vitest";
import { inOrder, keysInOrder } from "../../../compiler/ir/index.ts";

test("what names a place stands before it; what stands in or behind a cycle is left out", () => {
  expect(inOrder([[1, 2], [3], [3], []])).toEqual([0, 1, 2, 3]);
  expect(inOrder([[1], [2], [1, 3], []])).toEqual([0]);
  expect(inOrder([[0]])).toEqual([]);
  expect(inOrder([])).toEqual([]);
});

test("keys are ordered by the keys of the list that must come later", () => {
  const later: Readonly<Record<string, readonly string[]>> = {
    a: ["c", "elsewhere"],
    b: ["a"],
    c: [],
    d: ["d", "c"],
  };
  expect(keysInOrder(["a", "b", "c"], (key) => later[key] ?? [])).toEqual(["b", "a", "c"]);
  expect(keysInOrder(["a", "b", "c", "d"], (key) => later[key] ?? [])).toEqual(["b", "a"]);
});

test("places that only name later ones are all ordered", () => {
  const forward = fc
    .integer({ min: 1, max: 30 })
    .chain((size) =>
      fc.tuple(
        ...Array.from({ length: size }, (_, i) =>
          fc.array(fc.integer({ min: i + 1, max: size }), { maxLength: 4 }),
        ),
      ),
    )
    .map((lists) => lists.map((list) => list.filter((to) => to < lists.length)));
  fc.assert(
    fc.property(forward, (targets) => {
      const order = inOrder(targets);
      expect(order.toSorted((a, b) => a - b)).toEqual(targets.map((_, place) => place));
      const at = new Map(order.map((place, i) => [place, i]));
      for (const [from, list] of targets.entries())
        for (const to of list) expect(at.get(from)).toBeLessThan(at.get(to) ?? -1);
    }),
  );
});
