import { type Draft, demand, item, type Shape, sameShape, showShape, sizeOf } from "../core/index.ts";
import { f32, shapeOf } from "./infer.ts";
import type { Tensor, TensorType } from "./ops.ts";

export const scalesFit = (draft: Draft<Tensor, "quantize" | "dequantize">): Shape => {
  const from = draft.inputs[0].type.shape;
  const { scale, zero, axis } = draft.attrs;
  for (const list of [scale, zero])
    demand(
      list.length === 1 || list.length === from[axis],
      () => `${list.length} scales do not fit axis ${axis} of ${showShape(from)}`,
    );
  return from;
};

/** Shapes of element-wise inputs agree; `expand` broadcasts. */
const sameShapes = (what: string, types: readonly TensorType[]): TensorType => {
  const first = item(types, 0);
  for (const { shape } of types)
    demand(
      sameShape(shape, first.shape),
      () => `cannot ${what} ${showShape(first.shape)} and ${showShape(shape)}`,
    );
  return first;
};

export const addType = ({ inputs }: Draft<Tensor, "add">): TensorType =>
  sameShapes(
    "add",
    inputs.map(({ type }) => type),
  );

const predicates: readonly string[] = ["equal", "less", "lessEqual", "and", "or", "xor"];

export const binaryType = ({ inputs: [x, y], attrs: { fn } }: Draft<Tensor, "binary">): TensorType => {
  const { shape, dtype } = sameShapes("combine", [x.type, y.type]);
  if (predicates.includes(fn)) return { dtype: "bool", shape };
  return { dtype: [x.type.dtype, y.type.dtype].includes("f32") ? "f32" : dtype, shape };
};

export const selectType = ({ inputs: [picks, x, y] }: Draft<Tensor, "select">): TensorType => {
  sameShapes("select between", [x.type, y.type, picks.type]);
  return x.type;
};

const floats = ["f32", "f16", "bf16"];

export const castType = (draft: Draft<Tensor, "cast">): TensorType => {
  const { to } = draft.attrs;
  const shape = shapeOf(draft);
  if (to === "bool") return { dtype: "bool", shape };
  return { dtype: floats.includes(to) ? "f32" : "i64", shape };
};

export const matmulType = ({ inputs: [x, y] }: Draft<Tensor, "matmul">): TensorType => {
  const [a, b] = [x.type.shape, y.type.shape];
  const [rows, shared] = a.slice(-2);
  const [depth, columns] = b.slice(-2);
  demand(
    a.length >= 2 && sameShape(a.slice(0, -2), b.slice(0, -2)) && shared === depth,
    () => `cannot multiply ${showShape(a)} by ${showShape(b)}`,
  );
  const dtype = [x.type.dtype, y.type.dtype].includes("f32") ? "f32" : "i64";
  return { dtype, shape: [...a.slice(0, -2), rows ?? 1, columns ?? 1] };
};

const axisInside = (axis: number, shape: Shape): void =>
  demand(axis >= 0 && axis < shape.length, () => `axis ${axis} is outside ${showShape(shape)}`);

/** Axes rise and lie inside the shape. */
const axesInside = (axes: readonly number[], shape: Shape): void => {
  for (const axis of axes) axisInside(axis, shape);
  demand(
    axes.every((axis, i) => i === 0 || axis > item(axes, i - 1)),
    () => `axes ${showShape(axes)} do not rise`,
  );
};

export const softmaxType = (draft: Draft<Tensor, "softmax">): TensorType => {
  axisInside(draft.attrs.axis, shapeOf(draft));
  return draft.inputs[0].type;
};

export const normalizeType = (draft: Draft<Tensor, "normalize">): TensorType => {
  axesInside(draft.attrs.axes, shapeOf(draft));
  return draft.inputs[0].type;
};

const reduced = (shape: Shape, axes: readonly number[], keep: boolean): Shape =>
  keep
    ? shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
    : shape.filter((_, axis) => !axes.includes(axis));

export const reduceType = (draft: Draft<Tensor, "reduce">): TensorType => {
  const { axes, keep } = draft.attrs;
  axesInside(axes, shapeOf(draft));
  return { ...draft.inputs[0].type, shape: reduced(shapeOf(draft), axes, keep) };
};

export const argmaxType = (draft: Draft<Tensor, "argmax">): TensorType => {
  const { axis, keep } = draft.attrs;
  axisInside(axis, shapeOf(draft));
  return { dtype: "i64", shape: reduced(shapeOf(draft), [axis], keep) };
};

export const topKType = (draft: Draft<Tensor, "topK">): TensorType => {
  const { axis, k, emit } = draft.attrs;
  const from = shapeOf(draft);
  axisInside(axis, from);
  demand(k >= 0 && k <= item(from, axis), () => `${k} of axis ${axis} of ${showShape(from)} are asked for`);
  const { dtype } = draft.inputs[0].type;
  return { dtype: emit === "values" ? dtype : "i64", shape: from.map((e, a) => (a === axis ? k : e)) };
};

export const stepsType = (draft: Draft<Tensor, "steps">): TensorType => {
  const from = shapeOf(draft);
  const { shape } = draft.attrs.thresholds;
  demand(
    shape.length === 2 && [1, from[0] ?? 1].includes(item(shape, 0)) && sizeOf(shape) > 0,
    () => `thresholds ${showShape(shape)} do not fit the channels of ${showShape(from)}`,
  );
  return { dtype: "i64", shape: from };
};

/** Functions that keep integers whole; all others give floats. */
const whole: readonly string[] = ["relu", "clip", "abs", "negate", "sign", "floor", "ceil", "round"];

export const unaryType = ({ inputs: [x], attrs: { fn } }: Draft<Tensor, "unary">): TensorType => {
  if (fn.kind === "not") return { ...x.type, dtype: "bool" };
  return whole.includes(fn.kind) ? x.type : f32(x.type.shape);
};
