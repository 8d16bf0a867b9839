import { type NodeOf, type Numbers, sizeOf } from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";

/** y[.., r, c] = sum_k x[.., r, k] z[.., k, c], in the order of k. */
export const matmul = ({ type: { shape } }: NodeOf<Tensor, "matmul">, x: Numbers, z: Numbers): Numbers => {
  const [rows = 0, depth = 0] = x.shape.slice(-2);
  const columns = z.shape[z.shape.length - 1] ?? 0;
  const data = new Float64Array(sizeOf(shape));
  const batches = sizeOf(shape.slice(0, -2));
  for (let row = 0; row < batches * rows; row++) {
    const block = Math.floor(row / rows) * depth * columns;
    for (let k = 0; k < depth; k++) {
      const value = x.data[row * depth + k] ?? 0;
      const from = block + k * columns;
      for (let c = 0; c < columns; c++) {
        const at = row * columns + c;
        data[at] = (data[at] ?? 0) + value * (z.data[from + c] ?? 0);
      }
    }
  }
  return { shape, data };
};
