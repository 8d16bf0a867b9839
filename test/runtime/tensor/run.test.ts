import fc from "fast-check";
import { expect, test } from "vitest";
import {
  floats,
  integers,
  type Numbers,
  nodesOf,
  type Shape,
  sizeOf,
  type Weight,
  weight,
} from "../../../compiler/ir/core/index.ts";
import * as linear from "../../../compiler/ir/linear/index.ts";
import { makeTensor, type TensorGraph, type TensorNode } from "../../../compiler/ir/tensor/index.ts";
import { inputsOf, tensorGraphs } from "../../../compiler/testing/index.ts";
import { runTensor } from "../../../runtime/tensor/index.ts";
import { linearMaps } from "../../ir/linear/maps.ts";
import { matrixOf, times } from "../../ir/linear/matrix.ts";

const w = (shape: Shape, ...data: readonly number[]): Weight => floats("w", shape, Float64Array.from(data));

const given = (shape: Shape, ...data: readonly number[]): ReadonlyMap<string, Numbers> =>
  new Map([["x", { shape, data: Float64Array.from(data) }]]);

/** Result of one op on an input. */
const result = (
  shape: Shape,
  data: readonly number[],
  op: (x: TensorNode) => TensorNode,
): readonly number[] => {
  const x = makeTensor("input", [], { name: "x", shape });
  const value = op(x);
  const graph: TensorGraph = { name: "n", inputs: [x], outputs: [{ name: "y", value }] };
  return Array.from(runTensor(graph, given(shape, ...data)).at(value).data);
};

test("convolutions of whole numbers are the product with their matrix", () => {
  const convs = linearMaps
    .filter((map) => map.kind === "conv")
    .chain((map) =>
      fc
        .array(fc.integer({ min: -9, max: 9 }), { minLength: sizeOf(map.from), maxLength: sizeOf(map.from) })
        .map((x) => ({ map, x })),
    );
  fc.assert(
    fc.property(convs, ({ map: { from, weight, groups, strides, dilations, pads }, x }) => {
      const map = linear.conv(from, weight, { groups, strides, dilations, pads });
      const sums = result(from, x, (input) =>
        makeTensor("conv", [input], { weight, groups, strides, dilations, pads }),
      );
      expect(sums.map(BigInt)).toEqual(times(matrixOf(map), x.map(BigInt)));
    }),
    { numRuns: 300 },
  );
});

