import { expect, test } from "vitest";
import { IllTyped, integers, type Shape, sizeOf, type Weight } from "../../../compiler/ir/core/index.ts";
import { type IntegerNode, makeInteger } from "../../../compiler/ir/integer/index.ts";
import { conv, dense, diagonal } from "../../../compiler/ir/linear/index.ts";

const w = (...shape: Shape): Weight => integers("w", shape, new Float64Array(sizeOf(shape)).fill(1));

const input = (shape: Shape, scale: readonly number[] = [1]): IntegerNode =>
  makeInteger("input", [], { name: "x", shape, scale, low: 0, high: 3 });

const map = input([2, 5, 6]);

test("a sum has the shape of its map and the scale that it states", () => {
  const sum = makeInteger("linear", [map], {
    map: conv([2, 5, 6], w(3, 2, 3, 3)),
    bias: w(3),
    scale: [1, 2, 3],
  });
  expect(sum.type).toEqual({ shape: [3, 3, 4], scale: [1, 2, 3] });
});

test("parts of one scale keep it, parts of different scales get one a channel", () => {
  const join = (...parts: readonly IntegerNode[]): readonly number[] =>
    makeInteger("concat", parts, { axis: 0 }).type.scale;
  expect(join(input([2]), input([1]))).toEqual([1]);
  expect(join(input([2], [0.5]), input([2], [1, 3]))).toEqual([0.5, 0.5, 1, 3]);
});

test("pools keep the scale", () => {
  const pool = makeInteger("maxPool", [input([2, 4], [1, 2])], { kernel: [2], strides: [2] });
  expect(pool.type).toEqual({ shape: [2, 2], scale: [1, 2] });
});

const refused: Readonly<Record<string, readonly [() => IntegerNode, RegExp]>> = {
  "an input with scales that fit no axis": [() => input([3], [1, 2]), /2 scales do not fit/],
  "an input without levels": [
    () => makeInteger("input", [], { name: "x", shape: [1], scale: [1], low: 3, high: 3 }),
    /low 3 is not below high 3/,
  ],
  "a map of another shape": [
    () => makeInteger("linear", [map], { map: dense(w(1, 60)), bias: null, scale: [1] }),
    /does not take \[2, 5, 6\]/,
  ],
  "a map with a fault": [
    () => makeInteger("linear", [map], { map: diagonal([2, 5, 6], w(5)), bias: null, scale: [1] }),
    /diagonal .* has 5 weights/,
  ],
  "biases that fit no axis": [
    () => makeInteger("linear", [input([4])], { map: dense(w(3, 4)), bias: w(2), scale: [1] }),
    /2 biases do not fit \[3\]/,
  ],
  "summands of two shapes": [() => makeInteger("add", [map, input([2])], {}), /cannot add/],
  "thresholds that fit no axis": [
    () => makeInteger("neuron", [map], { fn: { kind: "uniform", theta: w(3), low: 0, high: 1 }, scale: [1] }),
    /3 thresholds do not fit/,
  ],
  "a window larger than the map": [
    () => makeInteger("maxPool", [map], { kernel: [6, 1] }),
    /does not fit into/,
  ],
  "parts that differ off the axis": [
    () => makeInteger("concat", [map, input([2])], { axis: 0 }),
    /cannot join/,
  ],
};

for (const [title, [make, message]] of Object.entries(refused)) {
  test(`${title}: refused by the builder`, () => {
    expect(make).toThrow(IllTyped);
    expect(make).toThrow(message);
  });
}
