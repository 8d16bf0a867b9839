import fc from "fast-check";
import { expect, test } from "vitest";
import { boundsOf, convert } from "../../../compiler/convert/index.ts";
import { named } from "../../../compiler/diagnostics/index.ts";
import {
  type IntegerGraph,
  type IntegerNode,
  integerInvariants,
  integers,
  levelRange,
  makeInteger,
  nodesOf,
  violationsOf,
} from "../../../compiler/ir/index.ts";
import { eliminateMaxPools } from "../../../compiler/passes/integer/eliminate-max-pool.ts";
import { spellLevels, spellLevelsPass } from "../../../compiler/passes/integer/spell-levels.ts";
import { inputsOf, integerGraphs, modes, passLaws } from "../../../compiler/testing/index.ts";
import { runInteger } from "../../../runtime/integer/index.ts";
import { runSpiking } from "../../../runtime/spiking/index.ts";
import { modeNamed } from "../../convert/agreement.ts";

passLaws(spellLevelsPass, { test, graphs: integerGraphs(), runs: 60 });

const here = [named("n")];
const list = (name: string, shape: readonly number[], ...values: readonly number[]) =>
  integers(name, shape, Float64Array.from(values));

/** Sums of 0..15 through a table of values, then a pool, then levels below zero. */
const graphOf = (values: readonly number[], breaks: readonly number[]): IntegerGraph => {
  const x = makeInteger("input", [], { name: "x", shape: [1, 4, 2], scale: [1], low: 0, high: 15 }, here);
  const fn = {
    kind: "steps",
    breaks: list("b", [1, breaks.length], ...breaks),
    values: list("v", [1, values.length], ...values),
    low: 0,
  } as const;
  const table = makeInteger("neuron", [x], { fn, scale: [1] }, here);
  const pool = makeInteger("maxPool", [table], { kernel: [2, 1], strides: [2, 1] }, here);
  const signed = { kind: "uniform", theta: list("t", [1], 3), low: -2, high: 2 } as const;
  const y = makeInteger("neuron", [pool], { fn: signed, scale: [1] }, here);
  const last = makeInteger("maxPool", [y], { kernel: [2, 1], strides: [2, 1] }, here);
  if (x.op !== "input") throw new Error("no input");
  return { name: "g", inputs: [x], outputs: [{ name: "y", value: last }] };
};

const tables = fc.record({
  values: fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 5, maxLength: 5 }),
  breaks: fc.uniqueArray(fc.integer({ min: 1, max: 15 }), { minLength: 4, maxLength: 4 }),
});

test("values stay in a graph whose levels all rise from zero", () => {
  fc.assert(
    fc.property(tables, fc.nat(), ({ values, breaks }, seed) => {
      const graph = graphOf(
        values,
        [...breaks].sort((a, b) => a - b),
      );
      const { graph: after, counterpart } = spellLevels(graph, { signed: false, freeValues: false });
      expect(violationsOf(integerInvariants, after)).toEqual([]);
      const sample = inputsOf(graph, seed, "uniform");
      const [old, fresh] = [runInteger(graph, sample.inputs), runInteger(after, sample.inputs)];
      for (const node of nodesOf(graph)) {
        const twin = counterpart.get(node);
        if (twin !== undefined) expect(fresh.at(twin).data).toEqual(old.at(node).data);
      }
      const [output] = after.outputs;
      expect(output === undefined ? null : fresh.at(output.value).data).toEqual(old.outputs.get("y")?.data);
      const neurons = nodesOf(after).filter(
        (n): n is Extract<IntegerNode, { op: "neuron" }> => n.op === "neuron",
      );
      for (const { attrs } of neurons) {
        expect(levelRange(attrs.fn)[0]).toBe(0);
        expect(attrs.fn.kind === "steps" && attrs.fn.values !== null).toBe(false);
      }
      expect(eliminateMaxPools(after).graph.outputs).toHaveLength(1);
    }),
    { numRuns: 150, seed: 2 },
  );
});

test("every exact mode runs a table that rises and falls, with the integers of the graph", () => {
  const graph = graphOf([0, 2, -3, 1, 5], [2, 5, 9, 13]);
  for (const name of [
    "exact.graded",
    "exact.spatial",
    "exact.radix",
    "exact.ttfs",
    "exact.rate",
    "exact.track",
  ] as const) {
    const mode = modeNamed(name);
    const { graph: network } = convert(spellLevels(graph, mode).graph, mode);
    expect(boundsOf(network).spikes).toBeGreaterThan(0);
    for (const style of modes) {
      const { inputs } = inputsOf(graph, 7, style);
      const wanted = runInteger(graph, inputs).outputs.get("y");
      expect([name, runSpiking(network, inputs).outputs.get("y")?.data]).toEqual([name, wanted?.data]);
    }
  }
});
