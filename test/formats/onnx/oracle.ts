import { InferenceSession, Tensor } from "onnxruntime-node";
import { decodeModel, importModel } from "../../../compiler/formats/onnx/index.ts";
import { type Numbers, nodesOf, type Shape, sameShape, showShape } from "../../../compiler/ir/core/index.ts";
import { runTensor } from "../../../runtime/tensor/index.ts";
import { afterFloatPasses } from "../../float-passes.ts";
import { withOutputs } from "./write-model.ts";

export interface Compared {
  /** How many values were compared, the inputs not counted. */
  readonly values: number;
  /** Greatest difference, relative to the greatest magnitude in the same tensor. */
  readonly error: number;
  /** The same for the outputs alone, of the network that the float passes make. */
  readonly optimized: number;
}

const asNumbers = (tensor: unknown): Numbers => {
  if (!(tensor instanceof Tensor) || !(tensor.data instanceof Float32Array))
    throw new Error("expected floats");
  return { shape: tensor.dims, data: Float64Array.from(tensor.data) };
};

const magnitude = (data: Float64Array): number => data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

/** `whole`: the shape that the model sees; ours leaves out a batch of one. */
const errorOf = (ours: Numbers, whole: Shape, theirs: Numbers): number => {
  if (!sameShape(whole, theirs.shape))
    throw new Error(`our ${showShape(whole)}, their ${showShape(theirs.shape)}`);
  const difference = magnitude(ours.data.map((x, i) => x - (theirs.data[i] ?? Number.NaN)));
  return difference / Math.max(magnitude(theirs.data), 1e-30);
};

const asFloats = (value: unknown): Numbers | null =>
  value instanceof Tensor && value.data instanceof Float32Array ? asNumbers(value) : null;

/**
 * Runs a model here and in onnxruntime, without graph optimizations, and compares every intermediate tensor of
 * floats, and the outputs of the network after its float passes.
 */
export const compareWithOnnxruntime = async (
  bytes: Uint8Array,
  samples: readonly Float64Array[],
): Promise<Compared> => {
  const { graph, values, shapes } = importModel(decodeModel(bytes, "model.onnx"));
  const optimized = afterFloatPasses(graph);
  const [input] = graph.inputs;
  if (input === undefined) throw new Error("the model has no input");
  const listed = new Set(graph.outputs.map(({ name }) => name));
  // A view of a view is made without the first one, which then is no node of the graph.
  const nodes = new Set(nodesOf(graph));
  const tapped = [...values].flatMap(([name, node]) =>
    name !== input.attrs.name && nodes.has(node) ? [{ name, node, shape: shapes.get(name) ?? [] }] : [],
  );
  const model = withOutputs(
    bytes,
    tapped.flatMap(({ name }) => (listed.has(name) ? [] : [name])),
  );
  const session = await InferenceSession.create(model, {
    graphOptimizationLevel: "disabled",
    logSeverityLevel: 3,
  });
  const compared = new Set<string>();
  let [error, after] = [0, 0];
  for (const sample of samples) {
    const { shape, name } = input.attrs;
    const given = new Map([[name, { shape, data: sample }]]);
    const run = runTensor(graph, given);
    const theirs = await session.run({
      [name]: new Tensor("float32", Float32Array.from(sample), shapes.get(name) ?? [1, ...shape]),
    });
    for (const tap of tapped) {
      const other = asFloats(theirs[tap.name]);
      if (other === null) continue;
      compared.add(tap.name);
      error = Math.max(error, errorOf(run.at(tap.node), tap.shape, other));
    }
    for (const [output, ours] of runTensor(optimized, given).outputs)
      after = Math.max(after, errorOf(ours, shapes.get(output) ?? [], asNumbers(theirs[output])));
  }
  await session.release();
  return { values: compared.size, error, optimized: after };
};
