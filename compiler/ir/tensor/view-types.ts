import { unreachable } from "../../diagnostics/index.ts";
import { type Draft, demand, item, type Shape, sameShape, showShape, sizeOf } from "../core/index.ts";
import { joinedShape } from "../linear/index.ts";
import { shapeOf } from "./infer.ts";
import type { Tensor, TensorType } from "./ops.ts";

export const concatType = (draft: Draft<Tensor, "concat">): TensorType => ({
  dtype: item(draft.inputs, 0).type.dtype,
  shape: joinedShape(
    draft.inputs.map((x) => x.type.shape),
    draft.attrs.axis,
  ),
});

export const transposeType = (draft: Draft<Tensor, "transpose">): TensorType => {
  const from = shapeOf(draft);
  const { order } = draft.attrs;
  const sorted = [...order].sort((a, b) => a - b);
  demand(
    order.length === from.length && sorted.every((axis, i) => axis === i),
    () => `${showShape(order)} does not permute ${showShape(from)}`,
  );
  return { ...draft.inputs[0].type, shape: order.map((axis) => item(from, axis)) };
};

export const reshapeType = (draft: Draft<Tensor, "reshape">): TensorType => {
  const { shape } = draft.attrs;
  demand(
    sizeOf(shape) === sizeOf(shapeOf(draft)),
    () => `${showShape(shapeOf(draft))} does not reshape to ${showShape(shape)}`,
  );
  return { ...draft.inputs[0].type, shape };
};

export const sliceType = (draft: Draft<Tensor, "slice">): TensorType => {
  const from = shapeOf(draft);
  const { starts, sizes, steps } = draft.attrs;
  demand(
    starts.length === from.length && sizes.length === from.length,
    () => `${starts.length} starts and ${sizes.length} sizes do not fit ${showShape(from)}`,
  );
  from.forEach((extent, axis) => {
    const [start, size, step] = [item(starts, axis), item(sizes, axis), steps[axis] ?? 1];
    demand(
      size >= 0 && step >= 1 && (size === 0 || (start >= 0 && start + (size - 1) * step < extent)),
      () => `${size} entries from ${start} in steps of ${step} leave axis ${axis} of ${showShape(from)}`,
    );
  });
  return { ...draft.inputs[0].type, shape: sizes };
};

export const expandType = (draft: Draft<Tensor, "expand">): TensorType => {
  const from = shapeOf(draft);
  const { shape } = draft.attrs;
  const added = shape.length - from.length;
  demand(
    added >= 0 && from.every((extent, axis) => extent === 1 || extent === shape[axis + added]),
    () => `${showShape(from)} does not expand to ${showShape(shape)}`,
  );
  return { ...draft.inputs[0].type, shape };
};

export const padType = (draft: Draft<Tensor, "pad">): TensorType => {
  const from = shapeOf(draft);
  const { pads, mode } = draft.attrs;
  demand(pads.length === from.length, () => `${pads.length} pads do not fit ${showShape(from)}`);
  const shape = from.map((extent, axis) => {
    const [before, after] = item(pads, axis);
    const left = extent + Math.min(0, before) + Math.min(0, after);
    const most = mode === "reflect" ? left - 1 : Number.MAX_SAFE_INTEGER;
    const reads = mode !== "constant" && (before > 0 || after > 0);
    demand(
      left >= 0 && (!reads || (left > 0 && before <= most && after <= most)),
      () => `pads ${before} and ${after} do not fit axis ${axis} of ${showShape(from)}`,
    );
    return extent + before + after;
  });
  return { ...draft.inputs[0].type, shape };
};

const axisOf = (axis: number, from: Shape): number => {
  demand(axis >= 0 && axis < from.length, () => `axis ${axis} is outside ${showShape(from)}`);
  return item(from, axis);
};

export const resampleType = (draft: Draft<Tensor, "resample">): TensorType => {
  const from = shapeOf(draft);
  const { axis, index, taps } = draft.attrs;
  const extent = axisOf(axis, from);
  demand(
    index.shape.length === 2 && sameShape(index.shape, taps.shape),
    () => `positions ${showShape(index.shape)} and taps ${showShape(taps.shape)} do not agree`,
  );
  demand(
    index.stored().every((i) => Number.isInteger(i) && i >= -1 && i < extent),
    () => `a position is outside axis ${axis} of ${showShape(from)}`,
  );
  const shape = from.map((e, a) => (a === axis ? item(index.shape, 0) : e));
  return { ...draft.inputs[0].type, shape };
};

/** `nd`: entries of the last axis of the indices address the axes behind the batch axes. */
const ndShape = (from: Shape, index: Shape, batch: number): Shape => {
  const depth = index[index.length - 1] ?? 0;
  demand(
    index.length > batch &&
      batch + depth <= from.length &&
      sameShape(from.slice(0, batch), index.slice(0, batch)),
    () => `indices ${showShape(index)} do not address ${showShape(from)} behind ${batch} batch axes`,
  );
  return [...index.slice(0, -1), ...from.slice(batch + depth)];
};

const elementsFit = (from: Shape, index: Shape, axis: number): void => {
  axisOf(axis, from);
  demand(
    index.length === from.length && index.every((e, a) => a === axis || e <= item(from, a)),
    () => `indices ${showShape(index)} do not address the elements of ${showShape(from)}`,
  );
};

export const gatherType = ({ inputs: [x, at], attrs }: Draft<Tensor, "gather">): TensorType => {
  const [from, index] = [x.type.shape, at.type.shape];
  const { axis, mode } = attrs;
  switch (mode) {
    case "take":
      axisOf(axis, from);
      return { ...x.type, shape: [...from.slice(0, axis), ...index, ...from.slice(axis + 1)] };
    case "elements":
      elementsFit(from, index, axis);
      return { ...x.type, shape: index };
    case "nd":
      return { ...x.type, shape: ndShape(from, index, axis) };
    default:
      return unreachable(mode);
  }
};

export const scatterType = ({ inputs: [x, at, updates], attrs }: Draft<Tensor, "scatter">): TensorType => {
  const { axis, mode } = attrs;
  if (mode === "elements") elementsFit(x.type.shape, at.type.shape, axis);
  const wanted = mode === "elements" ? at.type.shape : ndShape(x.type.shape, at.type.shape, 0);
  demand(
    sameShape(updates.type.shape, wanted),
    () => `updates ${showShape(updates.type.shape)} are no ${showShape(wanted)}`,
  );
  return x.type;
};
