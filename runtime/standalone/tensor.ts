import { type Shape, showShape, sizeOf } from "../../compiler/ir/core/index.ts";

/** Numbers in row-major order; the shape is part of the type, channels first. */
export interface Tensor<S extends Shape = Shape> {
  readonly shape: S;
  readonly data: Float64Array;
}

/** A copy of the numbers in a shape. Throws RangeError when they do not fill it. */
export const tensor = <const S extends Shape>(shape: S, values: ArrayLike<number>): Tensor<S> => {
  if (values.length !== sizeOf(shape))
    throw new RangeError(`${values.length} values do not fill ${showShape(shape)}`);
  return { shape, data: Float64Array.from(values) };
};
