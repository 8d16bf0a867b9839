import { expect, test } from "vitest";
import type { Diagnostic } from "../../../compiler/diagnostics/index.ts";
import {
  makeTensor,
  nodesOf,
  numbers,
  parse,
  print,
  type TensorGraph,
  tensorLevel,
} from "../../../compiler/ir/index.ts";
import { type DataSet, plan } from "../../../compiler/pass/index.ts";
import { quantize } from "../../../compiler/passes/tensor/quantize.ts";
import { dataOf, passLaws, tensorGraphs, testContext } from "../../../compiler/testing/index.ts";
import { agrees, graphOf, gridded, here, input, rounded, u8 } from "../../quantize/graphs.ts";
import { refusalsOf, tensorOf } from "../../quantize/support.ts";
import { runExample } from "./example.ts";

const graphs = tensorGraphs({
  ops: [
    "conv",
    "dense",
    "depthwise",
    "relu",
    "clip",
    "affine",
    "add",
    "concat",
    "maxPool",
    "averagePool",
    "reshape",
    "transpose",
  ],
});

// An op without an equation cannot be calibrated: the pass refuses it, see below.
for (const { name, check } of passLaws(quantize, { graphs, runs: 40 }))
  if (!name.includes("unknown ops")) test(name, check);

test("the example in the header is what the pass does", () => {
  const [made, said] = runExample(quantize, { levels: 3, weightBits: 4 });
  expect(made).toBe(said);
});

const small = tensorOf(
  `weight w : f64[1, 1] = [1]`,
  `x = input(name="x", shape=[1]) : f32(shape=[1]) @ "x"`,
  `d = dense(x, weight=w) : f32(shape=[1]) @ "d"`,
  `output "y" = d`,
);

const run = (
  graph: TensorGraph,
  options: Readonly<Record<string, unknown>>,
  data: DataSet | null = null,
): TensorGraph => plan(quantize, options).run(graph, testContext(data));

test("options out of range are refused, all at once", () => {
  const options = { levels: 0, weightBits: 9, inputBits: 1, samples: 0, sumLimit: 0, inputScale: -1 };
  expect(refusalsOf(() => run(small, options))).toEqual([
    "quantize/option -: levels cannot be 0",
    "quantize/option -: weightBits cannot be 9",
    "quantize/option -: inputBits cannot be 1",
    "quantize/option -: samples cannot be 0",
    "quantize/option -: sumLimit cannot be 0",
    "quantize/input-scale -: the input scale cannot be -1",
  ]);
});

test("an op that cannot be calibrated or lowered is refused before anything runs", () => {
  const graph = parse(
    tensorLevel,
    `tensor "t" {
      weight w : f64[1] = [1]
      x = input(name="x", shape=[1]) : f32(shape=[1]) @ "x"
      n = batchNorm(x, scale=w, shift=w, mean=w, variance=w, epsilon=1) : f32(shape=[1]) @ "n"
      o = opaque([n], kind="Mystery", dtype=f32, shape=[1]) : f32(shape=[1]) @ "o"
      output "y" = o
    }`,
  );
  expect(refusalsOf(() => run(graph, {}))).toEqual([
    "quantize/unsupported n: batchNorm has no integer form here",
    "quantize/unsupported o: opaque has no integer form here",
  ]);
});

test("a network that brings some levels along gets the missing ones, and keeps its own", () => {
  const x = input([4]);
  const own = rounded(x, u8(0.01, 3));
  const d = makeTensor("dense", [own], { weight: gridded([3, 4], 2), bias: null }, here);
  const r = makeTensor("unary", [d], { fn: { kind: "relu" } }, here);
  const last = makeTensor("dense", [r], { weight: gridded([2, 3], 5), bias: null }, here);
  const made = run(graphOf(x, last), {});
  const levels = nodesOf(made).flatMap((n) => (n.op === "quantize" ? [n.attrs.scale] : []));
  expect(levels).toHaveLength(2);
  expect(levels[0]).toEqual([Math.fround(0.01)]);
  agrees(made, [4], 2);
});

test("calibration values that are no numbers are refused with their node", () => {
  const data = dataOf([{ inputs: new Map([["x", numbers([1], Float64Array.of(Number.NaN))]]), label: null }]);
  expect(refusalsOf(() => run(small, {}, data))).toEqual([
    "quantize/not-finite x: the float network gives values that are no numbers",
  ]);
});

