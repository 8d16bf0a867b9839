import { expect, test } from "vitest";
import { boundsOf, conversionModes, conversionObligations, convert } from "../../compiler/convert/index.ts";
import { named } from "../../compiler/diagnostics/index.ts";
import {
  dense,
  type IntegerGraph,
  integers,
  item,
  makeInteger,
  type Population,
  type SpikingNetwork,
} from "../../compiler/ir/index.ts";
import { modeNamed } from "./agreement.ts";

/** Three inputs of 0..5, two neurons of 0..6, one sum. */
const graph = ((): IntegerGraph => {
  const x = makeInteger("input", [], { name: "x", shape: [3], scale: [1], low: 0, high: 5 }, [named("x")]);
  const w = integers("w", [2, 3], Float64Array.of(1, -2, 3, 4, 0, -1));
  const bias = integers("b", [2], Float64Array.of(7, -9));
  const hidden = makeInteger("linear", [x], { map: dense(w), bias, scale: [1] }, [named("fc1")]);
  const theta = integers("theta", [2], Float64Array.of(3, 5));
  const a = makeInteger("neuron", [hidden], { fn: { kind: "uniform", theta, low: 0, high: 6 }, scale: [1] }, [
    named("relu"),
  ]);
  const v = integers("v", [1, 2], Float64Array.of(2, -1));
  const y = makeInteger("linear", [a], { map: dense(v), bias: null, scale: [1] }, [named("fc2")]);
  return { name: "net", inputs: [x], outputs: [{ name: "y", value: y }] };
})();

const changed = (network: SpikingNetwork, change: (p: Population) => Population): SpikingNetwork => ({
  ...network,
  populations: network.populations.map(change),
});

test.each(conversionModes)("$name states what its exactness rests on", (mode) => {
  const obligations = conversionObligations(convert(graph, mode).graph, mode);
  const ids = new Set(obligations.map(({ id }) => id));
  const phased = [
    "theorem",
    "acyclic",
    "phases-aligned",
    "table-equals-level",
    "code-complete",
    "sums-exact",
    "fresh-state",
    "barrier",
  ];
  const stream = [
    "theorem",
    "acyclic",
    "table-equals-level",
    "sums-exact",
    "fresh-state",
    "delivered-once",
    "quiescent",
  ];
  expect([...ids].sort()).toEqual([...(mode.theorem === "B" ? phased : stream)].sort());
  expect([mode.semantics.comparator, mode.semantics.rounding]).toEqual([
    ">=",
    "floor((S + floor(theta / 2)) / theta)",
  ]);
});

test("evidence carries the numbers", () => {
  const mode = modeNamed("exact.radix");
  const evidence = (id: string, layer: string): string | undefined =>
    conversionObligations(convert(graph, mode).graph, mode).find((o) => o.id === id && o.layer === layer)
      ?.evidence;
  // 7 + 5 (1 + 3) and 9 + 5 = 14 below; the reader sums 2 * 6 and 1 * 6.
  expect(evidence("sums-exact", "relu")).toBe("sums stay within +-27, below 2^53");
  expect(evidence("sums-exact", "fc2")).toBe("sums stay within +-12, below 2^53");
  expect(evidence("table-equals-level", "relu")).toBe("levels 0..6, 12 jumps, at S = J - 1 and S = J");
  expect(evidence("code-complete", "x")).toBe("levels 0..5 in 3 digits of at most 1");
});

test("a network that breaks a claim gets no certificate", () => {
  const radix = modeNamed("exact.radix");
  const { graph: network } = convert(graph, radix);
  const gapped = changed(network, (p) =>
    p.code.kind === "phased" ? { ...p, code: { ...p.code, gains: [3, 2] } } : p,
  );
  expect(() => conversionObligations(gapped, radix)).toThrow("cannot spell level 1");
  const early = changed(network, (p) => ({ ...p, start: 0 }));
  expect(() => conversionObligations(early, radix)).toThrow("does not start after");
  const wide = changed(network, (p) => ({ ...p, bias: integers("b", [1], Float64Array.of(2 ** 53 - 1)) }));
  expect(() => conversionObligations(wide, radix)).toThrow("may reach");
  const track = modeNamed("exact.track");
  const short: SpikingNetwork = { ...convert(graph, track).graph, schedule: { kind: "stream", steps: 3 } };
  expect(() => conversionObligations(short, track)).toThrow("3 steps are stated, the bound is 12");
});

test("bounds follow from levels and depth", () => {
  const spikes = (name: Parameters<typeof modeNamed>[0]): readonly (number | undefined)[] => {
    const { graph: network } = convert(graph, modeNamed(name));
    const { steps, spikes: all, perNeuron } = boundsOf(network);
    return [steps, all, ...network.populations.map(({ id }) => perNeuron.get(id))];
  };
  expect(spikes("exact.graded")).toEqual([3, 5, 1, 1, 0]);
  // 5 = 3 + 1 + 1 and 6 = 3 + 2 + 1 take three digits.
  expect(spikes("exact.radix")).toEqual([7, 15, 3, 3, 0]);
  expect(spikes("exact.spatial")).toEqual([3, 15, 3, 3, 0]);
  expect(spikes("exact.ttfs")).toEqual([12, 5, 1, 1, 0]);
  expect(spikes("exact.rate")).toEqual([12, 27, 5, 6, 0]);
  // Inputs settle after 5 steps, neurons after 6 more, the last message arrives one step later.
  expect(spikes("exact.track")).toEqual([12, 35, 5, 10, 0]);
});

test("no phased mode repeats a code for levels that its population cannot have", () => {
  const { graph: network } = convert(graph, modeNamed("exact.spatial"));
  expect(network.populations.map(({ code }) => (code.kind === "phased" ? code.gains : null))).toEqual([
    [3, 1, 1],
    [3, 2, 1],
    null,
  ]);
  expect(item(network.populations, 2).code.kind).toBe("plain");
});
