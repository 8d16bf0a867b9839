import { InferenceSession, Tensor } from "onnxruntime-node";
import { decodeModel, importModel } from "../../../compiler/formats/onnx/index.ts";
import { type Numbers, nodesOf } from "../../../compiler/ir/core/index.ts";
import { runTensor } from "../../../runtime/tensor/index.ts";
import { withOutputs } from "./write-model.ts";

export interface Compared {
  /** How many values were compared, the inputs not counted. */
  readonly values: number;
  /** Greatest difference, relative to the greatest magnitude in the same tensor. */
  readonly error: number;
}

const asNumbers = (tensor: unknown): Numbers => {
  if (!(tensor instanceof Tensor) || !(tensor.data instanceof Float32Array))
    throw new Error("expected floats");
  return { shape: tensor.dims, data: Float64Array.from(tensor.data) };
};

const magnitude = (data: Float64Array): number => data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

const errorOf = (ours: Numbers, theirs: Numbers): number => {
  if (JSON.stringify([1, ...ours.shape]) !== JSON.stringify(theirs.shape))
    throw new Error(`our [1, ${ours.shape.join(", ")}], their [${theirs.shape.join(", ")}]`);
  const difference = magnitude(ours.data.map((x, i) => x - (theirs.data[i] ?? Number.NaN)));
  return difference / Math.max(magnitude(theirs.data), 1e-30);
};

/** Runs a model here and in onnxruntime, without graph optimizations, and compares every intermediate tensor. */
export const compareWithOnnxruntime = async (
  bytes: Uint8Array,
  samples: readonly Float64Array[],
): Promise<Compared> => {
  const { graph, values } = importModel(decodeModel(bytes, "model.onnx"));
  const [input] = graph.inputs;
  if (input === undefined) throw new Error("the model has no input");
  const listed = new Set(graph.outputs.map(({ name }) => name));
  // A view of a view is made without the first one, which then is no node of the graph.
  const nodes = new Set(nodesOf(graph));
  const tapped = [...values]
    .filter(([name, node]) => name !== input.attrs.name && nodes.has(node))
    .map(([name]) => name);
  const model = withOutputs(
    bytes,
    tapped.filter((name) => !listed.has(name)),
  );
  const session = await InferenceSession.create(model, {
    graphOptimizationLevel: "disabled",
    logSeverityLevel: 3,
  });
  let error = 0;
  for (const sample of samples) {
    const { shape, name } = input.attrs;
    const run = runTensor(graph, new Map([[name, { shape, data: sample }]]));
    const theirs = await session.run({
      [name]: new Tensor("float32", Float32Array.from(sample), [1, ...shape]),
    });
    for (const value of tapped) {
      const at = values.get(value);
      if (at === undefined) continue;
      error = Math.max(error, errorOf(run.at(at), asNumbers(theirs[value])));
    }
  }
  await session.release();
  return { values: tapped.length, error };
};
