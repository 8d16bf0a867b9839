import { expect, test } from "vitest";
import { nodesOf, type TensorGraph, tensorInvariants, violationsOf } from "../../compiler/ir/index.ts";
import { splitTail } from "../../compiler/quantize/index.ts";
import { inputsOf } from "../../compiler/testing/index.ts";
import { runTensor } from "../../runtime/tensor/index.ts";
import { tensorOf } from "./support.ts";

const at = (shape: string, name: string): string => `: f32(shape=[${shape}]) @ "${name}"`;

const start = [
  `weight w : f64[2, 2, 1, 1] = [1, -2, 3, 4]`,
  `x = input(name="x", shape=[2, 1, 1]) ${at("2, 1, 1", "x")}`,
  `c = conv(x, weight=w) ${at("2, 1, 1", "c")}`,
];

const tail = [
  `p = softmax(c, axis=0) ${at("2, 1, 1", "p")}`,
  `t = transpose(p, order=[1, 2, 0]) ${at("1, 1, 2", "t")}`,
  `f = reshape(t, shape=[2]) ${at("2", "f")}`,
];

const opsOf = (graph: TensorGraph | null): readonly string[] | null =>
  graph && nodesOf(graph).map((n) => n.op);

test("softmax and what stands behind it go to the host, which reads the chip's output by name", () => {
  const graph = tensorOf(...start, ...tail, `output "y" = f`);
  const { chip, host } = splitTail(graph);
  expect(opsOf(chip)).toEqual(["input", "conv"]);
  expect(opsOf(host)).toEqual(["input", "softmax", "transpose", "reshape"]);
  expect(chip.outputs.map((o) => o.name)).toEqual(["c"]);
  expect(host?.outputs.map((o) => o.name)).toEqual(["y"]);
  for (const part of [chip, host])
    if (part !== null) expect(violationsOf(tensorInvariants, part)).toEqual([]);
});

test("chip and host one after the other compute what the network computes", () => {
  const graph = tensorOf(...start, ...tail, `output "y" = f`, `output "logits" = c`);
  const { chip, host } = splitTail(graph);
  const { inputs } = inputsOf(graph, 1, "uniform");
  const handed = runTensor(chip, inputs).outputs;
  if (host === null) throw new Error("there is no host part");
  const whole = runTensor(graph, inputs).outputs;
  expect(runTensor(host, handed).outputs.get("y")).toEqual(whole.get("y"));
  expect(handed.get("logits")).toEqual(whole.get("logits"));
});

test("an output name of the network is not taken for what the host reads", () => {
  const graph = tensorOf(...start, ...tail, `output "c" = f`, `output "c_2" = c`);
  const { chip } = splitTail(graph);
  expect(chip.outputs.map((o) => o.name)).toEqual(["c_2", "c"]);
});

test("an activation at the end goes to the host, one that a layer reads stays", () => {
  const graph = tensorOf(
    ...start,
    `r = unary(c, fn=relu) ${at("2, 1, 1", "r")}`,
    `d = conv(r, weight=w) ${at("2, 1, 1", "d")}`,
    `s = unary(d, fn=sigmoid) ${at("2, 1, 1", "s")}`,
    `output "y" = s`,
  );
  const { chip, host } = splitTail(graph);
  expect(opsOf(chip)).toEqual(["input", "conv", "unary", "conv"]);
  expect(opsOf(host)).toEqual(["input", "unary"]);
});

test("views at the end stay on the chip, and so does the whole of a network without a tail", () => {
  const graph = tensorOf(...start, `f = reshape(c, shape=[2]) ${at("2", "f")}`, `output "y" = f`);
  expect(splitTail(graph)).toEqual({ chip: graph, host: null });
});

test("a softmax in the middle stays for the lowering to refuse", () => {
  const graph = tensorOf(
    ...start,
    `p = softmax(c, axis=0) ${at("2, 1, 1", "p")}`,
    `d = conv(p, weight=w) ${at("2, 1, 1", "d")}`,
    `output "y" = d`,
  );
  expect(splitTail(graph).chip).toBe(graph);
});

test("the host takes comparisons, casts and norms at the end, but no sums", () => {
  const graph = tensorOf(
    `weight w : f64[3, 2] = [1, 2, 3, 4, 5, 6]`,
    `x = input(name="x", shape=[2]) : f32(shape=[2]) @ "x"`,
    `d = dense(x, weight=w) : f32(shape=[3]) @ "d"`,
    `s = slice(d, starts=[0], sizes=[2]) : f32(shape=[2]) @ "s"`,
    `a = argmax(s, axis=0, keep=true) : i64(shape=[1]) @ "a"`,
    `c = cast(a, to=f32) : f32(shape=[1]) @ "c"`,
    `output "class" = c`,
  );
  const { chip, host } = splitTail(graph);
  expect(nodesOf(chip).map((n) => n.op)).toEqual(["input", "dense", "slice"]);
  expect(host === null ? [] : nodesOf(host).map((n) => n.op)).toEqual(["input", "argmax", "cast"]);
});

test("a constant that only the host reads goes with it, one that the chip reads too stands on both sides", () => {
  const graph = tensorOf(
    `weight w : f64[2, 2] = [1, 2, 3, 4]`,
    `weight k : f64[2] = [0.5, 3]`,
    `x = input(name="x", shape=[2]) : f32(shape=[2]) @ "x"`,
    `k1 = constant(value=k) : f32(shape=[2]) @ "k1"`,
    `k2 = constant(value=k) : f32(shape=[2]) @ "k2"`,
    `d = dense(x, weight=w) : f32(shape=[2]) @ "d"`,
    `s = binary(d, k1, fn=subtract) : f32(shape=[2]) @ "s"`,
    `e = dense(s, weight=w) : f32(shape=[2]) @ "e"`,
    `r = unary(k2, fn=sqrt) : f32(shape=[2]) @ "r"`,
    `p = binary(e, r, fn=multiply) : f32(shape=[2]) @ "p"`,
    `q = binary(p, k1, fn=power) : f32(shape=[2]) @ "q"`,
    `output "y" = q`,
  );
  const { chip, host } = splitTail(graph);
  expect(opsOf(chip)).toEqual(["input", "dense", "constant", "binary", "dense"]);
  expect(chip.outputs.map((o) => o.name)).toEqual(["e"]);
  expect(opsOf(host)?.toSorted()).toEqual(["binary", "binary", "constant", "constant", "input", "unary"]);
  const { inputs } = inputsOf(graph, 1, "uniform");
  if (host === null) throw new Error("there is no host part");
  expect(runTensor(host, runTensor(chip, inputs).outputs).outputs).toEqual(runTensor(graph, inputs).outputs);
});
