import fc from "fast-check";
import { expect, test } from "vitest";
import { Rejected } from "../../compiler/diagnostics/index.ts";
import {
  integerInvariants,
  item,
  type Numbers,
  nodesOf,
  numbers,
  print,
  type TensorGraph,
  tensorLevel,
  violationsOf,
} from "../../compiler/ir/index.ts";
import { plan } from "../../compiler/pass/index.ts";
import { canonicalize } from "../../compiler/passes/tensor/canonicalize.ts";
import { fuseBatchNorm } from "../../compiler/passes/tensor/fuse-batch-norm.ts";
import { quantize } from "../../compiler/passes/tensor/quantize.ts";
import { splitTail } from "../../compiler/quantize/index.ts";
import { dataOf, inputsOf, modes, tensorGraphs, testContext } from "../../compiler/testing/index.ts";
import { runInteger } from "../../runtime/integer/index.ts";
import { runTensor } from "../../runtime/tensor/index.ts";
import { differencesOn, lower, lowering, refusalsOf, tensorOf } from "./support.ts";

const context = testContext(null);

const quantized = (graph: TensorGraph, levels: number, sumLimit: number | null): TensorGraph | null => {
  const fused = plan(canonicalize, {}).run(plan(fuseBatchNorm, {}).run(graph, context), context);
  const { chip } = splitTail(fused);
  const data = dataOf(modes.flatMap((mode) => [inputsOf(chip, 1, mode), inputsOf(chip, 2, mode)]));
  try {
    const made = plan(quantize, { levels, sumLimit }).run(chip, testContext(data));
    lower(made);
    return made;
  } catch (error) {
    if (error instanceof Rejected) return null;
    throw error;
  }
};

test("a quantized network and its integer network agree at every value, on random networks", () => {
  let lowered = 0;
  let compared = 0;
  const levels = fc.constantFrom(1, 3, 7, 15);
  const limits = fc.constantFrom(null, 3000, 65_535);
  fc.assert(
    fc.property(tensorGraphs(), levels, limits, fc.nat(), (graph, top, limit, seed) => {
      const made = quantized(graph, top, limit);
      if (made === null) return;
      lowered += 1;
      expect(violationsOf(integerInvariants, lower(made).graph)).toEqual([]);
      for (const mode of modes) {
        compared += lower(made).pairs.size;
        expect(differencesOn(made, inputsOf(made, seed, mode).inputs), print(tensorLevel, made)).toEqual([]);
      }
    }),
    { numRuns: 150, seed: 3 },
  );
  // What is refused has outputs before an activation, or sums that the drawn limit cannot hold.
  expect(lowered).toBeGreaterThan(110);
  expect(compared).toBeGreaterThan(2000);
});

const at = (shape: string, name: string, dtype = "f32"): string => `: ${dtype}(shape=[${shape}]) @ "${name}"`;

const input = (
  shape: string,
  grid = "scale=[0.5], zero=[0]",
  range = "low=0, high=15",
): readonly string[] => [
  `x = input(name="x", shape=[${shape}]) ${at(shape, "x")}`,
  `q = quantize(x, ${grid}, ${range}) ${at(shape, "q", "i64")}`,
  `d = dequantize(q, ${grid}) ${at(shape, "d")}`,
];

const ramp = (shape: readonly number[], step = 0.25, from = -2): ReadonlyMap<string, Numbers> => {
  const size = shape.reduce((n, extent) => n * extent, 1);
  return new Map([
    [
      "x",
      numbers(
        shape,
        Float64Array.from({ length: size }, (_, i) => from + step * i),
      ),
    ],
  ]);
};

test("averages over windows of several sizes stay exact", () => {
  const graph = tensorOf(
    ...input("2, 5, 5"),
    `p = averagePool(d, kernel=[3, 3], strides=[2, 2], pads=[[1, 1], [1, 1]]) ${at("2, 3, 3", "p")}`,
    `output "y" = p`,
  );
  const { graph: integer } = lower(graph);
  // Windows of 4, 6 and 9 cells: 36 times the mean is whole.
  expect(integer.outputs[0]?.value.type.scale).toEqual([0.5 / 36]);
  expect(differencesOn(graph, ramp([2, 5, 5]))).toEqual([]);
});

