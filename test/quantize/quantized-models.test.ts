import fc from "fast-check";
import { expect, test } from "vitest";
import {
  floats,
  item,
  makeTensor,
  type Numbers,
  nodesOf,
  numbers,
  type TensorGraph,
  weight,
} from "../../compiler/ir/index.ts";
import { runInteger } from "../../runtime/integer/index.ts";
import { runTensor } from "../../runtime/tensor/index.ts";
import { agrees, f32, type Grid, graphOf, gridded, here, input, rounded, s8, u8, values } from "./graphs.ts";
import { differencesOn, lower, refusalsOf } from "./support.ts";

const padded = { strides: [1, 1], dilations: [1, 1], pads: [[1, 1] as const, [1, 1] as const] };

test("a padded convolution over levels with a zero point pads with real zero, and its rounding clips", () => {
  const x = input([2, 4, 4]);
  const a = rounded(x, u8(0.017, 93));
  const bias = weight({
    name: "b",
    shape: [3],
    dtype: "i32",
    grid: { scale: [0, 1, 2].map((o) => f32(f32(0.017) * f32(0.01 + 0.003 * o))), zero: [0], axis: 0 },
    data: Float64Array.of(1200, -431, 77),
  });
  const c = makeTensor("conv", [a], { weight: gridded([3, 2, 3, 3], 3), bias, ...padded }, here);
  const graph = graphOf(x, rounded(c, u8(0.0031, 140)));
  agrees(graph, [2, 4, 4]);
  const { graph: integer } = lower(graph);
  const run = runInteger(integer, values([2, 4, 4], 1));
  const levels = nodesOf(integer).find((n) => n.op === "neuron");
  const seen = levels === undefined ? [] : [...run.at(levels).data];
  expect([Math.min(...seen), Math.max(...seen)]).toEqual([-140, 115]);
});

test("a float bias that is on no grid moves the jumps, and an output keeps it within half a unit", () => {
  const x = input([4]);
  const a = rounded(x, u8(0.02, 0));
  const bias = floats("b", [3], Float64Array.of(0.01234, -0.0371, 0.00001));
  const d = makeTensor("dense", [a], { weight: gridded([3, 4], 1), bias }, here);
  agrees(graphOf(x, rounded(makeTensor("unary", [d], { fn: { kind: "relu" } }, here), u8(0.00173, 0))), [4]);
  const logits = graphOf(x, d);
  const { graph: integer } = lower(logits);
  const out = item(integer.outputs, 0).value;
  const [real, whole] = [
    runTensor(logits, values([4], 5)).at(d),
    runInteger(integer, values([4], 5)).at(out),
  ];
  real.data.forEach((y, i) => {
    expect(Math.abs(y - item(whole.data, i) * item(out.type.scale, i))).toBeLessThanOrEqual(
      0.5 * item(out.type.scale, i) + 1e-12,
    );
  });
});

/** All pairs of levels of two grids, as the real values of two inputs. */
const pairsOf = (a: Grid, b: Grid): ReadonlyMap<string, Numbers> => {
  const [rows, columns] = [a.high - a.low + 1, b.high - b.low + 1];
  const size = rows * columns;
  const first = Float64Array.from(
    { length: size },
    (_, i) => (a.low + Math.floor(i / columns) - a.zero) * a.scale,
  );
  const second = Float64Array.from({ length: size }, (_, i) => (b.low + (i % columns) - b.zero) * b.scale);
  return new Map([
    ["a", numbers([size], first)],
    ["b", numbers([size], second)],
  ]);
};

const addGraph = (a: Grid, b: Grid, out: Grid): TensorGraph => {
  const size = (a.high - a.low + 1) * (b.high - b.low + 1);
  const inputs = ["a", "b"].map((name) => makeTensor("input", [], { name, shape: [size] }, here));
  const parts = inputs.map((x, i) => rounded(x, i === 0 ? a : b));
  const relu = makeTensor("unary", [makeTensor("add", parts, {}, here)], { fn: { kind: "relu" } }, here);
  return { name: "t", inputs, outputs: [{ name: "y", value: rounded(relu, out) }] };
};

/** Factors of the branches of a sum at the integer level. */
const factorsOf = (graph: TensorGraph): readonly number[] =>
  nodesOf(lower(graph).graph).flatMap((n) =>
    n.op === "linear" && n.attrs.map.kind === "diagonal" ? [...n.attrs.map.weight.stored()] : [],
  );

test("a sum of two lattices gives the level of the real sum for every pair of levels", () => {
  // The grids of two residual adds of a ResNet-8, where small factors are enough.
  for (const [a, b, out, factors] of [
    [s8(0.0393935516, -128), s8(0.1041949614, 4), s8(0.0509456731, -128), [107, 283]],
    [s8(0.0447614267, -17), s8(0.1131188422, 4), s8(0.0532362163, -128), [129, 326]],
  ] as const) {
    const graph = addGraph(a, b, out);
    expect(differencesOn(graph, pairsOf(a, b))).toEqual([]);
    expect(factorsOf(graph)).toEqual(factors);
  }
});

