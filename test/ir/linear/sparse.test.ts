import { expect, test } from "vitest";
import { conv, floats, listed, rowsOf } from "../../../compiler/ir/index.ts";

test("a listed map has the synapses of the map, with their weights changed", () => {
  const weight = floats(
    "w",
    [3, 2, 2, 2],
    Float64Array.from({ length: 24 }, (_, i) => (i % 7) - 3.25),
  );
  const map = conv([2, 4, 5], weight, {
    pads: [
      [1, 0],
      [0, 1],
    ],
    strides: [2, 1],
  });
  const before = rowsOf(map);
  const after = rowsOf(listed(map, (w, target) => 4 * w * (target + 1)));
  expect([after.sources, after.targets]).toEqual([before.sources, before.targets]);
  expect(after.offsets).toEqual(before.offsets);
  expect(after.target).toEqual(before.target);
  expect([...after.weight]).toEqual([...before.weight].map((w, i) => 4 * w * ((before.target[i] ?? 0) + 1)));
});
