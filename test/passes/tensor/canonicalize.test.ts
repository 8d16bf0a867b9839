import { expect, test } from "vitest";
import {
  nodesOf,
  parse,
  type TensorGraph,
  type TensorNode,
  tensorLevel,
} from "../../../compiler/ir/index.ts";
import { plan } from "../../../compiler/pass/index.ts";
import { canonicalize } from "../../../compiler/passes/tensor/canonicalize.ts";
import { passLaws, tensorGraphs, testContext } from "../../../compiler/testing/index.ts";
import { runExample } from "./example.ts";

passLaws(canonicalize, { test });

passLaws(canonicalize, {
  test: (name, check) => test(`${name}, on chains of linear layers, affines and shapes`, check),
  graphs: tensorGraphs({ ops: ["affine", "dense", "reshape", "conv", "transpose", "relu", "affine"] }),
});

test("the example in the header is what the pass does", () => {
  const [made, said] = runExample(canonicalize);
  expect(made).toBe(said);
});

const run = (body: string): TensorGraph =>
  plan(canonicalize, {}).run(parse(tensorLevel, `tensor "t" {\n${body}\n}`), testContext(null));

const ops = (graph: TensorGraph): readonly string[] => nodesOf(graph).map((node) => node.op);

const named = (graph: TensorGraph, name: string): TensorNode | undefined =>
  nodesOf(graph).find((node) => node.origins.some((origin) => origin.name === name));

passLaws(canonicalize, {
  test: (name, check) => test(`${name}, on pads, views, reductions and transposed convolutions`, check),
  graphs: tensorGraphs({
    ops: [
      "pad",
      "conv",
      "convTranspose",
      "reduce",
      "slice",
      "expand",
      "transpose",
      "averagePool",
      "add",
      "dense",
    ],
  }),
});

test("a term per channel behind a conv becomes its bias, and its name stays", () => {
  const graph = run(`
    weight w : f64[2, 1, 1, 1] = [1, 2]
    weight one : f64[1] = [1]
    weight b : f64[2, 1, 1] = [3, 4]
    x = input(name="x", shape=[1, 2, 2]) : f32(shape=[1, 2, 2]) @ "x"
    c = conv(x, weight=w) : f32(shape=[2, 2, 2]) @ "c"
    s = affine(c, scale=one, shift=b) : f32(shape=[2, 2, 2]) @ "s"
    output "y" = s`);
  expect(ops(graph)).toEqual(["input", "conv"]);
  const conv = named(graph, "s");
  expect(conv?.op === "conv" ? Array.from(conv.attrs.bias?.stored() ?? []) : null).toEqual([3, 4]);
});

test("a term per place stays behind a conv", () => {
  const graph = run(`
    weight w : f64[1, 1, 1, 1] = [2]
    weight one : f64[1] = [1]
    weight b : f64[1, 2, 2] = [1, 2, 3, 4]
    x = input(name="x", shape=[1, 2, 2]) : f32(shape=[1, 2, 2]) @ "x"
    c = conv(x, weight=w) : f32(shape=[1, 2, 2]) @ "c"
    s = affine(c, scale=one, shift=b) : f32(shape=[1, 2, 2]) @ "s"
    output "y" = s`);
  expect(ops(graph)).toEqual(["input", "conv", "affine"]);
});

test("keeps a conv that is read once directly and once through an op that changes nothing", () => {
  const graph = run(`
    weight w : f64[1, 1, 1, 1] = [2]
    weight one : f64[1] = [1]
    weight two : f64[1] = [2]
    x = input(name="x", shape=[1, 2, 2]) : f32(shape=[1, 2, 2]) @ "x"
    c = conv(x, weight=w) : f32(shape=[1, 2, 2]) @ "c"
    same = affine(c, scale=one) : f32(shape=[1, 2, 2]) @ "same"
    double = affine(same, scale=two) : f32(shape=[1, 2, 2]) @ "double"
    s = add([c, double]) : f32(shape=[1, 2, 2]) @ "s"
    output "y" = s`);
  expect(ops(graph)).toEqual(["input", "conv", "affine", "add"]);
});