test("averages that count their padding divide by one number", () => {
  const graph = tensorOf(
    ...input("1, 4, 4"),
    `p = averagePool(d, kernel=[3, 3], strides=[2, 2], pads=[[1, 1], [1, 1]], countPads=true) ${at("1, 2, 2", "p")}`,
    `output "y" = p`,
  );
  expect(lower(graph).graph.outputs[0]?.value.type.scale).toEqual([0.5 / 9]);
  expect(differencesOn(graph, ramp([1, 4, 4]))).toEqual([]);
});

const asymmetric = tensorOf(
  `weight w : u8[2, 2, 2, 2] (scale=[0.125], zero=[3], axis=0) = [0, 1, 2, 3, 4, 5, 6, 7, 7, 6, 5, 4, 3, 2, 1, 0]`,
  `weight b : i32[2] (scale=[0.0625], zero=[0], axis=0) = [7, -9]`,
  ...input("2, 3, 3", "scale=[0.5], zero=[4]"),
  `c = conv(d, weight=w, bias=b, pads=[[1, 0], [0, 1]]) ${at("2, 3, 3", "c")}`,
  `r = unary(c, fn=tanh) ${at("2, 3, 3", "r")}`,
  `e = quantize(r, scale=[0.0625], zero=[-2], low=-12, high=12) ${at("2, 3, 3", "e", "i64")}`,
  `f = dequantize(e, scale=[0.0625], zero=[-2]) ${at("2, 3, 3", "f")}`,
  `output "y" = f`,
);

test("zero points of values and weights go into levels and integers, padding is zero", () => {
  const { graph } = lower(asymmetric);
  const [first] = graph.inputs;
  expect([first?.attrs.low, first?.attrs.high]).toEqual([-4, 11]);
  const neuron = nodesOf(graph).find((node) => node.op === "neuron");
  expect(neuron?.attrs.fn.kind).toBe("steps");
  expect(differencesOn(asymmetric, ramp([2, 3, 3]))).toEqual([]);
});

test("`same` tells a level that is off by one, and a sum that is", () => {
  const { graph: integer, pairs } = lower(asymmetric);
  const inputs = ramp([2, 3, 3]);
  const [before, after] = [runTensor(asymmetric, inputs), runInteger(integer, inputs)];
  const seen = new Set<string>();
  for (const [tensor, node] of pairs) {
    const right = after.at(node);
    const wrong = { shape: right.shape, data: right.data.map((n, i) => (i === 1 ? n + 1 : n)) };
    expect(lowering.same(before.at(tensor), right, tensor)).toBe(true);
    expect(lowering.same(before.at(tensor), wrong, tensor)).toBe(false);
    seen.add(tensor.op);
  }
  expect([...seen]).toEqual(["quantize", "dequantize", "conv"]);
});

test("a function that falls in some channels reads their sums with the sign turned", () => {
  const graph = tensorOf(
    `weight g : f64[2] = [1, -1]`,
    `weight h : f64[2] = [0.25, 3]`,
    ...input("2, 2, 2"),
    `a = affine(d, scale=g, shift=h) ${at("2, 2, 2", "a")}`,
    `e = quantize(a, scale=[0.375], zero=[0], low=0, high=7) ${at("2, 2, 2", "e", "i64")}`,
    `f = dequantize(e, scale=[0.375], zero=[0]) ${at("2, 2, 2", "f")}`,
    `output "y" = f`,
  );
  expect(nodesOf(lower(graph).graph).map((n) => n.op)).toEqual(["input", "linear", "neuron"]);
  expect(differencesOn(graph, ramp([2, 2, 2], 1, 0))).toEqual([]);
});

