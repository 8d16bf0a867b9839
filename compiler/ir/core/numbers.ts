/** Extents, channels first; the batch is outside. */
export type Shape = readonly number[];

/** Values of the interpreters: doubles hold every integer below 2^53 exactly, and one array type keeps the loops monomorphic. */
export interface Numbers {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** Number of elements; 1 for a scalar. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, extent) => product * extent, 1);

/** Row-major strides in elements. */
export const stridesOf = (shape: Shape): readonly number[] => {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--)
    strides[axis] = item(strides, axis + 1) * item(shape, axis + 1);
  return strides;
};

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((extent, i) => extent === b[i]);

export const showShape = (shape: Shape): string => `[${shape.join(", ")}]`;

/** Element of an array that the caller knows to be there; a wrong index is an error of ours. */
export const item = <T>(
  array: { readonly length: number; readonly [index: number]: T },
  index: number,
): T => {
  const value = array[index];
  if (value === undefined) throw new RangeError(`index ${index} is outside 0..${array.length - 1}`);
  return value;
};

/** Bits of a two's complement number for -most..most. */
export const signedBits = (most: number): number => Math.ceil(Math.log2(most + 1)) + 1;

export const last = <T>(array: readonly T[]): T => item(array, array.length - 1);

export const numbers = (shape: Shape, data: Float64Array): Numbers => {
  if (data.length !== sizeOf(shape))
    throw new RangeError(`${data.length} values do not fill ${showShape(shape)}`);
  return { shape, data };
};
