import fc from "fast-check";
import { expect, test } from "vitest";
import { named } from "../../../compiler/diagnostics/index.ts";
import { floats, nodesOf, print, type Shape, sizeOf } from "../../../compiler/ir/core/index.ts";
import {
  makeTensor,
  type TensorGraph,
  type TensorNode,
  tensorLevel,
} from "../../../compiler/ir/tensor/index.ts";
import type { GeneralSite } from "../../../compiler/testing/general-site.ts";
import {
  type GeneralStepName,
  generalSteps,
  generalStepTable,
} from "../../../compiler/testing/general-steps.ts";
import { inputsOf, randomFrom, tensorGraphs } from "../../../compiler/testing/index.ts";
import { runTensor } from "../../../runtime/tensor/index.ts";
import { apart, runNode } from "./oracle.ts";

/** Single precision (and a 64-bit integer) holds the inputs exactly, so that no rounding moves a value over a jump. */
const holds = (data: Float64Array): boolean =>
  data.every((v) => Math.fround(v) === v && Math.abs(v) < 2 ** 53);

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

/** A graph of one general step on an input, all of it drawn from the seed. */
const graphOf = (name: GeneralStepName, shape: Shape, seed: number): TensorGraph => {
  const random = randomFrom(seed);
  const dyadic = (): number => random.between(-8, 8) / 4;
  const x = makeTensor("input", [], { name: "x", shape }, [named("x")]);
  const site: GeneralSite = {
    make: (op, inputs, attrs) => makeTensor(op, inputs, attrs, [named(name)]),
    pick: (bound) => random.between(0, bound - 1),
    weight: (role, dims) => floats(role, dims, new Float64Array(sizeOf(dims)).map(dyadic)),
  };
  const value = generalStepTable[name](site, x, x);
  return { name, inputs: [x], outputs: [{ name: "y", value }] };
};

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });

for (const name of generalSteps) {
  // A recurrent cell has most modes.
  const runs = name === "recurrent" ? 150 : 50;
  test(`${name} computes what onnxruntime computes`, async () => {
    const compared = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(0xffff), async (shape, seed) => {
        const graph = graphOf(name, shape, seed);
        expect(await compare(graph, compared), print(tensorLevel, graph)).toEqual([]);
      }),
      { numRuns: runs, seed: 1 },
    );
    expect([...compared.values()].reduce((sum, n) => sum + n, 0)).toBeGreaterThan(0.6 * runs);
  });
}

test("every op of a network computes what onnxruntime computes", async () => {
  const compared = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(tensorGraphs(), async (graph) => {
      expect(await compare(graph, compared), print(tensorLevel, graph)).toEqual([]);
    }),
    { numRuns: 60, seed: 1 },
  );
  const layers = ["dense", "conv", "batchNorm", "affine", "unary", "add", "concat", "maxPool"] as const;
  const views = ["averagePool", "reshape", "transpose"] as const;
  expect([...layers, ...views].filter((op) => (compared.get(op) ?? 0) < 5)).toEqual([]);
});
