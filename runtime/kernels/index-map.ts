import { item, type Numbers, type Shape, sizeOf, stridesOf } from "../../compiler/ir/core/index.ts";

/** Flat position that every index of one axis adds, or -1 where the result keeps its fill. */
export type AxisOffsets = readonly number[];

/** y[i, j, ..] = x[offsets[0][i] + offsets[1][j] + ..]: every view whose axes move one by one. */
export const viewed = (
  data: Float64Array,
  shape: Shape,
  offsets: readonly AxisOffsets[],
  fill = 0,
): Numbers => {
  const out = new Float64Array(sizeOf(shape)).fill(fill);
  const strides = stridesOf(shape);
  const walk = (axis: number, from: number, to: number): void => {
    const list = offsets[axis];
    if (list === undefined) {
      out[to] = data[from] ?? 0;
      return;
    }
    const stride = item(strides, axis);
    const innermost = axis === shape.length - 1;
    for (let i = 0; i < list.length; i++) {
      const offset = list[i] ?? -1;
      if (offset < 0) continue;
      if (innermost) out[to + i] = data[from + offset] ?? 0;
      else walk(axis + 1, from + offset, to + i * stride);
    }
  };
  if (out.length > 0) walk(0, 0, 0);
  return { shape, data: out };
};

/** Offsets of one axis of x, `position(i)` its index for every i of the result; -1 stays -1. */
export const offsetsAlong = (extent: number, stride: number, position: (i: number) => number): AxisOffsets =>
  Array.from({ length: extent }, (_, i) => {
    const at = position(i);
    return at < 0 ? -1 : at * stride;
  });

/** Flat offsets of all index tuples of some axes of a shape, the last axis fastest. */
export const offsetsOver = (shape: Shape, axes: readonly number[]): Float64Array => {
  const strides = stridesOf(shape);
  let offsets = Float64Array.of(0);
  for (const axis of axes) {
    const extent = item(shape, axis);
    const next = new Float64Array(offsets.length * extent);
    for (let i = 0; i < next.length; i++)
      next[i] = (offsets[Math.floor(i / extent)] ?? 0) + (i % extent) * item(strides, axis);
    offsets = next;
  }
  return offsets;
};

/** A shape split into the axes that are named and the others: flat offset of each cell of both. */
export interface Split {
  readonly inside: Float64Array;
  readonly outside: Float64Array;
}

export const splitBy = (shape: Shape, axes: readonly number[]): Split => ({
  inside: offsetsOver(shape, axes),
  outside: offsetsOver(
    shape,
    shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis)),
  ),
});