test("sums that float32 scales put next to ties need factors of many digits", () => {
  const [a, b] = [s8(0.25, -17), s8(0.1, 4)];
  const graph = addGraph(a, b, s8(0.3, -128));
  expect(differencesOn(graph, pairsOf(a, b))).toEqual([]);
  expect(Math.max(...factorsOf(graph))).toBeGreaterThan(2 ** 20);
});

test("drawn pairs of grids agree for every pair of levels", () => {
  const grid = fc.record({
    scale: fc.double({ min: 0.01, max: 1, noNaN: true }).map(f32),
    zero: fc.integer({ min: -8, max: 7 }),
    low: fc.constant(-8),
    high: fc.constant(7),
  });
  fc.assert(
    fc.property(grid, grid, grid, (a, b, out) => {
      expect(differencesOn(addGraph(a, b, out), pairsOf(a, b))).toEqual([]);
    }),
    { numRuns: 200, seed: 5 },
  );
});

test("pools, joins and moves between roundings stay exact, ties of means to even", () => {
  const x = input([2, 4, 6]);
  const a = rounded(x, u8(0.031243687495589256, 120));
  const window = { kernel: [2, 2], strides: [2, 2], dilations: [], pads: [] };
  const mean = rounded(makeTensor("averagePool", [a], window, here), u8(0.031243687495589256, 120));
  const greatest = makeTensor("maxPool", [a], window, here);
  const six = makeTensor("averagePool", [a], { ...window, kernel: [2, 3], strides: [2, 3] }, here);
  agrees(graphOf(x, mean), [2, 4, 6], 6);
  agrees(graphOf(x, rounded(six, u8(0.031243687495589256, 120))), [2, 4, 6], 6);
  const joined = makeTensor("concat", [mean, greatest], { axis: 0 }, here);
  agrees(
    graphOf(x, rounded(makeTensor("reshape", [joined], { shape: [24] }, here), u8(0.05, 3))),
    [2, 4, 6],
    6,
  );
  const turned = makeTensor("transpose", [joined], { order: [1, 2, 0] }, here);
  agrees(graphOf(x, rounded(turned, u8(0.05, 3))), [2, 4, 6], 6);
});

test("levels go through views and max-pools before they are dequantized", () => {
  const x = input([2, 4]);
  const grid = { scale: [f32(0.03)], zero: [100], axis: 0 };
  const q = makeTensor("quantize", [x], { ...grid, low: 0, high: 255 }, here);
  const pool = makeTensor("maxPool", [q], { kernel: [2], strides: [2], dilations: [], pads: [] }, here);
  const flat = makeTensor("reshape", [pool], { shape: [4] }, here);
  const d = makeTensor("dequantize", [flat], grid, here);
  agrees(
    graphOf(x, rounded(makeTensor("dense", [d], { weight: gridded([3, 4], 1) }, here), u8(0.01, 10))),
    [2, 4],
  );
  const other = makeTensor("dequantize", [flat], { ...grid, scale: [0.5], zero: [90] }, here);
  agrees(graphOf(x, other), [2, 4]);
});

test("thresholds give levels, that are numbers after a cast", () => {
  const x = input([3, 2]);
  const a = rounded(x, u8(0.02, 128));
  const thresholds = floats("t", [3, 3], Float64Array.of(-1, 0, 1, -0.5, 0.02, 0.6, 0, 0, 0.3));
  const q = makeTensor("steps", [a], { thresholds, low: -1 }, here);
  const y = makeTensor("cast", [q], { to: "f32" }, here);
  const gain = {
    scale: floats("g", [1], Float64Array.of(0.5)),
    shift: floats("s", [1], Float64Array.of(-0.25)),
  };
  const real = makeTensor("affine", [y], gain, here);
  agrees(graphOf(x, y), [3, 2]);
  agrees(graphOf(x, rounded(real, { scale: 0.25, zero: 0, low: -3, high: 3 })), [3, 2]);
});

test("an input that is rounded alike at two places enters once; in two ways it is refused", () => {
  const x = input([3]);
  const sum = (a: Grid, b: Grid): TensorGraph =>
    graphOf(x, rounded(makeTensor("add", [rounded(x, a), rounded(x, b)], {}, here), u8(0.1, 30)));
  agrees(sum(u8(0.05, 10), u8(0.05, 10)), [3]);
  expect(refusalsOf(() => lower(sum(u8(0.05, 10), u8(0.04, 10))))).toEqual([
    "quantize/unsupported n: quantize has no integer form here",
  ]);
});
