import { item } from "./numbers.ts";

// A vector stands for a value's elements when it has one entry for all, one per channel (axis 0), or one each.

/** Entry of element i. */
export const spread = (values: Float64Array, size: number): ((i: number) => number) => {
  const repeat = size / values.length;
  return (i) => item(values, Math.floor(i / repeat));
};

/** Fills `data`, one number an element. */
export const spreadOver = (data: Float64Array, values: Float64Array): void => {
  const repeat = data.length / values.length;
  for (let i = 0; i < values.length; i++) data.fill(values[i] ?? 0, i * repeat, (i + 1) * repeat);
};

/** One number an element. */
export const spreadTo = (values: Float64Array, size: number): Float64Array => {
  const data = new Float64Array(size);
  spreadOver(data, values);
  return data;
};
