import fc from "fast-check";
import { expect, test } from "vitest";
import { nodesOf, type TensorGraph, tensorInvariants, violationsOf } from "../../compiler/ir/index.ts";
import { sinkGains } from "../../compiler/quantize/sink-gains.ts";
import { inputsOf, modes, tensorGraphs } from "../../compiler/testing/index.ts";
import { runTensor } from "../../runtime/tensor/index.ts";
import { tensorOf } from "./support.ts";

/** Greatest difference of outputs, relative to the greatest output. */
const differenceOf = (a: TensorGraph, b: TensorGraph): number => {
  let worst = 0;
  for (const mode of modes) {
    const { inputs } = inputsOf(a, 3, mode);
    const [x, y] = [runTensor(a, inputs), runTensor(b, inputs)];
    for (const [name, { data }] of x.outputs) {
      const other = y.outputs.get(name)?.data ?? new Float64Array();
      const size = data.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-300);
      data.forEach((v, i) => {
        worst = Math.max(worst, Math.abs(v - (other[i] ?? Number.NaN)) / size);
      });
    }
  }
  return worst;
};

const opsOf = (graph: TensorGraph): readonly string[] => nodesOf(sinkGains(graph)).map((node) => node.op);

test("random networks with affine maps everywhere compute the same", () => {
  const ops = [
    "conv",
    "dense",
    "depthwise",
    "relu",
    "clip",
    "affine",
    "affine",
    "add",
    "concat",
    "maxPool",
    "averagePool",
    "reshape",
    "transpose",
  ] as const;
  fc.assert(
    fc.property(tensorGraphs({ ops }), (graph) => {
      const sunk = sinkGains(graph);
      expect(violationsOf(tensorInvariants, sunk)).toEqual([]);
      expect(differenceOf(graph, sunk)).toBeLessThan(1e-9);
    }),
    { numRuns: 300, seed: 11 },
  );
});

const at = (shape: string, name: string): string => `: f32(shape=[${shape}]) @ "${name}"`;

const start = [
  `weight w : f64[2, 2, 1, 1] = [1, -2, 3, 4]`,
  `weight v : f64[1, 8] = [1, 2, 3, 4, 5, 6, 7, 8]`,
  `weight g : f64[2] = [2, 0.25]`,
  `weight n : f64[2] = [-2, 0.25]`,
  `x = input(name="x", shape=[2, 2, 2]) ${at("2, 2, 2", "x")}`,
];

test("factors move through pool and reshape into a dense layer", () => {
  const graph = tensorOf(
    ...start,
    `r = unary(x, fn=sigmoid) ${at("2, 2, 2", "r")}`,
    `a = affine(r, scale=g) ${at("2, 2, 2", "a")}`,
    `p = maxPool(a, kernel=[1, 1]) ${at("2, 2, 2", "p")}`,
    `f = reshape(p, shape=[8]) ${at("8", "f")}`,
    `d = dense(f, weight=v) ${at("1", "d")}`,
    `output "y" = d`,
  );
  expect(opsOf(graph)).toEqual(["input", "unary", "maxPool", "reshape", "dense"]);
});

test("factors move through a relu into the rows before it", () => {
  const graph = tensorOf(
    ...start,
    `c = conv(x, weight=w) ${at("2, 2, 2", "c")}`,
    `r = unary(c, fn=relu) ${at("2, 2, 2", "r")}`,
    `a = affine(r, scale=g) ${at("2, 2, 2", "a")}`,
    `output "y" = a`,
  );
  expect(opsOf(graph)).toEqual(["input", "conv", "unary"]);
});

test("a negative factor does not pass a relu or a pool", () => {
  const graph = tensorOf(
    ...start,
    `c = conv(x, weight=w) ${at("2, 2, 2", "c")}`,
    `r = unary(c, fn=relu) ${at("2, 2, 2", "r")}`,
    `a = affine(r, scale=n) ${at("2, 2, 2", "a")}`,
    `p = maxPool(a, kernel=[1, 1]) ${at("2, 2, 2", "p")}`,
    `output "y" = p`,
  );
  expect(opsOf(graph)).toEqual(["input", "conv", "unary", "affine", "maxPool"]);
});

test("a shift does not move into a padded conv, whose border would not see it", () => {
  const graph = (pads: string): TensorGraph =>
    tensorOf(
      ...start,
      `a = affine(x, scale=g, shift=n) ${at("2, 2, 2", "a")}`,
      `c = conv(a, weight=w${pads}) ${at(pads === "" ? "2, 2, 2" : "2, 4, 4", "c")}`,
      `output "y" = c`,
    );
  expect(opsOf(graph(""))).toEqual(["input", "conv"]);
  expect(opsOf(graph(", pads=[[1, 1], [1, 1]]"))).toEqual(["input", "affine", "conv"]);
});

test("a conv that something else reads keeps its rows", () => {
  const graph = tensorOf(
    ...start,
    `c = conv(x, weight=w) ${at("2, 2, 2", "c")}`,
    `a = affine(c, scale=g) ${at("2, 2, 2", "a")}`,
    `s = add([a, c]) ${at("2, 2, 2", "s")}`,
    `output "y" = s`,
  );
  expect(opsOf(graph)).toEqual(["input", "conv", "affine", "add"]);
});

test("factors above an add go to its conv and stay in front of its identity branch", () => {
  const graph = tensorOf(
    ...start,
    `c = conv(x, weight=w) ${at("2, 2, 2", "c")}`,
    `s = add([c, x]) ${at("2, 2, 2", "s")}`,
    `a = affine(s, scale=g) ${at("2, 2, 2", "a")}`,
    `output "y" = a`,
  );
  expect(opsOf(graph)).toEqual(["input", "conv", "affine", "add"]);
});
