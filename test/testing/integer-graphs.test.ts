import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type IntegerGraph,
  integerInvariants,
  integerLevel,
  item,
  jump,
  levelRange,
  nodesOf,
  parse,
  print,
  storeOf,
  violationsOf,
  weightsOf,
} from "../../compiler/ir/index.ts";
import { inputsOf, integerGraphs, type Mode, modes } from "../../compiler/testing/index.ts";
import { runInteger } from "../../runtime/integer/index.ts";

const sampled = (mode: Mode, count = 60): readonly IntegerGraph[] =>
  fc.sample(integerGraphs({ modes: [mode] }), { numRuns: count, seed: 7 });

test("every generated integer graph keeps the invariants of its level", () => {
  fc.assert(
    fc.property(integerGraphs({ signedInputs: true, maxSteps: 10 }), (graph) => {
      expect(violationsOf(integerInvariants, graph)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test("a generated graph prints and parses back", () => {
  fc.assert(
    fc.property(integerGraphs(), (graph) => {
      const text = print(integerLevel, graph);
      expect(print(integerLevel, parse(integerLevel, text, storeOf(weightsOf(integerLevel, graph))))).toBe(
        text,
      );
    }),
    { numRuns: 50 },
  );
});

test("every op, map and form of threshold is generated", () => {
  const seen = new Set<string>();
  for (const graph of fc.sample(integerGraphs(), { numRuns: 200, seed: 1 })) {
    for (const node of nodesOf(graph)) {
      seen.add(node.op);
      if (node.op === "neuron") seen.add(node.attrs.fn.kind);
      if (node.op === "linear") seen.add(node.attrs.map.kind);
    }
  }
  const wanted = ["input", "linear", "add", "neuron", "maxPool", "concat", "uniform", "steps"];
  const maps = ["conv", "dense", "windows", "diagonal", "chain"];
  expect([...wanted, ...maps].filter((op) => !seen.has(op))).toEqual([]);
});

test("inputs of every mode are levels that the input node keeps", () => {
  fc.assert(
    fc.property(
      integerGraphs({ signedInputs: true }),
      fc.nat(99),
      fc.constantFrom(...modes),
      (graph, seed, mode) => {
        const [input] = graph.inputs;
        const sample = inputsOf(graph, seed, mode);
        expect(input === undefined ? null : runInteger(graph, sample.inputs).at(input).data).toEqual(
          sample.inputs.get("input")?.data,
        );
      },
    ),
    { numRuns: 60 },
  );
});

/** How many sums of neurons, over all graphs, are where `hits` says. */
const countSums = (
  mode: Mode,
  hits: (sum: number, jumps: readonly number[]) => boolean,
): readonly [number, number] => {
  let hit = 0;
  let all = 0;
  for (const graph of sampled(mode)) {
    const run = runInteger(graph, inputsOf(graph, 3, mode).inputs);
    for (const node of nodesOf(graph)) {
      if (node.op !== "neuron") continue;
      const { fn } = node.attrs;
      const [low, high] = levelRange(fn);
      const { shape, data } = run.at(node.inputs[0]);
      const inner = data.length / item(shape, 0);
      data.forEach((sum, i) => {
        all++;
        const jumps = Array.from({ length: high - low }, (_, k) =>
          jump(fn, Math.floor(i / inner), low + k + 1),
        );
        if (hits(sum, jumps)) hit++;
      });
    }
  }
  return [hit, all];
};

test("mode tie puts many sums on a jump and just below one", () => {
  const [on, all] = countSums("tie", (sum, jumps) => jumps.includes(sum));
  const [below] = countSums("tie", (sum, jumps) => jumps.includes(sum + 1));
  expect(on / all).toBeGreaterThan(0.2);
  expect(below / all).toBeGreaterThan(0.2);
});

test("mode range brings sums to the greatest jump", () => {
  const [reached, all] = countSums("range", (sum, jumps) => sum >= item(jumps, jumps.length - 1));
  expect(reached / all).toBeGreaterThan(0.2);
});

test("a counterexample shrinks to one step and shows its recipe and text", () => {
  const found = fc.check(
    fc.property(integerGraphs(), (graph) => !nodesOf(graph).some((n) => n.op === "maxPool")),
    { seed: 2 },
  );
  expect(found.failed).toBe(true);
  const graph = found.counterexample?.[0];
  expect(graph === undefined ? 0 : nodesOf(graph).length).toBeLessThanOrEqual(4);
  expect(fc.stringify(graph)).toContain('// recipe {"mode"');
});
