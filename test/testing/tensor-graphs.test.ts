import fc from "fast-check";
import { expect, test } from "vitest";
import {
  nodesOf,
  parse,
  print,
  storeOf,
  tensorInvariants,
  tensorLevel,
  violationsOf,
  weightsOf,
} from "../../compiler/ir/index.ts";
import { inputsOf, tensorGraphs, tensorSteps } from "../../compiler/testing/index.ts";
import { runTensor } from "../../runtime/tensor/index.ts";

test("every generated tensor graph keeps the invariants of its level", () => {
  fc.assert(
    fc.property(tensorGraphs({ ops: [...tensorSteps, "opaque"] }), (graph) => {
      expect(violationsOf(tensorInvariants, graph)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test("a generated graph prints and parses back", () => {
  fc.assert(
    fc.property(tensorGraphs(), (graph) => {
      const text = print(tensorLevel, graph);
      expect(print(tensorLevel, parse(tensorLevel, text, storeOf(weightsOf(tensorLevel, graph))))).toBe(text);
    }),
    { numRuns: 50 },
  );
});

test("every op is generated", () => {
  const graphs = fc.sample(tensorGraphs(), { numRuns: 200, seed: 1 });
  const seen = new Set(graphs.flatMap((graph) => nodesOf(graph).map((node) => node.op)));
  const missing = [
    "dense",
    "conv",
    "batchNorm",
    "affine",
    "unary",
    "add",
    "concat",
    "maxPool",
    "averagePool",
    "reshape",
    "transpose",
  ];
  expect(missing.filter((op) => ![...seen].some((s) => s === op))).toEqual([]);
});

test("values of a generated graph are finite dyadic numbers with bits to spare", () => {
  fc.assert(
    fc.property(tensorGraphs(), fc.nat(99), (graph, seed) => {
      const run = runTensor(graph, inputsOf(graph, seed, "range").inputs);
      for (const node of nodesOf(graph)) {
        const wrong = run.at(node).data.find((v) => !Number.isInteger(v * 2 ** 40) || Math.abs(v) > 2 ** 40);
        expect(wrong).toBeUndefined();
      }
    }),
    { numRuns: 200 },
  );
});
