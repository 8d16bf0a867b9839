import fc from "fast-check";
import { expect, test } from "vitest";
import {
  nodesOf,
  parse,
  print,
  storeOf,
  type TensorGraph,
  type TensorNode,
  tensorInvariants,
  tensorLevel,
  tensorOps,
  violationsOf,
  weightsOf,
} from "../../compiler/ir/index.ts";
import { allTensorSteps, inputsOf, tensorGraphs } from "../../compiler/testing/index.ts";
import { runTensor } from "../../runtime/tensor/index.ts";

const graphs = tensorGraphs({ ops: allTensorSteps });

test("every generated tensor graph keeps the invariants of its level", () => {
  fc.assert(
    fc.property(tensorGraphs({ ops: [...allTensorSteps, "opaque"] }), (graph) => {
      expect(violationsOf(tensorInvariants, graph)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test("a generated graph prints and parses back", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const text = print(tensorLevel, graph);
      expect(print(tensorLevel, parse(tensorLevel, text, storeOf(weightsOf(tensorLevel, graph))))).toBe(text);
    }),
    { numRuns: 50 },
  );
});

test("every op is generated", () => {
  const seen = new Set(
    fc
      .sample(tensorGraphs({ ops: [...allTensorSteps, "opaque"] }), { numRuns: 600, seed: 1 })
      .flatMap((graph) => nodesOf(graph).map((node) => node.op)),
  );
  const names: readonly string[] = [...seen];
  expect(Object.keys(tensorOps).filter((op) => !names.includes(op))).toEqual([]);
});

/** What the outputs of a recipe read; the other outputs are ops whose values are not dyadic. */
const dyadicPart = (graph: TensorGraph): readonly TensorNode[] =>
  nodesOf({ ...graph, outputs: graph.outputs.filter(({ name }) => name === "logits" || name === "newest") });

const isDyadic = (v: number): boolean => Number.isInteger(v * 2 ** 40) && Math.abs(v) <= 2 ** 40;

test("values of a generated graph are finite, and dyadic with bits to spare but for those that are outputs only", () => {
  fc.assert(
    fc.property(graphs, fc.nat(99), (graph, seed) => {
      const run = runTensor(graph, inputsOf(graph, seed, "range").inputs);
      for (const node of nodesOf(graph)) expect(run.at(node).data.every(Number.isFinite), node.op).toBe(true);
      for (const node of dyadicPart(graph)) expect(run.at(node).data.every(isDyadic), node.op).toBe(true);
    }),
    { numRuns: 300 },
  );
});
