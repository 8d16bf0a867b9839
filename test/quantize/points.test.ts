import { expect, test } from "vitest";
import type { TensorGraph } from "../../compiler/ir/index.ts";
import { quantizationPoints } from "../../compiler/quantize/points.ts";
import { tensorOf } from "./support.ts";

/** `name kind`, with + for signed and / for one scale per channel. */
const pointsOf = (graph: TensorGraph): readonly string[] =>
  quantizationPoints(graph).points.map(
    ({ node, kind, signed, perChannel }) =>
      `${node.origins[0]?.name} ${kind}${signed ? " signed" : ""}${perChannel ? " per channel" : ""}`,
  );

const at = (shape: string, name: string): string => `: f32(shape=[${shape}]) @ "${name}"`;

const start = [
  `weight w : f64[2, 2, 1, 1] = [1, 2, 3, 4]`,
  `weight v : f64[1, 8] = [1, 2, 3, 4, 5, 6, 7, 8]`,
  `x = input(name="x", shape=[2, 2, 2]) ${at("2, 2, 2", "x")}`,
  `c = conv(x, weight=w) ${at("2, 2, 2", "c")}`,
];

test("rounds activations that pools and layers read, once, before pools and views", () => {
  const graph = tensorOf(
    ...start,
    `r = unary(c, fn=relu) ${at("2, 2, 2", "r")}`,
    `p = maxPool(r, kernel=[1, 1]) ${at("2, 2, 2", "p")}`,
    `f = reshape(p, shape=[8]) ${at("8", "f")}`,
    `d = dense(f, weight=v) ${at("1", "d")}`,
    `output "y" = d`,
  );
  expect(pointsOf(graph)).toEqual(["x input", "r activation per channel"]);
});

test("looks at what is read: behind a max-pool, unless something else reads the value too", () => {
  const lines = [
    ...start,
    `r = unary(c, fn=relu) ${at("2, 2, 2", "r")}`,
    `p = maxPool(r, kernel=[1, 1]) ${at("2, 2, 2", "p")}`,
    `d = conv(p, weight=w) ${at("2, 2, 2", "d")}`,
  ];
  const readOf = (graph: TensorGraph): readonly (string | undefined)[] =>
    quantizationPoints(graph).points.map(({ read }) => read.origins[0]?.name);
  expect(readOf(tensorOf(...lines, `output "y" = d`))).toEqual(["x", "p"]);
  const twice = [`e = conv(r, weight=w) ${at("2, 2, 2", "e")}`, `s = add([d, e]) ${at("2, 2, 2", "s")}`];
  expect(readOf(tensorOf(...lines, ...twice, `output "y" = s`))).toEqual(["x", "r"]);
});

test("rounds a sum on both sides of zero where a layer reads it without an activation", () => {
  const graph = tensorOf(...start, `d = conv(c, weight=w) ${at("2, 2, 2", "d")}`, `output "y" = d`);
  expect(pointsOf(graph)).toEqual(["x input", "c linear signed per channel"]);
});

test("leaves a sum alone that only one add reads, and rounds the identity branch", () => {
  const graph = tensorOf(
    ...start,
    `r = unary(c, fn=relu) ${at("2, 2, 2", "r")}`,
    `d = conv(r, weight=w) ${at("2, 2, 2", "d")}`,
    `s = add([d, r]) ${at("2, 2, 2", "s")}`,
    `t = unary(s, fn=relu) ${at("2, 2, 2", "t")}`,
    `e = conv(t, weight=w) ${at("2, 2, 2", "e")}`,
    `output "y" = e`,
  );
  expect(pointsOf(graph)).toEqual(["x input", "r activation per channel", "t activation per channel"]);
});

test("rounds a sum that an add and another node read", () => {
  const graph = tensorOf(
    ...start,
    `r = unary(c, fn=relu) ${at("2, 2, 2", "r")}`,
    `s = add([c, r]) ${at("2, 2, 2", "s")}`,
    `output "y" = s`,
  );
  expect(pointsOf(graph)).toEqual(["x input", "c linear signed per channel", "r activation per channel"]);
});

test("counts a sum of activations as an activation: it cannot be negative", () => {
  const graph = tensorOf(
    ...start,
    `r = unary(c, fn=relu) ${at("2, 2, 2", "r")}`,
    `s = add([r, r]) ${at("2, 2, 2", "s")}`,
    `d = conv(s, weight=w) ${at("2, 2, 2", "d")}`,
    `output "y" = d`,
  );
  expect(pointsOf(graph)).toEqual(["x input", "r activation per channel", "s activation per channel"]);
});

test("one scale for all channels where a reader cannot tell them apart", () => {
  const turned = tensorOf(
    ...start,
    `r = unary(c, fn=relu) ${at("2, 2, 2", "r")}`,
    `t = transpose(r, order=[1, 0, 2]) ${at("2, 2, 2", "t")}`,
    `d = conv(t, weight=w) ${at("2, 2, 2", "d")}`,
    `output "y" = d`,
  );
  expect(pointsOf(turned)).toEqual(["x input", "r activation"]);
});

test("a dense layer tells channels apart also behind a view that mixes them", () => {
  const graph = tensorOf(
    ...start,
    `r = unary(c, fn=relu) ${at("2, 2, 2", "r")}`,
    `t = transpose(r, order=[1, 0, 2]) ${at("2, 2, 2", "t")}`,
    `f = reshape(t, shape=[8]) ${at("8", "f")}`,
    `d = dense(f, weight=v) ${at("1", "d")}`,
    `output "y" = d`,
  );
  expect(pointsOf(graph)).toEqual(["x input", "r activation per channel"]);
});

test("what the host computes stays float", () => {
  const graph = tensorOf(...start, `p = softmax(c, axis=0) ${at("2, 2, 2", "p")}`, `output "y" = p`);
  expect(pointsOf(graph)).toEqual(["x input"]);
});

test("finds the points of a long chain of joins in linear time", () => {
  const lines = [`x0 = input(name="x", shape=[1, 1, 1]) ${at("1, 1, 1", "x")}`];
  for (let i = 1; i <= 60; i++) {
    lines.push(
      `r${i} = unary(x${i - 1}, fn=relu) ${at("1, 1, 1", `r${i}`)}`,
      `x${i} = add([r${i}, r${i}]) ${at("1, 1, 1", `x${i}`)}`,
    );
  }
  expect(pointsOf(tensorOf(...lines, `output "y" = x60`)).length).toBe(61);
});