test("a transpose that moves an axis of extent 1 is a reshape, one that moves elements stays", () => {
  const graph = run(`
    x = input(name="x", shape=[1, 2, 3]) : f32(shape=[1, 2, 3]) @ "x"
    a = transpose(x, order=[1, 2, 0]) : f32(shape=[2, 3, 1]) @ "a"
    b = transpose(x, order=[0, 2, 1]) : f32(shape=[1, 3, 2]) @ "b"
    output "a" = a
    output "b" = b`);
  expect(ops(graph)).toEqual(["input", "reshape", "transpose"]);
});

test("zeros in front of a conv and of a mean are their padding", () => {
  const graph = run(`
    weight w : f64[1, 1, 2, 2] = [1, 2, 3, 4]
    x = input(name="x", shape=[1, 2, 2]) : f32(shape=[1, 2, 2]) @ "x"
    p = pad(x, pads=[[0, 0], [1, 0], [0, 1]]) : f32(shape=[1, 3, 3]) @ "p"
    c = conv(p, weight=w, pads=[[0, 1], [0, 0]]) : f32(shape=[1, 3, 2]) @ "c"
    q = pad(c, pads=[[0, 0], [0, 1], [1, 1]]) : f32(shape=[1, 4, 4]) @ "q"
    a = averagePool(q, kernel=[2, 2], strides=[2, 2]) : f32(shape=[1, 2, 2]) @ "a"
    output "y" = a`);
  expect(ops(graph)).toEqual(["input", "conv", "averagePool"]);
  const [, conv, pool] = nodesOf(graph);
  expect(conv?.op === "conv" ? conv.attrs.pads : null).toEqual([
    [1, 1],
    [0, 1],
  ]);
  expect(pool?.op === "averagePool" ? [pool.attrs.pads, pool.attrs.countPads] : null).toEqual([
    [
      [0, 1],
      [1, 1],
    ],
    true,
  ]);
});

test("zeros stay in front of a pool whose last window would begin in its padding", () => {
  const graph = run(`
    x = input(name="x", shape=[1, 3]) : f32(shape=[1, 3]) @ "x"
    q = pad(x, pads=[[0, 0], [0, 2]]) : f32(shape=[1, 5]) @ "q"
    a = averagePool(q, kernel=[2], strides=[2], ceil=true) : f32(shape=[1, 3]) @ "a"
    output "y" = a`);
  expect(ops(graph)).toEqual(["input", "pad", "averagePool"]);
});

test("a mean of whole numbers is no pool, which has none", () => {
  const graph = run(`
    x = input(name="x", shape=[2, 4], dtype=i64) : i64(shape=[2, 4]) @ "x"
    m = reduce(x, fn=mean, axes=[1]) : i64(shape=[2]) @ "m"
    output "y" = m`);
  expect(ops(graph)).toEqual(["input", "reduce"]);
});

test("a mean over no values stays a mean, since no window is empty", () => {
  const graph = run(`
    x = input(name="x", shape=[2, 0]) : f32(shape=[2, 0]) @ "x"
    m = reduce(x, fn=mean, axes=[1]) : f32(shape=[2]) @ "m"
    output "y" = m`);
  expect(ops(graph)).toEqual(["input", "reduce"]);
});

test("the mean of a plane is one pool, whoever exported it", () => {
  const graph = (mean: string): readonly string[] =>
    nodesOf(
      run(`
    x = input(name="x", shape=[2, 3, 3]) : f32(shape=[2, 3, 3]) @ "x"
    ${mean}
    r = reshape(m, shape=[2]) : f32(shape=[2]) @ "r"
    output "y" = r`),
    ).map((n) => (n.op === "averagePool" ? JSON.stringify(n.attrs) : n.op));
  const pooled = graph('m = averagePool(x, kernel=[3, 3], strides=[3, 3]) : f32(shape=[2, 1, 1]) @ "m"');
  expect(pooled).toHaveLength(3);
  expect(graph('m = reduce(x, fn=mean, axes=[1, 2], keep=true) : f32(shape=[2, 1, 1]) @ "m"')).toEqual(
    pooled,
  );
  expect(graph('m = reduce(x, fn=mean, axes=[1, 2]) : f32(shape=[2]) @ "m"')).toEqual(pooled);
});

