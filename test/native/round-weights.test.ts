import fc from "fast-check";
import { expect, test } from "vitest";
import { floats, item, sparse } from "../../compiler/ir/index.ts";
import { type NativeOp, native, roundWeights } from "../../compiler/native/index.ts";
import { list, matrix, single } from "./support.ts";

const opOf = (op: NativeOp, bits: number, chosen?: () => boolean): NativeOp => {
  const { network } = roundWeights(single(op), bits, chosen);
  return item(network.nodes, 1).op;
};

const affineOf = (op: NativeOp): readonly number[] => (op.kind === "affine" ? [...op.weight.stored()] : []);

test("each output channel has its own grid, on which its greatest weight and zero stay", () => {
  const op = native.affine(
    matrix([
      [0.3, -1, 0.1],
      [4, 0, 1.9],
      [0, 0, 0],
    ]),
    list(0.123, 4, 5),
  );
  const rounded = opOf(op, 3);
  // 3 bits: whole numbers from -3 to 3.
  expect(affineOf(rounded)).toEqual([1 / 3, -1, 0, 4, 0, 4 / 3, 0, 0, 0]);
  expect(rounded.kind === "affine" && rounded.bias).toBe(op.kind === "affine" && op.bias);
});

test("no weight moves by more than half a step of its channel", () => {
  const weights = fc.array(
    fc.integer({ min: -999, max: 999 }).map((n) => n / 512),
    { minLength: 4, maxLength: 4 },
  );
  fc.assert(
    fc.property(weights, fc.integer({ min: 2, max: 8 }), (values, bits) => {
      const rounded = affineOf(opOf(native.affine(matrix([values])), bits));
      const step = Math.max(...values.map(Math.abs)) / (2 ** (bits - 1) - 1);
      values.forEach((w, i) => {
        expect(Math.abs(item(rounded, i) - w)).toBeLessThanOrEqual((step / 2) * (1 + 1e-12));
      });
    }),
  );
});

test("convs and lists of synapses are rounded by output channel, neurons and sums are left", () => {
  const kernel = floats("k", [2, 1, 2], Float64Array.of(1, 0.4, 10, 6));
  const conv = opOf(native.conv(kernel), 2);
  expect(conv.kind === "conv" && [...conv.weight.stored()]).toEqual([1, 0, 10, 10]);
  const places = { row: Float64Array.of(1, 0), column: Float64Array.of(0, 1) };
  const synapses = sparse([2], [2], places, list(0.5, 3), "s.");
  const linear = opOf(native.linear(synapses), 2);
  expect(linear.kind === "linear" && linear.map.kind === "sparse" && [...linear.map.weight.stored()]).toEqual(
    [0.5, 3],
  );
  const pool = native.sumPool([2]);
  expect(opOf(pool, 2)).toBe(pool);
});

test("what is not chosen keeps its weights, and the change is told", () => {
  const op = native.affine(matrix([[1, 0.4]]));
  expect(affineOf(opOf(op, 2, () => false))).toEqual([1, 0.4]);
  const { layers, change } = roundWeights(single(op), 2);
  expect([layers, change]).toEqual([1, 0.4]);
});
