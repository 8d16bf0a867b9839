import fc from "fast-check";
import { expect, test } from "vitest";
import {
  integers,
  type NodeOf,
  type Numbers,
  type Shape,
  sizeOf,
  type Weight,
} from "../../../compiler/ir/core/index.ts";
import {
  type Integer,
  type IntegerGraph,
  type IntegerNode,
  type LevelFunction,
  makeInteger,
} from "../../../compiler/ir/integer/index.ts";
import { conv, dense } from "../../../compiler/ir/linear/index.ts";
import { inputsOf, integerGraphs, modes } from "../../../compiler/testing/index.ts";
import { encodeInput, runInteger, runLevels } from "../../../runtime/integer/index.ts";
import { runIntegerBig } from "./big.ts";

test("every sum and level of random networks is that of the BigInt interpreter", () => {
  const samples = fc.record({
    graph: integerGraphs({ signedInputs: true }),
    seed: fc.nat(),
    mode: fc.constantFrom(...modes),
  });
  fc.assert(
    fc.property(samples, ({ graph, seed, mode }) => {
      const run = runInteger(graph, inputsOf(graph, seed, mode).inputs);
      const levels = new Map(
        graph.inputs.map((input): [string, Numbers] => [input.attrs.name, run.at(input)]),
      );
      for (const [node, wanted] of runIntegerBig(graph, levels))
        expect(Array.from(run.at(node).data, BigInt)).toEqual(wanted);
    }),
    { numRuns: 150, seed: 1 },
  );
});

const w = (shape: Shape, ...data: readonly number[]): Weight => integers("w", shape, Float64Array.from(data));

const given = (name: string, shape: Shape, ...data: readonly number[]): ReadonlyMap<string, Numbers> =>
  new Map([[name, { shape, data: Float64Array.from(data) }]]);

const input = (attrs: Partial<NodeOf<Integer, "input">["attrs"]> = {}) =>
  makeInteger("input", [], { name: "x", shape: [4], scale: [0.5], low: -2, high: 3, ...attrs });

const graphOf = (value: IntegerNode, start = input()): IntegerGraph => ({
  name: "n",
  inputs: [start],
  outputs: [{ name: "y", value }],
});

test("an input node divides, rounds as it says and clips", () => {
  const real: Numbers = { shape: [4], data: Float64Array.of(0.25, -0.25, 0.75, 9) };
  const levels = (round: "even" | "up" | "floor") => Array.from(encodeInput(input({ round }), real).data);
  expect([levels("even"), levels("up"), levels("floor")]).toEqual([
    [0, 0, 2, 3],
    [1, 0, 2, 3],
    [0, -1, 1, 3],
  ]);
});

test("an encoded level is never -0", () => {
  const real: Numbers = { shape: [4], data: Float64Array.of(-0, -0.1, -0.25, 0) };
  expect(encodeInput(input({ round: "even" }), real).data).toEqual(Float64Array.of(0, 0, 0, 0));
});

test("an input node with a scale a channel encodes each channel by its own", () => {
  const start = input({ shape: [2, 2], scale: [1, 0.25] });
  const real: Numbers = { shape: [2, 2], data: Float64Array.of(1, 2, 0.25, 0.5) };
  expect(encodeInput(start, real).data).toEqual(Float64Array.of(1, 2, 1, 2));
});

test("a run keeps every value: levels of the input, sums, levels", () => {
  const start = input();
  const sum = makeInteger("linear", [start], {
    map: dense(w([2, 4], 1, 0, -1, 2, 3, 0, 0, 0)),
    bias: w([2], 5, -1),
    scale: [1],
  });
  const fn: LevelFunction = { kind: "uniform", theta: w([1], 4), low: 0, high: 3 };
  const q = makeInteger("neuron", [sum], { fn, scale: [4] });
  const run = runInteger(graphOf(q, start), given("x", [4], 1, 0.5, -1, 0));
  expect([start, sum, q].map((node) => Array.from(run.at(node).data))).toEqual([
    [2, 1, -2, 0],
    [9, 5],
    [2, 1],
  ]);
  expect(run.outputs.get("y")).toBe(run.at(q));
});

test("a bias has one entry, one a channel, or one an element", () => {
  const start = input({ shape: [2, 2], low: 0 });
  const map = conv([2, 2], w([2, 2, 1], 1, 0, 0, 1));
  const sums = (bias: Weight) => {
    const sum = makeInteger("linear", [start], { map, bias, scale: [1] });
    return Array.from(runLevels(graphOf(sum, start), given("x", [2, 2], 0, 1, 2, 3)).at(sum).data);
  };
  expect([sums(w([1], 10)), sums(w([2], 10, 20)), sums(w([2, 2], 1, 2, 3, 4))]).toEqual([
    [10, 11, 12, 13],
    [10, 11, 22, 23],
    [1, 3, 5, 7],
  ]);
});

test("real numbers and their levels give the same run", () => {
  fc.assert(
    fc.property(integerGraphs(), fc.nat(), (graph, seed) => {
      const run = runInteger(graph, inputsOf(graph, seed, "uniform").inputs);
      const levels = new Map(graph.inputs.map((node): [string, Numbers] => [node.attrs.name, run.at(node)]));
      expect(runLevels(graph, levels).outputs).toEqual(run.outputs);
    }),
    { numRuns: 50, seed: 2 },
  );
});

test("levels outside the range of the input, missing inputs and other shapes are refused", () => {
  const graph = graphOf(input());
  expect(() =>
    runLevels(graphOf(graph.inputs[0] ?? input(), graph.inputs[0]), given("x", [4], 0, 0, 4, 0)),
  ).toThrow("input x[2] is 4, a level of -2..3 is needed");
  expect(() => runLevels(graph, given("x", [4], 0, 0.5, 0, 0))).toThrow("input x[1] is 0.5");
  expect(() => runInteger(graph, given("z", [4], 0, 0, 0, 0))).toThrow("input x is not given");
  expect(() => runInteger(graph, given("x", [2, 2], 0, 0, 0, 0))).toThrow(
    "input x has shape [2, 2], [4] is needed",
  );
});

test("a value of another graph is not answered", () => {
  const start = input();
  const run = runLevels(graphOf(start, start), given("x", [4], 0, 0, 0, 0));
  expect(() => run.at(input())).toThrow("has no value of this input");
  expect(sizeOf(run.at(start).shape)).toBe(4);
});