test("transposes of a channels-last export meet behind activations and sums, and end in a dense layer", () => {
  const graph = run(`
    weight w : f64[2, 2, 1, 1] = [1, 2, 3, 4]
    weight v : f64[1, 8] = [1, 2, 3, 4, 5, 6, 7, 8]
    x = input(name="x", shape=[2, 2, 2]) : f32(shape=[2, 2, 2]) @ "x"
    c = conv(x, weight=w) : f32(shape=[2, 2, 2]) @ "c"
    t = transpose(c, order=[1, 2, 0]) : f32(shape=[2, 2, 2]) @ "t"
    r = unary(t, fn=relu) : f32(shape=[2, 2, 2]) @ "r"
    b = transpose(r, order=[2, 0, 1]) : f32(shape=[2, 2, 2]) @ "b"
    d = conv(b, weight=w) : f32(shape=[2, 2, 2]) @ "d"
    e = transpose(d, order=[1, 2, 0]) : f32(shape=[2, 2, 2]) @ "e"
    f = reshape(e, shape=[8]) : f32(shape=[8]) @ "f"
    l = dense(f, weight=v) : f32(shape=[1]) @ "l"
    output "y" = l`);
  expect(ops(graph)).toEqual(["input", "conv", "unary", "conv", "reshape", "dense"]);
  const last = nodesOf(graph).find((n) => n.op === "dense");
  expect(last?.op === "dense" ? [...last.attrs.weight.stored()] : []).toEqual([1, 3, 5, 7, 2, 4, 6, 8]);
});

test("the greater of a value and one number is a bound, whichever stands first; of a value and many it is none", () => {
  const made = (numbers: string, fn: string, ...order: readonly string[]): readonly unknown[] =>
    nodesOf(
      run(`
    weight k : f64[2] = [${numbers}]
    x = input(name="x", shape=[2]) : f32(shape=[2]) @ "x"
    c = constant(value=k) : f32(shape=[2]) @ "c"
    m = binary(${order.join(", ")}, fn=${fn}) : f32(shape=[2]) @ "m"
    output "y" = m`),
    ).map((n) => (n.op === "unary" ? n.attrs.fn : n.op));
  expect(made("0, 0", "maximum", "x", "c")).toEqual(["input", { kind: "relu" }]);
  expect(made("2, 2", "minimum", "c", "x")).toEqual(["input", { kind: "clip", low: -Infinity, high: 2 }]);
  expect(made("0, 1", "maximum", "x", "c")).toEqual(["input", "constant", "binary"]);
  expect(made("2, 2", "subtract", "x", "c")).toEqual(["input", "constant", "binary"]);
});

test("bounds of bounds are one, and without an upper bound a relu", () => {
  const graph = (...fns: readonly string[]): readonly unknown[] =>
    nodesOf(
      run(
        [
          `x0 = input(name="x", shape=[2]) : f32(shape=[2]) @ "x"`,
          ...fns.map((fn, i) => `x${i + 1} = unary(x${i}, fn=${fn}) : f32(shape=[2]) @ "f${i}"`),
          `output "y" = x${fns.length}`,
        ].join("\n"),
      ),
    ).flatMap((n) => (n.op === "unary" ? [n.attrs.fn] : []));
  expect(graph("relu", "clip(low=-1, high=6)")).toEqual([{ kind: "clip", low: 0, high: 6 }]);
  expect(graph("clip(low=0, high=inf)")).toEqual([{ kind: "relu" }]);
  expect(graph("clip(low=-inf, high=inf)")).toEqual([]);
});
