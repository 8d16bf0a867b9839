import { item, type Numbers, type Shape, sizeOf, stridesOf } from "../../compiler/ir/core/index.ts";

/** A computed index of an axis; negative ones count from its end. Throws RangeError outside, as ONNX runtimes do. */
export const indexInto = (extent: number, index: number): number => {
  const at = index < 0 ? index + extent : index;
  if (!(at >= 0 && at < extent && Number.isInteger(at)))
    throw new RangeError(`index ${index} is outside an axis of ${extent}`);
  return at;
};

/** Flat position in a tensor of shape `from` that each element of `index` names on `axis`; its other axes are its own place. */
export const elementPositions = (from: Shape, index: Numbers, axis: number): Float64Array => {
  const strides = stridesOf(from);
  const own = stridesOf(index.shape);
  return index.data.map((value, i) => {
    let at = indexInto(item(from, axis), value) * item(strides, axis);
    for (let a = 0; a < from.length; a++)
      if (a !== axis) at += (Math.floor(i / item(own, a)) % item(index.shape, a)) * item(strides, a);
    return at;
  });
};

/** Where each row of `index` points in a tensor of shape `from`, and how many elements are there. */
export interface Blocks {
  readonly at: Float64Array;
  readonly length: number;
}

/** Rows of the last axis of `index` address the axes behind `batch` shared ones. */
export const blockPositions = (from: Shape, index: Numbers, batch: number): Blocks => {
  const depth = item(index.shape, index.shape.length - 1);
  const strides = stridesOf(from);
  const rows = sizeOf(index.shape.slice(0, -1));
  const rowsPerBatch = sizeOf(index.shape.slice(batch, -1));
  const batchLength = sizeOf(from.slice(batch));
  const at = new Float64Array(rows).map((_, row) => {
    let position = Math.floor(row / rowsPerBatch) * batchLength;
    for (let d = 0; d < depth; d++)
      position +=
        indexInto(item(from, batch + d), index.data[row * depth + d] ?? 0) * item(strides, batch + d);
    return position;
  });
  return { at, length: sizeOf(from.slice(batch + depth)) };
};
