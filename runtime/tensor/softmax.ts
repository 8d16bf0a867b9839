import { type NodeOf, type Numbers, sizeOf } from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";

/** exp(x - m) / sum exp(x - m) along `axis`, m the greatest value on it; or its logarithm, x - m - log of that sum. */
export const softmax = (
  { attrs: { axis, log } }: NodeOf<Tensor, "softmax">,
  { shape, data }: Numbers,
): Numbers => {
  const inner = sizeOf(shape.slice(axis + 1));
  const length = (shape[axis] ?? 1) * inner;
  const out = new Float64Array(data.length);
  for (let block = 0; block < data.length; block += length) {
    for (let first = block; first < block + inner; first++) {
      let greatest = -Infinity;
      for (let i = first; i < block + length; i += inner) greatest = Math.max(greatest, data[i] ?? 0);
      let sum = 0;
      for (let i = first; i < block + length; i += inner) {
        const difference = (data[i] ?? 0) - greatest;
        const e = Math.exp(difference);
        out[i] = log ? difference : e;
        sum += e;
      }
      const norm = log ? Math.log(sum) : sum;
      for (let i = first; i < block + length; i += inner)
        out[i] = log ? (out[i] ?? 0) - norm : (out[i] ?? 0) / norm;
    }
  }
  return { shape, data: out };
};
