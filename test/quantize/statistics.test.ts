import { expect, test } from "vitest";
import { item, numbers } from "../../compiler/ir/index.ts";
import { quantizationPoints } from "../../compiler/quantize/points.ts";
import { collectStatistics } from "../../compiler/quantize/statistics.ts";
import { tensorEvaluator } from "../../compiler/testing/index.ts";
import { tensorOf } from "./support.ts";

const graph = tensorOf(
  `weight w : f64[2, 1, 1, 1] = [1, -2]`,
  `weight v : f64[1, 2, 1, 1] = [1, 1]`,
  `x = input(name="x", shape=[1, 10, 10]) : f32(shape=[1, 10, 10]) @ "x"`,
  `c = conv(x, weight=w) : f32(shape=[2, 10, 10]) @ "c"`,
  `r = unary(c, fn=relu) : f32(shape=[2, 10, 10]) @ "r"`,
  `d = conv(r, weight=v) : f32(shape=[1, 10, 10]) @ "d"`,
  `output "y" = d`,
);

/** Sample i is filled with i - 500, and has one cell with -9 i. */
const samples = (count: number) => ({
  count,
  at: (i: number) => {
    const data = new Float64Array(100).fill(i - 500);
    data[i % 100] = -9 * i;
    return { inputs: new Map([["x", numbers([1, 10, 10], data)]]), label: null };
  },
});

const { points } = quantizationPoints(graph);

test("bounds count every value of every sample", () => {
  const [input, relu] = collectStatistics(graph, points, samples(1000), tensorEvaluator, 0);
  expect(input?.least).toBe(-9 * 999);
  expect(input?.most).toBe(499);
  expect([...(input?.greatest ?? [])]).toEqual([9 * 999]);
  expect([...(relu?.greatest ?? [])]).toEqual([499, 18 * 999]);
});

test("keeps at most 20,000 positions a channel, all of them when there are fewer", () => {
  const many = collectStatistics(graph, points, samples(1000), tensorEvaluator, 0);
  for (const { kept } of many) for (const row of kept) expect(row.length).toBe(20_000);
  const [few] = collectStatistics(graph, points, samples(3), tensorEvaluator, 0);
  expect([...item(few?.kept ?? [], 0)]).toEqual(
    [0, 1, 2].flatMap((i) => Array.from({ length: 100 }, (_, k) => (k === i ? -9 * i : i - 500))),
  );
});

test("the same seed chooses the same positions", () => {
  const [a, b, c] = [4, 4, 5].map((seed) =>
    collectStatistics(graph, points, samples(1000), tensorEvaluator, seed),
  );
  expect(a).toEqual(b);
  expect(a?.map((s) => s.kept)).not.toEqual(c?.map((s) => s.kept));
});

test("a value that is no number stays visible in the bounds", () => {
  const broken = {
    count: 1,
    at: () => ({
      inputs: new Map([["x", numbers([1, 10, 10], new Float64Array(100).fill(NaN))]]),
      label: null,
    }),
  };
  const [input] = collectStatistics(graph, points, broken, tensorEvaluator, 0);
  expect([...(input?.greatest ?? [])]).toEqual([NaN]);
});
