import { expect, test } from "vitest";
import { nodesOf, parse, tensorLevel } from "../../../compiler/ir/index.ts";
import { plan } from "../../../compiler/pass/index.ts";
import { eliminateDuplicates } from "../../../compiler/passes/tensor/eliminate-duplicates.ts";
import { passLaws, tensorGraphs, testContext } from "../../../compiler/testing/index.ts";
import { runExample } from "./example.ts";

passLaws(eliminateDuplicates, { test, graphs: tensorGraphs({ maxSteps: 12, maxExtent: 2 }) });

test("the example in the header is what the pass does", () => {
  const [made, said] = runExample(eliminateDuplicates);
  expect(made).toBe(said);
});

const opsAfter = (body: string): readonly string[] =>
  nodesOf(
    plan(eliminateDuplicates, {}).run(parse(tensorLevel, `tensor "t" {\n${body}\n}`), testContext(null)),
  ).map((n) => n.op);

const pair = (second: string): string => `
  weight v : f64[1, 2] = [1, 2]
  weight w : f64[1, 2] = [1, 2]
  weight u : f64[1, 2] = [1, 3]
  x = input(name="x", shape=[2]) : f32(shape=[2]) @ "x"
  a = dense(x, weight=v) : f32(shape=[1]) @ "a"
  b = dense(x, weight=${second}) : f32(shape=[1]) @ "b"
  s = add([a, b]) : f32(shape=[1]) @ "s"
  output "y" = s`;

test("layers with equal numbers are one, whatever their weights are called", () => {
  expect(opsAfter(pair("w"))).toEqual(["input", "dense", "add"]);
});

test("layers with different numbers stay", () => {
  expect(opsAfter(pair("u"))).toEqual(["input", "dense", "dense", "add"]);
});

test("a chain of equal ops is found from its inputs on", () => {
  const ops = opsAfter(`
    x = input(name="x", shape=[2]) : f32(shape=[2]) @ "x"
    a = unary(x, fn=relu) : f32(shape=[2]) @ "a"
    b = unary(x, fn=relu) : f32(shape=[2]) @ "b"
    c = unary(a, fn=sigmoid) : f32(shape=[2]) @ "c"
    d = unary(b, fn=sigmoid) : f32(shape=[2]) @ "d"
    s = add([c, d]) : f32(shape=[2]) @ "s"
    output "y" = s`);
  expect(ops).toEqual(["input", "unary", "unary", "add"]);
});

test("two unknown ops of one kind stay two", () => {
  const odd = (name: string): string =>
    `${name} = opaque([x], kind="Random", dtype=f32, shape=[2]) : f32(shape=[2]) @ "${name}"`;
  const ops = opsAfter(`
    x = input(name="x", shape=[2]) : f32(shape=[2]) @ "x"
    ${odd("a")}
    ${odd("b")}
    s = add([a, b]) : f32(shape=[2]) @ "s"
    output "y" = s`);
  expect(ops).toEqual(["input", "opaque", "opaque", "add"]);
});
