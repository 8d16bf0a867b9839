import { item, type Numbers, type Shape, sizeOf } from "../../compiler/ir/core/index.ts";

/** Parts one after the other along `axis`. */
export const joined = (parts: readonly Numbers[], axis: number, shape: Shape): Numbers => {
  const data = new Float64Array(sizeOf(shape));
  const blocks = sizeOf(shape.slice(0, axis));
  const whole = data.length / Math.max(1, blocks);
  let offset = 0;
  for (const part of parts) {
    const length = sizeOf(part.shape.slice(axis));
    for (let b = 0; b < blocks; b++)
      data.set(part.data.subarray(b * length, (b + 1) * length), b * whole + offset);
    offset += length;
  }
  return { shape, data };
};

/** Sum of values of one shape, in their order. */
export const summed = (parts: readonly Numbers[]): Numbers => {
  const data = item(parts, 0).data.slice();
  for (const part of parts.slice(1))
    for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) + (part.data[i] ?? 0);
  return { shape: item(parts, 0).shape, data };
};