test("sums that no threshold can hold are refused with their layer", () => {
  expect(
    refusalsOf(() =>
      run(
        tensorOf(
          `weight w : f64[1, 1] = [1]`,
          `x = input(name="x", shape=[1]) : f32(shape=[1]) @ "x"`,
          `d = dense(x, weight=w) : f32(shape=[1]) @ "layer"`,
          `r = unary(d, fn=relu) : f32(shape=[1]) @ "r"`,
          `e = dense(r, weight=w) : f32(shape=[1]) @ "e"`,
          `output "y" = e`,
        ),
        { sumLimit: 14 },
      ),
    ),
  ).toEqual(["quantize/sum-limit layer: sums of 1 neurons do not fit into one step of the targets"]);
});

test("a limit that takes most bits of the weights is warned about", () => {
  const wide = tensorOf(
    `weight w : f64[2, 400] = [${Array.from({ length: 800 }, (_, i) => 1 + (i % 3)).join(", ")}]`,
    `x = input(name="x", shape=[400]) : f32(shape=[400]) @ "x"`,
    `d = dense(x, weight=w) : f32(shape=[2]) @ "layer"`,
    `output "y" = d`,
  );
  const told: string[] = [];
  const context = {
    ...testContext(null),
    report: (d: Diagnostic) => told.push(`${d.severity} ${d.code} ${d.where.node}`),
  };
  plan(quantize, { sumLimit: 150_000 }).run(wide, context);
  expect(told).toEqual(["warning quantize/coarse-weights layer"]);
});

test("an input scale that is stated is taken, also for synthetic images", () => {
  const scales = (graph: TensorGraph): readonly (readonly number[])[] =>
    nodesOf(graph).flatMap((n) => (n.op === "quantize" ? [n.attrs.scale] : []));
  expect(scales(run(small, { inputScale: 2 }))).toEqual([[2]]);
  expect(scales(run(small, {}))).toEqual([[1 / 255]]);
});

test("the same network, data and seed give the same text", () => {
  const [a, b] = [1, 2].map(() => print(tensorLevel, run(small, { samples: 20 })));
  expect(a).toBe(b);
});

/** Greatest integer weights and greatest levels of the stages of a small network, quantized to 3 bits and 3 levels. */
const scoped = (scope: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, number>> => {
  const graph = tensorOf(
    `weight w : f64[2, 2] = [1, -0.5, 0.25, 0.75]`,
    `weight v : f64[2, 2] = [0.5, -1, 0.3, 0.7]`,
    `x = input(name="x", shape=[2]) : f32(shape=[2]) @ "x"`,
    `a = dense(x, weight=w) : f32(shape=[2]) @ "body.a"`,
    `r = unary(a, fn=relu) : f32(shape=[2]) @ "body.r"`,
    `b = dense(r, weight=v) : f32(shape=[2]) @ "b"`,
    `s = unary(b, fn=relu) : f32(shape=[2]) @ "s"`,
    `c = dense(s, weight=v) : f32(shape=[2]) @ "c"`,
    `output "y" = c`,
  );
  const found: Record<string, number> = {};
  for (const node of nodesOf(run(graph, { levels: 3, weightBits: 3, biasCorrection: false, ...scope }))) {
    const name = node.origins[0]?.name ?? "";
    if (node.op === "dense")
      found[name] = node.attrs.weight.stored().reduce((m, w) => Math.max(m, Math.abs(w)), 0);
    if (node.op === "quantize" && name !== "x") found[name] = node.attrs.high;
  }
  return found;
};

test("stages outside of the scope keep 8 bits and 15 levels", () => {
  const wide = (bits: number): boolean => bits > 3;
  const all = scoped({});
  expect(Object.entries(all).filter(([, n]) => wide(n))).toEqual([]);
  const excepted = scoped({ except: ["b", "s"] });
  expect(Object.keys(excepted).filter((name) => wide(excepted[name] ?? 0))).toEqual(["b", "s"]);
  expect(excepted.s).toBe(15);
  const only = scoped({ only: ["b", "s"] });
  expect(Object.keys(only).filter((name) => wide(only[name] ?? 0))).toEqual(["body.a", "body.r", "c"]);
});

test("a level stands for every stage in it", () => {
  const { "body.a": layer = 0, "body.r": levels = 0, b = 0 } = scoped({ except: ["body"] });
  expect(layer).toBeGreaterThan(3);
  expect(levels).toBe(15);
  expect(b).toBeLessThanOrEqual(3);
  expect(scoped({ except: ["bod"] })).toEqual(scoped({}));
});
