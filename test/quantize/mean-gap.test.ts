import { expect, test } from "vitest";
import { randomFrom } from "../../compiler/ir/core/index.ts";
import { item, nodesOf, type TensorGraph, type TensorNode } from "../../compiler/ir/index.ts";
import { plan } from "../../compiler/pass/index.ts";
import { quantize } from "../../compiler/passes/tensor/quantize.ts";
import { leavesFor } from "../../compiler/quantize/leaves.ts";
import { tensorEvaluator, testContext } from "../../compiler/testing/index.ts";
import { tensorOf } from "./support.ts";

const at = (shape: string, name: string): string => `: f32(shape=[${shape}]) @ "${name}"`;

const { unit } = randomFrom(9);
const drawn = (count: number): string =>
  Array.from({ length: count }, () => (unit() - 0.4).toFixed(6)).join(", ");

const graph = tensorOf(
  `weight w : f64[4, 1, 3, 3] = [${drawn(36)}]`,
  `weight v : f64[4, 4, 3, 3] = [${drawn(144)}]`,
  `weight u : f64[3, 64] = [${drawn(192)}]`,
  `x = input(name="x", shape=[1, 8, 8]) ${at("1, 8, 8", "x")}`,
  `a = conv(x, weight=w) ${at("4, 6, 6", "a")}`,
  `ar = unary(a, fn=relu) ${at("4, 6, 6", "ar")}`,
  `b = conv(ar, weight=v) ${at("4, 4, 4", "b")}`,
  `br = unary(b, fn=relu) ${at("4, 4, 4", "br")}`,
  `f = reshape(br, shape=[64]) ${at("64", "f")}`,
  `c = dense(f, weight=u) ${at("3", "c")}`,
  `output "y" = c`,
);

const data = leavesFor(graph, 40, 1, 1);

/** Mean over samples and places of each channel of the node of this name. */
const meansOf = (g: TensorGraph, name: string): readonly number[] => {
  const node: TensorNode | undefined = nodesOf(g).find(
    (n) => (n.op === "conv" || n.op === "dense") && n.origins[0]?.name === name,
  );
  if (node === undefined) throw new Error(`no ${name}`);
  const channels = item(node.type.shape, 0);
  const sums = new Float64Array(channels);
  for (let i = 0; i < data.size; i++) {
    const values = tensorEvaluator.run(g, data.sample(i)).at(node).data;
    values.forEach((v, k) => {
      const c = Math.floor((k * channels) / values.length);
      sums[c] = item(sums, c) + (v * channels) / values.length / data.size;
    });
  }
  return [...sums];
};

const gapOf = (biasCorrection: boolean, name: string): number => {
  const made = plan(quantize, { levels: 2, weightBits: 8, biasCorrection }).run(graph, testContext(data));
  const [float, now] = [meansOf(graph, name), meansOf(made, name)];
  return Math.max(...float.map((m, c) => Math.abs(m - item(now, c)))) / Math.max(...float.map(Math.abs));
};

test("corrected biases bring the means of the logits to those of the float network", () => {
  expect(gapOf(false, "c")).toBeGreaterThan(0.02);
  expect(gapOf(true, "c")).toBeLessThan(0.005);
});
