import { expect, test } from "vitest";
import { floats, integers, type Shape, sizeOf, type Weight } from "../../../compiler/ir/core/index.ts";
import { faultsOf, type LinearMap, slideShape } from "../../../compiler/ir/linear/index.ts";

const w = (...shape: Shape): Weight => integers("w", shape, new Float64Array(sizeOf(shape)).fill(1));
const list = (...values: readonly number[]): Weight =>
  floats("list", [values.length], Float64Array.from(values));

const plain = { strides: [], dilations: [], pads: [] };
const conv = { kind: "conv", ...plain, groups: 1 } as const;
const sparse = {
  kind: "sparse",
  from: [2],
  to: [2],
  weight: list(1),
  row: list(1),
  column: list(0),
} as const;
const dense: LinearMap = { kind: "dense", from: [2], to: [3], weight: w(3, 2) };

const broken: Readonly<Record<string, LinearMap>> = {
  "dense weights of another size": { kind: "dense", from: [2], to: [3], weight: w(2, 3) },
  "conv weights that read other channels": { ...conv, from: [2, 4], to: [1, 3], weight: w(1, 3, 2) },
  "conv channels that do not divide into the groups": {
    ...conv,
    groups: 2,
    from: [2, 4],
    to: [3, 3],
    weight: w(3, 1, 2),
  },
  "a conv that slides to another extent": { ...conv, from: [2, 4], to: [1, 4], weight: w(1, 2, 2) },
  "windows that slide to another extent": {
    kind: "windows",
    ...plain,
    from: [2, 4],
    to: [2, 4],
    kernel: [2],
  },
  "windows that change channels": { kind: "windows", ...plain, from: [2, 4], to: [1, 3], kernel: [2] },
  "windows with a stride of 0": {
    kind: "windows",
    ...plain,
    strides: [0],
    from: [2, 4],
    to: [2, 3],
    kernel: [2],
  },
  "sparse triples that write outside": { ...sparse, row: list(2) },
  "sparse triples that read outside": { ...sparse, column: list(-1) },
  "sparse triples of different counts": { ...sparse, row: list(0, 1) },
  "a diagonal between shapes": { kind: "diagonal", from: [2, 3], to: [3, 2], weight: w(2) },
  "a diagonal whose weights fit no axis": { kind: "diagonal", from: [2, 3], to: [2, 3], weight: w(3) },
  "a view that reads behind its source": { kind: "view", from: [4], to: [3], start: 2, strides: [1] },
  "a view that reads before its source": { kind: "view", from: [4], to: [3], start: 1, strides: [-1] },
  "an adjoint with the ends of its map": { kind: "adjoint", from: [2], to: [3], of: dense },
  "a chain that does not meet": { kind: "chain", from: [2], to: [3], maps: [dense, dense] },
  "a chain that ends elsewhere": { kind: "chain", from: [2], to: [4], maps: [dense] },
};

for (const [title, map] of Object.entries(broken)) {
  test(`${title}: one fault that names the map`, () => {
    const faults = faultsOf(map);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${map.kind} `));
  });
}

test("a fault inside a chain is found", () => {
  const bad: LinearMap = { kind: "diagonal", from: [3], to: [3], weight: w(2) };
  expect(faultsOf({ kind: "chain", from: [2], to: [3], maps: [dense, bad] })).toEqual([
    "diagonal [3] to [3] has 2 weights",
  ]);
});

test("windows of ceil that begin behind the map and its front padding are dropped", () => {
  const sliding = { strides: [2], dilations: [], pads: [[1, 1]] as const };
  expect(slideShape([4], [2], sliding, false)).toEqual([3]);
  expect(slideShape([4], [1], sliding, true)).toEqual([3]);
  expect(slideShape([5], [2], sliding, true)).toEqual([3]);
  expect(slideShape([5], [3], { ...sliding, pads: [] }, true)).toEqual([2]);
  expect(slideShape([6], [3], { ...sliding, pads: [] }, true)).toEqual([3]);
});
