import { floats, type Shape, sameShape, sizeOf, stridesOf, type Weight } from "../../ir/core/index.ts";
import type { NirArray } from "./graph.ts";

/** An array extended to a shape by NumPy's rules; one value, or as many as the shape has, always fit. */
export const extended = ({ shape, data, dtype }: NirArray, to: Shape): NirArray => {
  const size = sizeOf(to);
  if (data.length === 1) return { shape: to, dtype, data: new Float64Array(size).fill(data[0] ?? 0) };
  if (data.length === size) return { shape: to, dtype, data };
  const strides = stridesOf(shape);
  const steps = stridesOf(to);
  const out = Float64Array.from({ length: size }, (_, i) => {
    let at = 0;
    for (let axis = 0; axis < to.length; axis++) {
      const own = axis - to.length + shape.length;
      if (own < 0 || shape[own] === 1) continue;
      const index = Math.floor(i / (steps[axis] ?? 1)) % (to[axis] ?? 1);
      at += index * (strides[own] ?? 1);
    }
    return data[at] ?? 0;
  });
  return { shape: to, dtype, data: out };
};

const precision = ({ dtype }: NirArray): "f32" | "f64" => (dtype === "f32" ? "f32" : "f64");

export const weightOf = (name: string, array: NirArray, shape: Shape = array.shape): Weight =>
  floats(name, shape, array.data, precision(array));

/** A parameter of neurons: one number where all are equal, else one for each. */
export const parameterOf = (name: string, array: NirArray, shape: Shape): Weight => {
  const [first = 0] = array.data;
  if (array.data.every((value) => value === first))
    return floats(name, [1], Float64Array.of(first), precision(array));
  const full = sameShape(array.shape, shape) ? array : extended(array, shape);
  return weightOf(name, full, shape);
};
