import type { Shape, Weight } from "../../../ir/core/index.ts";
import type { TensorNode } from "../../../ir/tensor/index.ts";

/**
 * A value of the model while it is read. The model is read with a batch of one: a computed value has a leading
 * axis of 1 in ONNX, which its node does not have. Constants keep their whole shape.
 */
export type Value =
  | { readonly kind: "constant"; readonly weight: Weight }
  | { readonly kind: "computed"; readonly node: TensorNode };

export const constant = (weight: Weight): Value => ({ kind: "constant", weight });

export const computed = (node: TensorNode): Value => ({ kind: "computed", node });

/** The shape that ONNX sees. */
export const wholeShape = (value: Value): Shape =>
  value.kind === "constant" ? value.weight.shape : [1, ...value.node.type.shape];

/** Axis -1 is the last one; null when the axis is outside. */
export const axisFrom = (axis: number, rank: number): number | null => {
  const at = axis < 0 ? axis + rank : axis;
  return at >= 0 && at < rank ? at : null;
};

/** The shapes of inputs, for a message. */
export const showShapes = (values: readonly (Value | null)[]): string =>
  values.map((v) => (v === null ? "none" : `[${wholeShape(v).join(", ")}]`)).join(" and ");
