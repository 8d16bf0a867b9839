import fc from "fast-check";
import { expect, test } from "vitest";
import { named, Rejected } from "../../../compiler/diagnostics/index.ts";
import {
  type IntegerNode,
  integerInvariants,
  makeInteger,
  nodesOf,
  numbers,
  violationsOf,
} from "../../../compiler/ir/index.ts";
import { eliminateMaxPool, eliminateMaxPools } from "../../../compiler/passes/integer/eliminate-max-pool.ts";
import { inputsOf, integerGraphs, passLaws } from "../../../compiler/testing/index.ts";
import { runInteger } from "../../../runtime/integer/index.ts";

const image = (low: number): IntegerNode =>
  makeInteger("input", [], { name: "x", shape: [1, 2, 4], scale: [1], low, high: 7 }, [named("x")]);

const pool = (x: IntegerNode): IntegerNode =>
  makeInteger("maxPool", [x], { kernel: [2, 2], strides: [2, 2] }, [named("pool")]);

passLaws(eliminateMaxPool, { test, graphs: integerGraphs(), runs: 60 });

test("every old value is found in the graph without pools, on random networks", () => {
  let pools = 0;
  fc.assert(
    fc.property(integerGraphs(), fc.nat(), (graph, seed) => {
      const { graph: after, counterpart } = eliminateMaxPools(graph);
      const sample = inputsOf(graph, seed, "uniform");
      const [old, fresh] = [runInteger(graph, sample.inputs), runInteger(after, sample.inputs)];
      for (const node of nodesOf(graph)) {
        const twin = counterpart.get(node);
        if (twin === undefined) throw new Error("a node has no counterpart");
        expect(fresh.at(twin).data).toEqual(old.at(node).data);
        pools += node.op === "maxPool" ? 1 : 0;
      }
      expect(nodesOf(after).some((n) => n.op === "maxPool")).toBe(false);
      expect(violationsOf(integerInvariants, after)).toEqual([]);
    }),
    { numRuns: 300, seed: 1 },
  );
  expect(pools).toBeGreaterThan(20);
});

test("a two by two pool becomes three differences and a sum", () => {
  const x = image(0);
  if (x.op !== "input") throw new Error("not an input");
  const { graph } = eliminateMaxPools({ name: "g", inputs: [x], outputs: [{ name: "y", value: pool(x) }] });
  expect(nodesOf(graph).filter((n) => n.op === "neuron")).toHaveLength(4);
  const run = runInteger(
    graph,
    new Map([["x", numbers([1, 2, 4], Float64Array.of(1, 2, 7, 0, 3, 2, 5, 6))]]),
  );
  expect([...(run.outputs.get("y")?.data ?? [])]).toEqual([3, 7]);
});

test("negative levels are refused with the least level", () => {
  const x = image(-3);
  if (x.op !== "input") throw new Error("not an input");
  const run = (): unknown =>
    eliminateMaxPools({ name: "g", inputs: [x], outputs: [{ name: "y", value: pool(x) }] });
  expect(run).toThrow(Rejected);
  expect(run).toThrow(/eliminate-max-pool\/negative-levels/);
});
