import { type DType, type Shape, showShape, type Weight } from "../../../ir/core/index.ts";
import type { TensorNode, TensorType } from "../../../ir/tensor/index.ts";
import type { ElementName } from "../decode/index.ts";

/**
 * A value of the model while it is read. A computed value whose first extent is 1, the batch, keeps a node without
 * that axis (`lead`); the node of any other value has the whole shape. Constants keep their whole shape.
 */
export type Value =
  | { readonly kind: "constant"; readonly weight: Weight; readonly element: ElementName }
  | {
      readonly kind: "computed";
      readonly node: TensorNode;
      readonly lead: boolean;
      readonly element: ElementName;
    };

export type Constant = Extract<Value, { readonly kind: "constant" }>;
export type Computed = Extract<Value, { readonly kind: "computed" }>;

const elementNames: Readonly<Record<DType, ElementName>> = {
  f32: "FLOAT",
  f64: "DOUBLE",
  i4: "INT4",
  u4: "UINT4",
  i8: "INT8",
  u8: "UINT8",
  i16: "INT16",
  i32: "INT32",
  i64: "INT64",
  bool: "BOOL",
};

export const constant = (weight: Weight, element: ElementName = elementNames[weight.dtype]): Constant => ({
  kind: "constant",
  weight,
  element,
});

/** A value of one sample: the batch of one is left out of the node. */
export const computed = (node: TensorNode, element: ElementName = "FLOAT"): Computed => ({
  kind: "computed",
  node,
  lead: true,
  element,
});

/** The shape that ONNX sees. */
export const wholeShape = (value: Value): Shape => {
  if (value.kind === "constant") return value.weight.shape;
  return value.lead ? [1, ...value.node.type.shape] : value.node.type.shape;
};

export const isFloating = (element: ElementName): boolean => /^(FLOAT|BFLOAT|DOUBLE)/.test(element);

/** The type that values of an element type have in the tensor level. */
export const dtypeOf = (element: ElementName): TensorType["dtype"] => {
  if (element === "BOOL") return "bool";
  return isFloating(element) ? "f32" : "i64";
};

/** Axis -1 is the last one; null when the axis is outside. */
export const axisFrom = (axis: number, rank: number): number | null => {
  const at = axis < 0 ? axis + rank : axis;
  return Number.isInteger(at) && at >= 0 && at < rank ? at : null;
};

/** The shapes of inputs, for a message. */
export const showShapes = (values: readonly (Value | null)[]): string =>
  values.map((v) => (v === null ? "none" : showShape(wholeShape(v)))).join(" and ");