test("dense layers of any size are the product with their matrix", () => {
  const sizes = fc.record({
    rows: fc.integer({ min: 1, max: 3 }),
    ins: fc.integer({ min: 1, max: 9 }),
    outs: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(sizes, ({ rows, ins, outs }) => {
      const matrix = integers(
        "w",
        [outs, ins],
        new Float64Array(outs * ins).map((_, i) => ((i * 7) % 11) - 5),
      );
      const x = Array.from({ length: rows * ins }, (_, i) => ((i * 5) % 7) - 3);
      const bias = integers(
        "b",
        [outs],
        new Float64Array(outs).map((_, i) => i),
      );
      const wanted = Array.from({ length: rows }, (_, r) =>
        times(matrixOf(linear.dense(matrix)), x.slice(r * ins, (r + 1) * ins).map(BigInt)).map(
          (sum, o) => Number(sum) + o,
        ),
      );
      expect(
        result([rows, ins], x, (input) => makeTensor("dense", [input], { weight: matrix, bias })),
      ).toEqual(wanted.flat());
    }),
  );
});

interface Example {
  readonly shape: Shape;
  readonly x: readonly number[];
  readonly op: (x: TensorNode) => TensorNode;
  readonly y: readonly number[];
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

const examples: Readonly<Record<string, Example>> = {
  "conv adds its bias": {
    shape: [1, 3],
    x: [1, 2, 3],
    op: (x) => makeTensor("conv", [x], { weight: w([2, 1, 2], 1, 1, 0, -1), bias: w([2], 0.5, 1) }),
    y: [3.5, 5.5, -1, -2],
  },
  "weights on a grid are read as real numbers": {
    shape: [2],
    x: [2, 4],
    op: (x) => {
      const grid = { scale: [0.5], zero: [1], axis: 0 };
      return makeTensor("dense", [x], {
        weight: weight({ name: "w", shape: [1, 2], dtype: "i8", grid, data: Float64Array.of(3, 5) }),
      });
    },
    y: [10],
  },
  "batch norm is per channel": {
    shape: [2, 2],
    x: [1, 2, 3, 4],
    op: (x) =>
      makeTensor("batchNorm", [x], {
        scale: w([2], 2, 1),
        shift: w([2], 1, -1),
        mean: w([2], 1, 3),
        variance: w([2], 3, 0),
        epsilon: 1,
      }),
    y: [1, 2, -1, 0],
  },
  "affine with one, per channel and per element numbers": {
    shape: [2, 2],
    x: [1, 2, 3, 4],
    op: (x) =>
      makeTensor("affine", [makeTensor("affine", [x], { scale: w([2], 1, 10), shift: w([1], 1) })], {
        scale: w([2, 2], 1, 2, 3, 4),
      }),
    y: [2, 6, 93, 164],
  },
  "maxPool never takes the padding": {
    shape: [1, 3],
    x: [-5, -3, -4],
    op: (x) => makeTensor("maxPool", [x], { kernel: [2], strides: [2], pads: [[1, 0]] }),
    y: [-5, -3],
  },
  "averagePool divides by what it covers of the map": {
    shape: [1, 3],
    x: [3, 6, 9],
    op: (x) => makeTensor("averagePool", [x], { kernel: [2], strides: [2], pads: [[1, 0]] }),
    y: [3, 7.5],
  },
  "averagePool counts pads when asked": {
    shape: [1, 3],
    x: [3, 6, 9],
    op: (x) => makeTensor("averagePool", [x], { kernel: [2], strides: [2], pads: [[1, 0]], countPads: true }),
    y: [1.5, 7.5],
  },
  "the overhang of ceil never counts": {
    shape: [1, 4],
    x: [3, 6, 9, 12],
    op: (x) => makeTensor("averagePool", [x], { kernel: [3], strides: [3], ceil: true, countPads: true }),
    y: [6, 12],
  },
  "transpose moves axes": {
    shape: [2, 3],
    x: range(6),
    op: (x) => makeTensor("transpose", [x], { order: [1, 0] }),
    y: [0, 3, 1, 4, 2, 5],
  },
  "concat on an inner axis": {
    shape: [2, 2],
    x: range(4),
    op: (x) => makeTensor("concat", [x, makeTensor("constant", [], { value: w([2, 1], 8, 9) })], { axis: 1 }),
    y: [0, 1, 8, 2, 3, 9],
  },
  "add sums all operands": { shape: [2], x: [1, 2], op: (x) => makeTensor("add", [x, x, x], {}), y: [3, 6] },
  "softmax of large numbers": {
    shape: [2, 2],
    x: [1000, -1000, 1000, -1000],
    op: (x) => makeTensor("softmax", [x], { axis: 0 }),
    y: [0.5, 0.5, 0.5, 0.5],
  },
  "quantize rounds ties to even": {
    shape: [5],
    x: [0.25, 0.75, -0.25, 9, -9],
    op: (x) => makeTensor("quantize", [x], { scale: [0.5], zero: [1], low: -4, high: 7 }),
    y: [1, 3, 1, 7, -4],
  },
  "quantize rounds ties up": {
    shape: [3],
    x: [0.25, 0.75, -0.25],
    op: (x) => makeTensor("quantize", [x], { scale: [0.5], zero: [0], low: -4, high: 7, round: "up" }),
    y: [1, 2, 0],
  },
  "quantize rounds down": {
    shape: [2],
    x: [0.49, -0.01],
    op: (x) => makeTensor("quantize", [x], { scale: [0.5], zero: [0], low: -4, high: 7, round: "floor" }),
    y: [0, -1],
  },
  "quantize and dequantize per channel of an axis": {
    shape: [2, 2],
    x: [1, 1, -1, 3],
    op: (x) => {
      const scales = { scale: [1, 0.5], zero: [0, 2], axis: 1 };
      return makeTensor(
        "dequantize",
        [makeTensor("quantize", [x], { ...scales, low: -10, high: 5 })],
        scales,
      );
    },
    y: [1, 1, -1, 1.5],
  },
};

for (const [title, { shape, x, op, y }] of Object.entries(examples)) {
  test(title, () => expect(result(shape, x, op)).toEqual(y));
}

test("every value of a run is kept, and outputs are by name", () => {
  fc.assert(
    fc.property(
      tensorGraphs().filter((graph) => nodesOf(graph).every(({ op }) => op !== "opaque")),
      fc.nat(),
      (graph, seed) => {
        const run = runTensor(graph, inputsOf(graph, seed, "uniform").inputs);
        for (const node of nodesOf(graph)) {
          const { shape, data } = run.at(node);
          expect([shape, data.length]).toEqual([node.type.shape, sizeOf(node.type.shape)]);
        }
        for (const { name, value } of graph.outputs) expect(run.outputs.get(name)).toBe(run.at(value));
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});

test("a run changes neither its inputs nor an earlier run", () => {
  fc.assert(
    fc.property(
      tensorGraphs().filter((graph) => nodesOf(graph).every(({ op }) => op !== "opaque")),
      (graph) => {
        const sample = inputsOf(graph, 1, "uniform").inputs;
        const before = [...sample.values()].map(({ data }) => data.slice());
        const first = runTensor(graph, sample);
        const kept = nodesOf(graph).map((node) => first.at(node).data.slice());
        runTensor(graph, inputsOf(graph, 2, "range").inputs);
        expect([...sample.values()].map(({ data }) => data)).toEqual(before);
        expect(nodesOf(graph).map((node) => first.at(node).data)).toEqual(kept);
      },
    ),
    { numRuns: 40, seed: 2 },
  );
});

test("an op without an equation does not run, and says which", () => {
  const op = (x: TensorNode): TensorNode =>
    makeTensor("opaque", [x], { kind: "Einsum", dtype: "f32", shape: [1] });
  expect(() => result([1], [0], op)).toThrow("Einsum has no equation");
});

test("an input that is not listed is an error", () => {
  const x = makeTensor("input", [], { name: "x", shape: [1] });
  expect(() => runTensor({ name: "n", inputs: [], outputs: [{ name: "y", value: x }] }, new Map())).toThrow(
    "input x is not listed",
  );
});
