import fc from "fast-check";
import { expect, test } from "vitest";
import { nodesOf, print } from "../../../compiler/ir/core/index.ts";
import {
  type TensorGraph,
  type TensorNode,
  tensorLevel,
  tensorOps,
} from "../../../compiler/ir/tensor/index.ts";
import { allTensorSteps, inputsOf, tensorGraphs } from "../../../compiler/testing/index.ts";
import { runTensor } from "../../../runtime/tensor/index.ts";
import { apart, runNode } from "./oracle.ts";

/** Single precision holds the inputs exactly, so that no rounding moves a value over a jump. */
const holds = (data: Float64Array): boolean => data.every((v) => Math.fround(v) === v);

const isCompared = ({ op }: TensorNode): boolean => op !== "input" && op !== "constant";

/** Nodes of a run that onnxruntime computes otherwise, and the ops that were compared. */
const compare = async (graph: TensorGraph, compared: Map<string, number>): Promise<readonly string[]> => {
  const run = runTensor(graph, inputsOf(graph, 1, "uniform").inputs);
  const wrong: string[] = [];
  for (const node of nodesOf(graph).filter(isCompared)) {
    const inputs = node.inputs.map(run.at);
    if (!inputs.every(({ data }) => holds(data))) continue;
    const theirs = await runNode(node, inputs);
    if (theirs === null) continue;
    compared.set(node.op, 1 + (compared.get(node.op) ?? 0));
    const error = apart(run.at(node), theirs);
    if (!(error <= 1e-6)) wrong.push(`${node.op} ${node.origins[0]?.name}: ${error}, theirs ${theirs.data}`);
  }
  return wrong;
};

test("every op computes what onnxruntime computes", async () => {
  const compared = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(tensorGraphs({ ops: allTensorSteps, maxSteps: 6 }), async (graph) => {
      expect(await compare(graph, compared), print(tensorLevel, graph)).toEqual([]);
    }),
    { numRuns: 200, seed: 1 },
  );
  const ops = Object.keys(tensorOps).filter((op) => !["input", "constant", "opaque"].includes(op));
  expect(ops.filter((op) => (compared.get(op) ?? 0) < 3)).toEqual([]);
}, 60_000);
