import { floats, item, sizeOf, valuesOf, type Weight } from "../../ir/index.ts";

/** The weight with every number of row o (axis 0) times `factor[o]`. */
export const scaleRows = (weight: Weight, factor: Float64Array): Weight => {
  const inner = sizeOf(weight.shape.slice(1));
  const data = valuesOf(weight).map((w, i) => w * item(factor, Math.floor(i / inner)));
  return floats(weight.name, weight.shape, data);
};

/** Numbers of a vector, or zeros where there is none. */
export const vectorOf = (weight: Weight | null, size: number): Float64Array =>
  weight === null ? new Float64Array(size) : valuesOf(weight);

/** A vector of `size` numbers from one that holds a single number for all, or all of them. */
export const spreadTo = (values: Float64Array, size: number): Float64Array => {
  const repeat = size / values.length;
  return Float64Array.from({ length: size }, (_, i) => item(values, Math.floor(i / repeat)));
};

/** A parameter vector named after the weight that it belongs to. */
export const vectorFor = (weight: Weight, role: string, data: Float64Array): Weight =>
  floats(`${weight.name}_${role}`, [data.length], data);
