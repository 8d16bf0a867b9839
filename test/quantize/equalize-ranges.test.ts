import fc from "fast-check";
import { expect, test } from "vitest";
import { randomFrom } from "../../compiler/ir/core/index.ts";
import {
  item,
  nodesOf,
  type TensorGraph,
  type TensorNode,
  tensorInvariants,
  violationsOf,
} from "../../compiler/ir/index.ts";
import { equalizeRanges } from "../../compiler/quantize/equalize-ranges.ts";
import { insertQuantizers } from "../../compiler/quantize/insert-quantizers.ts";
import { latticeOf } from "../../compiler/quantize/lattice.ts";
import { quantizationPoints } from "../../compiler/quantize/points.ts";
import type { Steps } from "../../compiler/quantize/ranges.ts";
import { inputsOf, modes, tensorGraphs } from "../../compiler/testing/index.ts";
import { runTensor } from "../../runtime/tensor/index.ts";
import { tensorOf } from "./support.ts";

const ops = [
  "conv",
  "dense",
  "depthwise",
  "relu",
  "relu",
  "clip",
  "add",
  "concat",
  "maxPool",
  "averagePool",
  "reshape",
  "transpose",
] as const;

/** Rounds every point, with scales between 0.1 and 1 that differ from channel to channel. */
const rounded = (graph: TensorGraph, seed: number): TensorGraph => {
  const found = quantizationPoints(graph);
  const { unit } = randomFrom(seed);
  const steps = found.points.map(({ node, kind, signed, perChannel }): [TensorNode, Steps] => {
    const channels = perChannel ? item(node.type.shape, 0) : 1;
    // One scale for all inputs, so that joining two of them is possible.
    const scale = Array.from({ length: channels }, () => (kind === "input" ? 0.125 : 0.1 + 0.9 * unit()));
    return [node, { scale, low: signed || kind === "input" ? -15 : 0, high: 15 }];
  });
  return insertQuantizers(graph, found, new Map(steps));
};

test("every level and every output of random networks stays what it is", () => {
  fc.assert(
    fc.property(tensorGraphs({ ops }), fc.nat(), (graph, seed) => {
      const before = rounded(graph, seed);
      const after = equalizeRanges(before);
      expect(violationsOf(tensorInvariants, after)).toEqual([]);
      const levels = (g: TensorGraph): readonly TensorNode[] => nodesOf(g).filter((n) => n.op === "quantize");
      const [old, now] = [levels(before), levels(after)];
      expect(now.length).toBe(old.length);
      for (const mode of modes) {
        const { inputs } = inputsOf(before, seed, mode);
        const [a, b] = [runTensor(before, inputs), runTensor(after, inputs)];
        old.forEach((node, i) => {
          expect([...b.at(item(now, i)).data]).toEqual([...a.at(node).data]);
        });
        for (const [name, { data }] of a.outputs) {
          const other = b.outputs.get(name)?.data;
          data.forEach((x, i) => {
            expect(Math.abs(x - (other?.[i] ?? Number.NaN))).toBeLessThan(1e-9 * Math.max(1, Math.abs(x)));
          });
        }
      }
    }),
    { numRuns: 200, seed: 5 },
  );
});

test("afterwards every value has one scale, and every layer reads a lattice", () => {
  fc.assert(
    fc.property(tensorGraphs({ ops }), fc.nat(), (graph, seed) => {
      for (const node of nodesOf(equalizeRanges(rounded(graph, seed)))) {
        if (node.op === "quantize" || node.op === "dequantize") expect(node.attrs.scale.length).toBe(1);
        if (node.op === "conv" || node.op === "dense")
          expect(latticeOf(node.inputs[0]), node.origins[0]?.name).not.toBeNull();
      }
    }),
    { numRuns: 200, seed: 6 },
  );
});

const at = (name: string, dtype = "f32"): string => `: ${dtype}(shape=[2, 1, 1]) @ "${name}"`;

const residual = tensorOf(
  `weight w : f64[2, 2, 1, 1] = [1, -2, 3, 4]`,
  `x = input(name="x", shape=[2, 1, 1]) ${at("x")}`,
  `a = conv(x, weight=w) ${at("a")}`,
  `ar = unary(a, fn=relu) ${at("ar")}`,
  `aq = quantize(ar, scale=[0.5, 0.25], zero=[0], low=0, high=15) ${at("aq", "i64")}`,
  `ad = dequantize(aq, scale=[0.5, 0.25], zero=[0]) ${at("ad")}`,
  `b = conv(ad, weight=w) ${at("b")}`,
  `s = add([b, ad]) ${at("s")}`,
  `sr = unary(s, fn=relu) ${at("sr")}`,
  `sq = quantize(sr, scale=[1, 4], zero=[0], low=0, high=15) ${at("sq", "i64")}`,
  `sd = dequantize(sq, scale=[1, 4], zero=[0]) ${at("sd")}`,
  `c = conv(sd, weight=w) ${at("c")}`,
  `output "y" = c`,
);

test("the factors between two residual blocks become the weights of the identity branch", () => {
  const nodes = nodesOf(equalizeRanges(residual));
  const affine = nodes.flatMap((n) => (n.op === "affine" ? [[...n.attrs.scale.stored()]] : []));
  // Levels of a: 0.5 n, read as 0.5 (1, 0.5) n; sums of s: divided by (1, 4) / 4.
  expect(affine).toEqual([[4, 0.5]]);
  const weights = nodes.flatMap((n) => (n.op === "conv" ? [[...n.attrs.weight.stored()]] : []));
  expect(weights).toEqual([
    [1, -2, 6, 8],
    [4, -4, 3, 2],
    [0.25, -2, 0.75, 4],
  ]);
});

test("a network that has one scale per value already stays the same object", () => {
  const once = equalizeRanges(residual);
  expect(equalizeRanges(once)).toBe(once);
});

test("joined values get the same scale", () => {
  const graph = tensorOf(
    `weight w : f64[1, 4, 1, 1] = [1, -2, 3, 4]`,
    `x = input(name="x", shape=[2, 1, 1]) ${at("x")}`,
    `a = quantize(x, scale=[0.5], zero=[0], low=0, high=15) ${at("a", "i64")}`,
    `ad = dequantize(a, scale=[0.5], zero=[0]) ${at("ad")}`,
    `r = unary(ad, fn=relu) ${at("r")}`,
    `b = quantize(r, scale=[0.25], zero=[0], low=0, high=7) ${at("b", "i64")}`,
    `bd = dequantize(b, scale=[0.25], zero=[0]) ${at("bd")}`,
    `j = concat([ad, bd], axis=0) : f32(shape=[4, 1, 1]) @ "j"`,
    `c = conv(j, weight=w) : f32(shape=[1, 1, 1]) @ "c"`,
    `output "y" = c`,
  );
  const after = nodesOf(equalizeRanges(graph));
  expect(after.flatMap((n) => (n.op === "dequantize" ? n.attrs.scale : []))).toEqual([0.5, 0.5]);
  expect(after.flatMap((n) => (n.op === "conv" ? [...n.attrs.weight.stored()] : []))).toEqual([
    1, -2, 1.5, 2,
  ]);
});
