import fc from "fast-check";
import { expect, test } from "vitest";
import { conversionModes, convert, toSpiking } from "../../compiler/convert/index.ts";
import { named } from "../../compiler/diagnostics/index.ts";
import {
  conv,
  dense,
  diagonal,
  type IntegerGraph,
  type IntegerNode,
  integers,
  type LevelFunction,
  makeInteger,
  nodesOf,
  numbers,
  reshaped,
  type Shape,
  spikingInvariants,
  violationsOf,
} from "../../compiler/ir/index.ts";
import { integerGraphs } from "../../compiler/testing/index.ts";
import { runSpikingLevels } from "../../runtime/spiking/index.ts";
import { faultsOf } from "../rejected.ts";
import { modeNamed } from "./agreement.ts";

const upTo = (high: number, low = 0, theta = 3): LevelFunction => ({
  kind: "uniform",
  theta: integers("theta", [1], Float64Array.of(theta)),
  low,
  high,
});

const inputOf = (shape: Shape, high = 7, low = 0) =>
  makeInteger("input", [], { name: "image", shape, scale: [1], low, high }, [named("image")]);

const neuron = (name: string, x: IntegerNode, fn: LevelFunction): IntegerNode =>
  makeInteger("neuron", [x], { fn, scale: [1] }, [named(name)]);

const scaled = (x: IntegerNode, factor: number, bias: number | null = null): IntegerNode => {
  const map = diagonal(x.type.shape, integers("factor", [1], Float64Array.of(factor)));
  const b = bias === null ? null : integers("bias", [1], Float64Array.of(bias));
  return makeInteger("linear", [x], { map, bias: b, scale: [1] }, [named("scaled")]);
};

const graphOf = (
  x: ReturnType<typeof inputOf>,
  outputs: Readonly<Record<string, IntegerNode>>,
): IntegerGraph => ({
  name: "net",
  inputs: [x],
  outputs: Object.entries(outputs).map(([name, value]) => ({ name, value })),
});

/** Residual sum, concat, reshape and a read-out above one convolution. */
const mixed = (): IntegerGraph => {
  const x = inputOf([1, 4, 4]);
  const w = integers(
    "w",
    [1, 1, 3, 3],
    Float64Array.from({ length: 9 }, (_, i) => i - 3),
  );
  const pads = [
    [1, 1],
    [1, 1],
  ] as const;
  const c = makeInteger("linear", [x], { map: conv([1, 4, 4], w, { pads }), bias: null, scale: [1] }, [
    named("conv"),
  ]);
  const sum = makeInteger("add", [c, scaled(x, 2, 5)], {}, [named("sum")]);
  const a = neuron("block/relu", sum, upTo(7));
  const both = makeInteger("concat", [a, x], { axis: 0 }, [named("both")]);
  const pool = makeInteger("maxPool", [both], { kernel: [2, 2], strides: [2, 2], dilations: [], pads: [] }, [
    named("pool"),
  ]);
  const flat = makeInteger("linear", [pool], { map: reshaped([2, 2, 2], [8]), bias: null, scale: [1] }, [
    named("flat"),
  ]);
  const ones = integers("ones", [2, 8], new Float64Array(16).fill(1));
  const logits = makeInteger("linear", [flat], { map: dense(ones), bias: null, scale: [1] }, [named("fc")]);
  return graphOf(x, { logits, block: a });
};

test("only inputs, neurons, pools and outputs become populations; reshapes vanish and biases join", () => {
  const { graph: network } = convert(mixed(), modeNamed("exact.graded"));
  expect(network.populations.map(({ id, model, start }) => [id, model.kind, start])).toEqual([
    ["image", "input", 0],
    ["block_relu", "levels", 1],
    ["pool", "maximum", 2],
    ["logits", "sum", 3],
  ]);
  expect(network.projections.map(({ from, to, map }) => [from, to, map.kind])).toEqual([
    ["image", "block_relu", "conv"],
    ["image", "block_relu", "diagonal"],
    ["block_relu", "pool", "chain"],
    ["image", "pool", "chain"],
    ["pool", "logits", "dense"],
  ]);
  expect(network.populations[1]?.bias?.stored()).toEqual(Float64Array.of(5));
  expect(network.outputs.map(({ name, from, read }) => [name, from, read])).toEqual([
    ["logits", "logits", "sum"],
    ["block", "block_relu", "level"],
  ]);
});

test("phases are as long as the longest code that begins in them", () => {
  const lengths = (name: Parameters<typeof modeNamed>[0]): unknown => {
    const { schedule } = convert(mixed(), modeNamed(name)).graph;
    return schedule.kind === "phases" ? schedule.lengths : schedule;
  };
  expect(lengths("exact.graded")).toEqual([1, 1, 1, 1]);
  expect(lengths("exact.spatial")).toEqual([1, 1, 1, 1]);
  expect(lengths("exact.radix")).toEqual([3, 3, 3, 1]);
  expect(lengths("exact.ttfs")).toEqual([7, 7, 7, 1]);
  expect(lengths("exact.rate")).toEqual([7, 7, 7, 1]);
  // Three tracers of 7 levels one after the other, and the step in which the last message arrives.
  expect(lengths("exact.track")).toEqual({ kind: "stream", steps: 22 });
});

