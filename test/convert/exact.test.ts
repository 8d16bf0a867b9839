import fc from "fast-check";
import { expect, test } from "vitest";
import { conversionModes } from "../../compiler/convert/index.ts";
import {
  channelsOf,
  type IntegerGraph,
  integerLevel,
  integers,
  item,
  type LevelFunction,
  rewrite,
} from "../../compiler/ir/index.ts";
import { integerGraphs, modes, randomFrom } from "../../compiler/testing/index.ts";
import { type Changes, disagreement, modeNamed } from "./agreement.ts";

const checked: Changes = { options: { checkDigits: true } };

test("every mode gives the integers of 1,000 networks at every neuron, within its bounds", () => {
  fc.assert(
    fc.property(integerGraphs(), fc.nat(99), fc.constantFrom(...modes), (graph, seed, style) => {
      for (const mode of conversionModes) {
        expect([mode.name, disagreement(graph, mode, seed, style, checked)]).toEqual([mode.name, null]);
      }
    }),
    { numRuns: 1000 },
  );
}, 240_000);

const withFunctions = (graph: IntegerGraph, change: (fn: LevelFunction) => LevelFunction): IntegerGraph =>
  rewrite(integerLevel, graph, {
    neuron: (node, { make }) =>
      make("neuron", node.inputs, { fn: change(node.attrs.fn), scale: node.attrs.scale }),
  });

const belowZero = (fn: LevelFunction): LevelFunction => ({ ...fn, low: -2 });

test.each([modeNamed("exact.graded"), modeNamed("exact.track")])(
  "$name carries levels below zero",
  (mode) => {
    fc.assert(
      fc.property(
        integerGraphs({ signedInputs: true }),
        fc.nat(99),
        fc.constantFrom(...modes),
        (graph, seed, style) => {
          expect(disagreement(withFunctions(graph, belowZero), mode, seed, style)).toBeNull();
        },
      ),
      { numRuns: 200 },
    );
  },
);

/** A table that neither rises nor falls. */
const freeTable =
  (seed: number) =>
  (fn: LevelFunction): LevelFunction => {
    if (fn.kind === "uniform") return fn;
    const count = item(fn.breaks.shape, 1) + 1;
    const random = randomFrom(seed);
    const values = Float64Array.from({ length: channelsOf(fn) * count }, () => random.between(-5, 5));
    return { ...fn, values: integers("values", [channelsOf(fn), count], values) };
  };

test("exact.graded carries activations with a table of their own", () => {
  fc.assert(
    fc.property(integerGraphs(), fc.nat(99), fc.constantFrom(...modes), (graph, seed, style) => {
      const free = withFunctions(graph, freeTable(seed));
      expect(disagreement(free, modeNamed("exact.graded"), seed, style)).toBeNull();
    }),
    { numRuns: 200 },
  );
});

test("levels above 15 and codes of any length agree", () => {
  const graphs = integerGraphs({ levels: [2, 4, 5, 6, 8, 9, 31, 100], inputLevels: [5, 100, 255] });
  for (const mode of conversionModes) {
    fc.assert(
      fc.property(graphs, fc.nat(99), fc.constantFrom(...modes), (graph, seed, style) => {
        expect(disagreement(graph, mode, seed, style, checked)).toBeNull();
      }),
      { numRuns: 60 },
    );
  }
});
