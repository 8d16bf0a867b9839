import { expect, test } from "vitest";
import { nodesOf, parse, tensorLevel } from "../../../compiler/ir/index.ts";
import { plan } from "../../../compiler/pass/index.ts";
import { fuseBatchNorm } from "../../../compiler/passes/tensor/fuse-batch-norm.ts";
import { passLaws, tensorGraphs, testContext } from "../../../compiler/testing/index.ts";
import { runExample } from "./example.ts";

passLaws(fuseBatchNorm, { test });

test("the example in the header is what the pass does", () => {
  const [made, said] = runExample(fuseBatchNorm);
  expect(made).toBe(said);
});

const opsAfter = (text: string): readonly string[] =>
  nodesOf(plan(fuseBatchNorm, {}).run(parse(tensorLevel, text), testContext(null))).map((node) => node.op);

const norm = "scale=g, shift=g, mean=g, variance=g, epsilon=0.5";

test("keeps a conv whose output is used twice", () => {
  const ops = opsAfter(`tensor "t" {
    weight w : f64[1, 1, 1, 1] = [2]
    weight g : f64[1] = [1]
    x = input(name="x", shape=[1, 2, 2]) : f32(shape=[1, 2, 2]) @ "x"
    c = conv(x, weight=w) : f32(shape=[1, 2, 2]) @ "c"
    n = batchNorm(c, ${norm}) : f32(shape=[1, 2, 2]) @ "n"
    s = add([c, n]) : f32(shape=[1, 2, 2]) @ "s"
    output "y" = s
  }`);
  expect(ops).toEqual(["input", "conv", "affine", "add"]);
});

test("keeps a dense layer over several rows, whose channels are not those of the norm", () => {
  const ops = opsAfter(`tensor "t" {
    weight w : f64[3, 2] = [1, 2, 3, 4, 5, 6]
    weight g : f64[2] = [1, 2]
    x = input(name="x", shape=[2, 2]) : f32(shape=[2, 2]) @ "x"
    d = dense(x, weight=w) : f32(shape=[2, 3]) @ "d"
    n = batchNorm(d, ${norm}) : f32(shape=[2, 3]) @ "n"
    output "y" = n
  }`);
  expect(ops).toEqual(["input", "dense", "affine"]);
});

passLaws(fuseBatchNorm, {
  test: (name, check) => test(`${name}, on chains of linear layers and norms`, check),
  graphs: tensorGraphs({ ops: ["conv", "batchNorm", "dense", "depthwise", "relu"] }),
});
