import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Numbers } from "../../../compiler/ir/core/index.ts";
import type { TensorNode, TensorType } from "../../../compiler/ir/tensor/index.ts";
import { writeModel } from "../../formats/onnx/write-model.ts";
import { modelOfNode } from "./onnx-export.ts";

const fed = ({ dtype, shape }: TensorType, { data }: Numbers): Tensor => {
  switch (dtype) {
    case "f32":
      return new Tensor("float32", Float32Array.from(data), shape);
    case "i64":
      return new Tensor("int64", BigInt64Array.from(data, BigInt), shape);
    case "bool":
      return new Tensor("bool", Uint8Array.from(data), shape);
  }
};

const numbersOf = ({ data, dims }: Tensor): Numbers => ({
  shape: dims,
  data: Float64Array.from(data, Number),
});

/** What onnxruntime makes of one node; null where it has nothing to compare with. */
export const runNode = async (node: TensorNode, inputs: readonly Numbers[]): Promise<Numbers | null> => {
  const model = modelOfNode(node);
  if (model === null) return null;
  const session = await InferenceSession.create(writeModel(model), {
    graphOptimizationLevel: "disabled",
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const feeds = Object.fromEntries(
    node.inputs.map(({ type }, i) => [
      `x${i}`,
      fed(type, inputs[i] ?? { shape: [], data: new Float64Array(0) }),
    ]),
  );
  const { y } = await session.run(feeds);
  await session.release();
  if (y === undefined) throw new Error("the model gave no y");
  return numbersOf(y);
};

/** Greatest difference, as a part of the greatest magnitude of both; Infinity for other shapes or a lone NaN. */
export const apart = (ours: Numbers, theirs: Numbers): number => {
  if (ours.shape.join() !== theirs.shape.join()) return Infinity;
  const size = [...ours.data, ...theirs.data].reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  return ours.data.reduce((most, v, i) => {
    const other = theirs.data[i] ?? NaN;
    if (Object.is(v, other) || v === other) return most;
    const difference = Math.abs(v - other) / size;
    return Number.isNaN(difference) ? Infinity : Math.max(most, difference);
  }, 0);
};
