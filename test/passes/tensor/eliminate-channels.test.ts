import fc from "fast-check";
import { expect, test } from "vitest";
import { type IndexSpace, indexSpaces } from "../../../compiler/analysis/index.ts";
import { compareOutputs, randomFrom, tensorSamples } from "../../../compiler/check/index.ts";
import { nodesOf, parse, type TensorGraph, tensorLevel } from "../../../compiler/ir/index.ts";
import { plan, runPasses } from "../../../compiler/pass/index.ts";
import { eliminateChannels } from "../../../compiler/passes/tensor/eliminate-channels.ts";
import { regroup, type Term } from "../../../compiler/passes/tensor/regroup.ts";
import { passLaws, tensorEvaluator, tensorGraphs, testContext } from "../../../compiler/testing/index.ts";
import { runExample } from "./example.ts";

passLaws(eliminateChannels, { test });

passLaws(eliminateChannels, {
  test: (name, check) =>
    test(`${name}, on networks with dead, constant, equal and proportional channels`, check),
  graphs: tensorGraphs({
    modes: ["zero"],
    ops: [
      "conv",
      "relu",
      "dense",
      "batchNorm",
      "depthwise",
      "relu",
      "averagePool",
      "maxPool",
      "add",
      "clip",
      "affine",
    ],
  }),
});

test("the example in the header is what the pass does", () => {
  const [made, said] = runExample(eliminateChannels);
  expect(made).toBe(said);
});

const run = (graph: TensorGraph): TensorGraph => plan(eliminateChannels, {}).run(graph, testContext(null));

const graphOf = (body: string): TensorGraph => parse(tensorLevel, `tensor "t" {\n${body}\n}`);

const channelsOf = (graph: TensorGraph, name: string): number | undefined =>
  nodesOf(graph).find((node) => node.origins[0]?.name === name)?.type.shape[0];

/** A conv of three channels, the last of them constant, read by a second conv. */
const constantChannel = (pads: string, bias: string): TensorGraph =>
  graphOf(`
    weight w : f64[3, 1, 1, 1] = [1, 2, 0]
    weight b : f64[3] = [1, -1, ${bias}]
    weight v : f64[1, 3, 2, 2] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3]
    x = input(name="x", shape=[1, 3, 3]) : f32(shape=[1, 3, 3]) @ "x"
    c = conv(x, weight=w, bias=b) : f32(shape=[3, 3, 3]) @ "c"
    r = unary(c, fn=relu) : f32(shape=[3, 3, 3]) @ "r"
    d = conv(r, weight=v${pads === "" ? "" : `, pads=${pads}`}) : f32(shape=[1, ${pads === "" ? "2, 2" : "4, 4"}]) @ "d"
    output "y" = d`);

test("a constant channel moves into the bias of an unpadded conv", () => {
  expect(channelsOf(run(constantChannel("", "2")), "c")).toBe(2);
});

test("a constant channel stays before a padded conv, unless it is zero behind the relu", () => {
  expect(channelsOf(run(constantChannel("[[1, 1], [1, 1]]", "2")), "c")).toBe(3);
  expect(channelsOf(run(constantChannel("[[1, 1], [1, 1]]", "-2")), "c")).toBe(2);
});

const proportional = (fn: string): TensorGraph =>
  graphOf(`
    weight w : f64[3, 1] = [1, 3, 1]
    weight b : f64[3] = [1, 3, 1]
    weight v : f64[2, 3] = [1, 2, 3, 4, 5, 6]
    x = input(name="x", shape=[1]) : f32(shape=[1]) @ "x"
    c = dense(x, weight=w, bias=b) : f32(shape=[3]) @ "c"
    r = unary(c, fn=${fn}) : f32(shape=[3]) @ "r"
    y = dense(r, weight=v) : f32(shape=[2]) @ "y"
    output "y" = y`);

test("multiples merge behind a relu; behind a clip or a sigmoid only equal channels do", () => {
  expect(channelsOf(run(proportional("relu")), "c")).toBe(1);
  expect(channelsOf(run(proportional("clip(low=0, high=2)")), "c")).toBe(2);
  expect(channelsOf(run(proportional("sigmoid")), "c")).toBe(2);
});

test("a channel that is minus another one stays", () => {
  const graph = graphOf(`
    weight w : f64[2, 1] = [1, -1]
    weight v : f64[1, 2] = [1, 2]
    x = input(name="x", shape=[1]) : f32(shape=[1]) @ "x"
    c = dense(x, weight=w) : f32(shape=[2]) @ "c"
    r = unary(c, fn=relu) : f32(shape=[2]) @ "r"
    y = dense(r, weight=v) : f32(shape=[1]) @ "y"
    output "y" = y`);
  expect(run(graph)).toBe(graph);
});

test("layers that share their weights are left alone", () => {
  const graph = graphOf(`
    weight w : f64[2, 2] = [1, 1, 1, 1]
    weight v : f64[1, 2] = [1, 1]
    x = input(name="x", shape=[2]) : f32(shape=[2]) @ "x"
    c = dense(x, weight=w) : f32(shape=[2]) @ "c"
    d = dense(c, weight=w) : f32(shape=[2]) @ "d"
    y = dense(d, weight=v) : f32(shape=[1]) @ "y"
    output "y" = y`);
  expect(run(graph)).toBe(graph);
});

test("reports how many channels went and why", () => {
  const { reports } = runPasses([plan(eliminateChannels, {})], constantChannel("", "2"), {
    context: testContext(null),
    clock: () => 0,
  });
  expect([...(reports[0]?.figures ?? [])]).toEqual([["constant channels", 1]]);
});

/** Splits every channel into two: the rows twice, one of them times 2, the columns in parts that add up to them. */
const split = (space: IndexSpace, seed: number) => {
  const random = randomFrom(seed);
  const twin = Array.from({ length: space.size }, () => random.pick([1, 2]));
  const rows: Term[][] = twin.flatMap((factor, index) => [[{ index, factor: 1 }], [{ index, factor }]]);
  // w = w/2 + factor (w / (2 factor))
  const columns: Term[][] = twin.flatMap((factor, index) => [
    [{ index, factor: 0.5 }],
    [{ index, factor: 0.5 / factor }],
  ]);
  return { space, rows, columns: () => columns };
};

test("channels that were split in two come back to at most as many, with the same function", () => {
  let splits = 0;
  const chains = tensorGraphs({
    ops: ["dense", "relu", "conv", "relu", "maxPool", "averagePool", "reshape"],
    maxSteps: 6,
  });
  fc.assert(
    fc.property(chains, fc.nat(99), (drawn, seed) => {
      const graph = run(drawn);
      const free = indexSpaces(graph).filter(
        ({ frozen, members }) =>
          frozen === null &&
          members.some(({ role }) => role === "consumer") &&
          members.every(({ block, holder }) => block === 1 || !("op" in holder && holder.op === "conv")),
      );
      splits += free.length;
      const wide = regroup(
        graph,
        free.map((space) => split(space, seed)),
      );
      const again = run(wide);
      const widths = (g: TensorGraph): readonly number[] => nodesOf(g).map((node) => node.type.shape[0] ?? 1);
      widths(again).forEach((width, i) => {
        expect(width).toBeLessThanOrEqual(widths(graph)[i] ?? 0);
      });
      expect(compareOutputs(graph, again, tensorEvaluator, tensorSamples(graph)).greatest).toBe(0);
    }),
    { numRuns: 120, seed: 5 },
  );
  expect(splits).toBeGreaterThan(30);
});