test("branches whose scales are whole multiples of a small part of one are aligned", () => {
  const graph = (scale: number): TensorGraph =>
    tensorOf(
      ...input("2, 2, 2"),
      `r = unary(d, fn=relu) ${at("2, 2, 2", "r")}`,
      `e = quantize(r, scale=[${scale}], zero=[0], low=0, high=7) ${at("2, 2, 2", "e", "i64")}`,
      `f = dequantize(e, scale=[${scale}], zero=[0]) ${at("2, 2, 2", "f")}`,
      `s = add([d, f]) ${at("2, 2, 2", "s")}`,
      `output "y" = s`,
    );
  expect(differencesOn(graph(1.5), ramp([2, 2, 2]))).toEqual([]);
  expect(lower(graph(1.5)).graph.outputs[0]?.value.type.scale).toEqual([0.5]);
  expect(differencesOn(graph(0.7), ramp([2, 2, 2]))).toEqual([]);
  expect(lower(graph(0.7)).graph.outputs[0]?.value.type.scale).toEqual([0.1]);
});

test("a convolution over channels of different scales is refused, a depthwise one is not", () => {
  const graph = (shape: string, groups: number): TensorGraph =>
    tensorOf(
      `weight w : i8[${shape}] (scale=[0.5], zero=[0], axis=0) = [${groups === 2 ? "1, 2" : "1, 2, 3, 4"}]`,
      ...input("2, 1, 1", "scale=[0.5, 0.25], zero=[0]"),
      `c = conv(d, weight=w, groups=${groups}) ${at("2, 1, 1", "c")}`,
      `output "y" = c`,
    );
  const apart = graph("2, 1, 1, 1", 2);
  expect(lower(apart).graph.outputs[0]?.value.type.scale).toEqual([0.25, 0.125]);
  expect(differencesOn(apart, ramp([2, 1, 1], 1, 0.5))).toEqual([]);
  expect(refusalsOf(() => lower(graph("2, 2, 1, 1", 1)))).toEqual([
    "quantize/unsupported c: conv has no integer form here",
  ]);
});

test("everything that has no integer form is told at once, and what reads it is not told again", () => {
  const graph = tensorOf(
    `weight w : f64[2, 2, 1, 1] = [1, 2, 3, 4]`,
    ...input("2, 1, 1"),
    `c = conv(d, weight=w) ${at("2, 1, 1", "floating")}`,
    `r = unary(c, fn=relu) ${at("2, 1, 1", "r")}`,
    `p = softmax(d, axis=0) ${at("2, 1, 1", "middle")}`,
    `s = add([r, p]) ${at("2, 1, 1", "s")}`,
    `m = opaque([d], kind="Mystery", dtype=f32, shape=[2, 1, 1]) ${at("2, 1, 1", "unknown")}`,
    `t = add([s, m]) ${at("2, 1, 1", "t")}`,
    `u = unary(d, fn=sigmoid) ${at("2, 1, 1", "open")}`,
    `output "y" = t`,
    `output "z" = u`,
  );
  expect(refusalsOf(() => lower(graph))).toEqual([
    "quantize/unsupported floating: conv has no integer form here",
    "quantize/unsupported middle: softmax has no integer form here",
    "quantize/unsupported unknown: opaque has no integer form here",
    "quantize/unsupported open: unary has no integer form here",
  ]);
});

test("a weight that two layers share is shared as integers", () => {
  const graph = tensorOf(
    `weight w : i8[2, 2] (scale=[0.5], zero=[0], axis=0) = [1, 2, 3, 4]`,
    ...input("2"),
    `a = dense(d, weight=w) ${at("2", "a")}`,
    `b = dense(d, weight=w) ${at("2", "b")}`,
    `s = add([a, b]) ${at("2", "s")}`,
    `output "y" = s`,
  );
  const maps = nodesOf(lower(graph).graph).flatMap((n) =>
    n.op === "linear" && n.attrs.map.kind === "dense" ? [n.attrs.map.weight] : [],
  );
  expect(maps.length).toBe(2);
  expect(item(maps, 0)).toBe(item(maps, 1));
});

test("sums beyond the whole numbers of a double are refused with the sum and the bound", () => {
  const graph = tensorOf(
    `weight w : i64[1, 2] (scale=[0.5], zero=[0], axis=0) = [9007199254740991, 9007199254740991]`,
    ...input("2"),
    `s = dense(d, weight=w) ${at("1", "s")}`,
    `output "y" = s`,
  );
  expect(refusalsOf(() => lower(graph))).toEqual([
    "quantize/sum-overflow s: integer sums of this layer would not be exact",
  ]);
});