test("a residual sum is worked out by hand in every mode", () => {
  const x = inputOf([2]);
  const w = integers("w", [2, 2], Float64Array.of(2, -1, -3, 4));
  const c = makeInteger(
    "linear",
    [x],
    { map: dense(w), bias: integers("b", [2], Float64Array.of(1, -2)), scale: [1] },
    [named("c")],
  );
  const sum = makeInteger("add", [c, x, x], {}, [named("sum")]);
  const a = neuron("a", sum, upTo(7));
  const graph = graphOf(x, { a, sum });
  // S = [2*5 - 3 + 1 + 10, -15 + 12 - 2 + 6] = [18, 1]; q = floor((S + 1) / 3) = [6, 0]
  const levels = new Map([["image", numbers([2], Float64Array.of(5, 3))]]);
  for (const mode of conversionModes) {
    const { outputs } = runSpikingLevels(convert(graph, mode).graph, levels);
    expect([mode.name, outputs.get("a")?.data, outputs.get("sum")?.data]).toEqual([
      mode.name,
      Float64Array.of(6, 0),
      Float64Array.of(18, 1),
    ]);
  }
});

test("a pool of sums reads levels that are made for it", () => {
  const x = inputOf([1, 2, 2]);
  const pool = makeInteger(
    "maxPool",
    [scaled(x, 3, 1)],
    { kernel: [2, 2], strides: [2, 2], dilations: [], pads: [] },
    [named("pool")],
  );
  const { graph: network } = convert(graphOf(x, { pool }), modeNamed("exact.radix"));
  expect(network.populations.map(({ id, code }) => [id, code.kind === "phased" ? code.gains : null])).toEqual(
    [
      ["image", [4, 2, 1]],
      ["scaled_level", [11, 6, 3, 1, 1]],
      ["pool", [11, 6, 3, 1, 1]],
    ],
  );
  const levels = new Map([["image", numbers([1, 2, 2], Float64Array.of(0, 4, 7, 2))]]);
  expect(runSpikingLevels(network, levels).outputs.get("pool")?.data).toEqual(Float64Array.of(22));
});

test("every input, neuron, pool and output has a population that the invariants accept", () => {
  fc.assert(
    fc.property(integerGraphs(), (graph) => {
      for (const mode of conversionModes) {
        const { graph: network, pairs } = convert(graph, mode);
        expect(violationsOf(spikingInvariants, network)).toEqual([]);
        const outputs = graph.outputs.map(({ value }) => value);
        const wanted = nodesOf(graph).filter(
          (n) => ["input", "neuron", "maxPool"].includes(n.op) || outputs.includes(n),
        );
        expect(wanted.filter((node) => !pairs.has(node))).toEqual([]);
        expect(network.populations.every(({ origins }) => origins.length > 0)).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test("names become ids that are words, differ, and leave those of realized networks free", () => {
  const x = inputOf([2]);
  const a = neuron("start", x, upTo(3));
  const b = neuron("wave3", a, upTo(3));
  const c = neuron("/layer.0/relu", b, upTo(3));
  const d = neuron("/layer/0/relu", c, upTo(3));
  const { graph: network } = convert(graphOf(x, { d }), modeNamed("exact.spatial"));
  expect(network.populations.map(({ id }) => id)).toEqual([
    "image",
    "start_",
    "wave3_",
    "_layer_0_relu",
    "_layer_0_relu_2",
  ]);
});

const codesOf = (run: () => unknown): readonly string[] =>
  faultsOf(run).map((d) => `${d.code} ${d.where.node}`);

test("levels below zero are refused with every node, but by graded payloads and tracking", () => {
  const x = inputOf([2], 7, -7);
  const a = neuron("a", x, upTo(3));
  const b = neuron("b", scaled(a, -1), upTo(3, -3));
  const graph = graphOf(x, { b });
  for (const mode of conversionModes) {
    const wanted = mode.signed ? [] : ["convert/signed-level image", "convert/signed-level b"];
    expect([mode.name, codesOf(() => convert(graph, mode))]).toEqual([mode.name, wanted]);
  }
});

test("an activation with a table of its own is refused, but by graded payloads", () => {
  const x = inputOf([2]);
  const breaks = integers("breaks", [1, 2], Float64Array.of(1, 4));
  const fn: LevelFunction = {
    kind: "steps",
    breaks,
    values: integers("values", [1, 3], Float64Array.of(0, 5, 2)),
    low: 0,
  };
  const graph = graphOf(x, { a: neuron("a", x, fn) });
  for (const mode of conversionModes) {
    expect(codesOf(() => convert(graph, mode))).toEqual(mode.freeValues ? [] : ["convert/free-values a"]);
  }
});

test("codes of one step a level end at 4,096 levels", () => {
  const x = inputOf([2], 5000);
  const graph = graphOf(x, { a: neuron("a", x, upTo(3)) });
  for (const name of ["exact.rate", "exact.ttfs"] as const) {
    expect(codesOf(() => convert(graph, modeNamed(name)))).toEqual(["convert/too-many-levels image"]);
  }
  expect(codesOf(() => convert(graph, modeNamed("exact.radix")))).toEqual([]);
});

test("the lowering takes its mode as an option and compares integers", () => {
  expect(toSpiking.options.mode.is("exact.radix")).toBe(true);
  expect(toSpiking.options.mode.is("approx.rate")).toBe(false);
  const [a, b] = [numbers([2], Float64Array.of(1, 2)), numbers([2], Float64Array.of(1, 3))];
  const x = inputOf([2]);
  expect([toSpiking.same(a, a, x), toSpiking.same(a, b, x)]).toEqual([true, false]);
});
