import { expect, test } from "vitest";
import { nodesOf, type TensorGraph, type TensorNode } from "../../compiler/ir/index.ts";
import { plan } from "../../compiler/pass/index.ts";
import { quantize } from "../../compiler/passes/tensor/quantize.ts";
import { sharedSteps } from "../../compiler/quantize/index.ts";
import { testContext } from "../../compiler/testing/index.ts";
import { agrees } from "./graphs.ts";
import { tensorOf } from "./support.ts";

const at = (name: string): string => `: f32(shape=[2, 3]) @ "${name}"`;

/** Two branches of very different size, joined, and a layer that reads what comes out. */
const branches = (join: string): TensorGraph =>
  tensorOf(
    `weight w : f64[2, 2, 1] = [1, -2, 3, 4]`,
    `weight v : f64[2, 2, 1] = [-0.1, 0.2, 0.3, -0.05]`,
    `x = input(name="x", shape=[2, 3]) ${at("x")}`,
    `c = conv(x, weight=w) ${at("c")}`,
    `r = unary(c, fn=relu) ${at("r")}`,
    `d = conv(x, weight=v) ${at("d")}`,
    `s = unary(d, fn=relu) ${at("s")}`,
    join,
    `e = conv(m, weight=v) ${at("e")}`,
    `output "y" = e`,
  );

const stepsIn = (graph: TensorGraph): readonly (readonly number[])[] =>
  nodesOf(graph).flatMap((n) => (n.op === "quantize" && n.inputs[0].op === "unary" ? [n.attrs.scale] : []));

test("values that are compared or subtracted get one step, and the layer behind them becomes integers", () => {
  for (const fn of ["subtract", "maximum", "minimum"]) {
    const made = plan(quantize, {}).run(branches(`m = binary(r, s, fn=${fn}) ${at("m")}`), testContext(null));
    const [first, second] = stepsIn(made);
    expect(first).toEqual(second);
    agrees(made, [2, 3], 1);
  }
});

test("values that are added keep steps of their own", () => {
  const made = plan(quantize, {}).run(branches(`m = add([r, s]) ${at("m")}`), testContext(null));
  const [first, second] = stepsIn(made);
  expect(first).not.toEqual(second);
});

test("a step that is shared with an input is a multiple of the input's, which stays", () => {
  const graph = tensorOf(
    `weight w : f64[2, 2, 1] = [1, -2, 3, 4]`,
    `x = input(name="x", shape=[2, 3]) ${at("x")}`,
    `c = conv(x, weight=w) ${at("c")}`,
    `r = unary(c, fn=relu) ${at("r")}`,
    `t = reshape(r, shape=[2, 3]) ${at("t")}`,
    `m = binary(t, x, fn=maximum) ${at("m")}`,
    `output "y" = m`,
  );
  const node = (op: TensorNode["op"]): TensorNode => {
    const found = nodesOf(graph).find((n) => n.op === op);
    if (found === undefined) throw new Error(`there is no ${op}`);
    return found;
  };
  const steps = new Map([
    [node("input"), { scale: [0.25], low: 0, high: 255 }],
    [node("unary"), { scale: [0.6], low: 0, high: 15 }],
  ]);
  const shared = sharedSteps(graph, steps);
  expect(shared.get(node("input"))?.scale).toEqual([0.25]);
  expect(shared.get(node("unary"))).toEqual({ scale: [0.75], low: 0, high: 15 });
});

test("the greatest of a map is read by a layer without being rounded again", () => {
  const graph = tensorOf(
    `weight w : f64[3, 2, 1] = [1, -2, 3, 4, 0.5, -1]`,
    `weight v : f64[2, 3] = [-0.1, 0.2, 0.3, -0.05, 1, 0.7]`,
    `x = input(name="x", shape=[2, 3]) ${at("x")}`,
    `c = conv(x, weight=w) : f32(shape=[3, 3]) @ "c"`,
    `r = unary(c, fn=relu) : f32(shape=[3, 3]) @ "r"`,
    `m = reduce(r, fn=max, axes=[1]) : f32(shape=[3]) @ "m"`,
    `e = dense(m, weight=v) : f32(shape=[2]) @ "e"`,
    `output "y" = e`,
  );
  const made = plan(quantize, {}).run(graph, testContext(null));
  expect(nodesOf(made).filter((n) => n.op === "quantize")).toHaveLength(2);
  agrees(made, [2, 3], 1);
});
