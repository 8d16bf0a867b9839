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
