import { expect, test } from "vitest";
import { nodesOf, numbers, parse, type TensorGraph, tensorLevel } from "../../../compiler/ir/index.ts";
import { plan } from "../../../compiler/pass/index.ts";
import { recognizeFunctions } from "../../../compiler/passes/tensor/recognize-functions.ts";
import { passLaws, testContext } from "../../../compiler/testing/index.ts";
import { runTensor } from "../../../runtime/tensor/index.ts";
import { runExample } from "./example.ts";

passLaws(recognizeFunctions, { test });

test("the example in the header is what the pass does", () => {
  const [made, said] = runExample(recognizeFunctions);
  expect(made).toBe(said);
});

const at = (name: string, shape = "8"): string => `: f32(shape=[${shape}]) @ "${name}"`;

const parsed = (...lines: readonly string[]): TensorGraph =>
  parse(tensorLevel, `tensor "t" {\n${lines.join("\n")}\n}`);

const weights = [
  `weight one : f64[1] = [1]`,
  `weight three : f64[1] = [3]`,
  `weight half : f64[1] = [0.5]`,
  `weight sixth : f64[1] = [${Math.fround(1 / 6)}]`,
  `weight root : f64[1] = [${Math.fround(Math.SQRT1_2)}]`,
  `weight tenth : f64[1] = [0.1]`,
  `weight eps : f64[1] = [0.00001]`,
  `x = input(name="x", shape=[8]) ${at("x")}`,
];

const found = (graph: TensorGraph): TensorGraph => plan(recognizeFunctions, {}).run(graph, testContext(null));

const data = numbers([8], Float64Array.of(-7, -2.5, -1, -0.1, 0, 0.3, 1.5, 6));

/** Functions of the graph that is found, after its values were compared. */
const functionsOf = (...lines: readonly string[]): readonly unknown[] => {
  const before = parsed(...weights, ...lines);
  const after = found(before);
  const [a, b] = [before, after].map((g) => runTensor(g, new Map([["x", data]])).outputs.get("y")?.data);
  a?.forEach((y, i) => {
    expect(Math.abs(y - (b?.[i] ?? Number.NaN))).toBeLessThan(1e-5);
  });
  return nodesOf(after).flatMap((n): readonly unknown[] =>
    n.op === "unary" ? [n.attrs.fn] : n.op === "input" ? [] : [n.op],
  );
};

test("hard swish is found behind its clip, with the factor inside or outside", () => {
  const head = [
    `a = affine(x, scale=one, shift=three) ${at("a")}`,
    `c = unary(a, fn=clip(low=0, high=6)) ${at("c")}`,
  ];
  const outside = [`m = binary(x, c, fn=multiply) ${at("m")}`, `s = affine(m, scale=sixth) ${at("s")}`];
  const inside = [`g = affine(c, scale=sixth) ${at("g")}`, `s = binary(g, x, fn=multiply) ${at("s")}`];
  expect(functionsOf(...head, ...outside, `output "y" = s`)).toEqual([{ kind: "hardSwish" }]);
  expect(functionsOf(...head, ...inside, `output "y" = s`)).toEqual([{ kind: "hardSwish" }]);
});

test("gelu by erf is found wherever its half stands", () => {
  const head = [
    `a = affine(x, scale=root) ${at("a")}`,
    `e = unary(a, fn=erf) ${at("e")}`,
    `f = affine(e, scale=one, shift=one) ${at("f")}`,
  ];
  const last = [`m = binary(x, f, fn=multiply) ${at("m")}`, `s = affine(m, scale=half) ${at("s")}`];
  const first = [`h = affine(x, scale=half) ${at("h")}`, `s = binary(h, f, fn=multiply) ${at("s")}`];
  const gelu = [{ kind: "gelu", tanh: false }];
  expect(functionsOf(...head, ...last, `output "y" = s`)).toEqual(gelu);
  expect(functionsOf(...head, ...first, `output "y" = s`)).toEqual(gelu);
});

test("mish, leaky relu and silu are found", () => {
  expect(
    functionsOf(
      `p = unary(x, fn=softplus) ${at("p")}`,
      `t = unary(p, fn=tanh) ${at("t")}`,
      `s = binary(x, t, fn=multiply) ${at("s")}`,
      `output "y" = s`,
    ),
  ).toEqual([{ kind: "mish" }]);
  expect(
    functionsOf(
      `a = affine(x, scale=tenth) ${at("a")}`,
      `s = binary(a, x, fn=maximum) ${at("s")}`,
      `output "y" = s`,
    ),
  ).toEqual([{ kind: "leakyRelu", slope: 0.1 }]);
});

test("a product with another gate stays a product", () => {
  expect(
    functionsOf(
      `t = unary(x, fn=tanh) ${at("t")}`,
      `s = binary(x, t, fn=multiply) ${at("s")}`,
      `output "y" = s`,
    ),
  ).toEqual([{ kind: "tanh" }, "binary"]);
});

test("a layer norm in parts is one node", () => {
  const lines = (centre: boolean): readonly string[] => [
    `m = reduce(x, fn=mean, axes=[0], keep=true) ${at("m", "1")}`,
    `b = expand(m, shape=[8]) ${at("b")}`,
    ...(centre ? [`d = binary(x, b, fn=subtract) ${at("d")}`] : [`d = unary(x, fn=tanh) ${at("d")}`]),
    `q = binary(d, d, fn=multiply) ${at("q")}`,
    `v = reduce(q, fn=mean, axes=[0], keep=true) ${at("v", "1")}`,
    `w = affine(v, scale=one, shift=eps) ${at("w", "1")}`,
    `r = unary(w, fn=sqrt) ${at("r", "1")}`,
    `s = expand(r, shape=[8]) ${at("s")}`,
    `z = binary(d, s, fn=divide) ${at("z")}`,
    `output "y" = z`,
  ];
  expect(functionsOf(...lines(true))).toEqual(["normalize"]);
  expect(functionsOf(...lines(false))).toEqual([{ kind: "tanh" }, "normalize"]);
});

test("a mean over the last axis of a square, spread over rows instead, is no layer norm", () => {
  const square = (name: string): string => `: f32(shape=[4, 4]) @ "${name}"`;
  const lines = (keep: boolean): readonly string[] => [
    `x4 = reshape(z16, shape=[4, 4]) ${square("x4")}`,
    `q = binary(x4, x4, fn=multiply) ${square("q")}`,
    `v = reduce(q, fn=mean, axes=[1], keep=${keep}) : f32(shape=[4${keep ? ", 1" : ""}]) @ "v"`,
    `r = unary(v, fn=sqrt) : f32(shape=[4${keep ? ", 1" : ""}]) @ "r"`,
    `s = expand(r, shape=[4, 4]) ${square("s")}`,
    `z = binary(x4, s, fn=divide) ${square("z")}`,
    `output "y" = z`,
  ];
  const opsOf = (keep: boolean): readonly string[] =>
    nodesOf(found(parsed(`z16 = input(name="x", shape=[16]) : f32(shape=[16]) @ "z16"`, ...lines(keep)))).map(
      (n) => n.op,
    );
  expect(opsOf(true)).toEqual(["input", "reshape", "normalize"]);
  expect(opsOf(false)).not.toContain("normalize");
});
