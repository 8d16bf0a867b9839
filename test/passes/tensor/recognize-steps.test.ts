import { expect, test } from "vitest";
import { nodesOf, parse, type TensorGraph, tensorLevel } from "../../../compiler/ir/index.ts";
import { plan } from "../../../compiler/pass/index.ts";
import { recognizeSteps } from "../../../compiler/passes/tensor/recognize-steps.ts";
import { passLaws, testContext } from "../../../compiler/testing/index.ts";
import { runTensor } from "../../../runtime/tensor/index.ts";
import { runExample } from "./example.ts";

passLaws(recognizeSteps, { test });

test("the example in the header is what the pass does", () => {
  const [made, said] = runExample(recognizeSteps);
  expect(made).toBe(said);
});

const run = (body: string): TensorGraph =>
  plan(recognizeSteps, {}).run(parse(tensorLevel, `tensor "t" {\n${body}\n}`), testContext(null));

const chain = (...lines: readonly string[]): string =>
  [
    `weight g : f64[1] = [0.5]`,
    `weight h : f64[1] = [0.25]`,
    `x = input(name="x", shape=[9]) : f32(shape=[9]) @ "x"`,
    ...lines,
  ].join("\n");

const ops = (graph: TensorGraph): readonly string[] => nodesOf(graph).map((n) => n.op);

test("a rounding with bounds behind it is a quantizer, and gives the same values", () => {
  const body = chain(
    `a = affine(x, scale=g, shift=h) : f32(shape=[9]) @ "a"`,
    `r = unary(a, fn=round) : f32(shape=[9]) @ "r"`,
    `c = unary(r, fn=clip(low=-2, high=1)) : f32(shape=[9]) @ "c"`,
    `z = affine(c, scale=g) : f32(shape=[9]) @ "z"`,
    `output "y" = z`,
  );
  const [before, after] = [parse(tensorLevel, `tensor "t" {\n${body}\n}`), run(body)];
  expect(ops(after)).toEqual(["input", "affine", "quantize", "dequantize"]);
  const inputs = new Map([
    ["x", { shape: [9], data: Float64Array.from({ length: 9 }, (_, i) => 0.75 * i - 5) }],
  ]);
  expect(runTensor(after, inputs).outputs).toEqual(runTensor(before, inputs).outputs);
});

test("a floor between bounds gives the same values next to every whole number", () => {
  const body = chain(
    `f = unary(x, fn=floor) : f32(shape=[9]) @ "f"`,
    `c = unary(f, fn=clip(low=0, high=3)) : f32(shape=[9]) @ "c"`,
    `output "y" = c`,
  );
  const [before, after] = [parse(tensorLevel, `tensor "t" {\n${body}\n}`), run(body)];
  expect(ops(after)).toEqual(["input", "quantize", "dequantize"]);
  const near = Number.EPSILON;
  const data = Float64Array.of(-near, 0, near, 1 - near / 2, 1, 2 - near, 3 - 2 * near, 3, 9);
  const inputs = new Map([["x", { shape: [9], data }]]);
  expect(runTensor(after, inputs).outputs).toEqual(runTensor(before, inputs).outputs);
});

test("a rounding without bounds, or one whose clip is read twice, is no quantizer", () => {
  expect(ops(run(chain(`r = unary(x, fn=floor) : f32(shape=[9]) @ "r"`, `output "y" = r`)))).toEqual([
    "input",
    "unary",
  ]);
  const twice = chain(
    `c = unary(x, fn=clip(low=0, high=3)) : f32(shape=[9]) @ "c"`,
    `r = unary(c, fn=floor) : f32(shape=[9]) @ "r"`,
    `s = add([c, r]) : f32(shape=[9]) @ "s"`,
    `output "y" = s`,
  );
  expect(ops(run(twice))).toEqual(["input", "unary", "unary", "add"]);
});
