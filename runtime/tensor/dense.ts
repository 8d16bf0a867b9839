import { type NodeOf, type Numbers, sizeOf, valuesOf } from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";
import { addProducts, type Rows } from "../kernels/products.ts";

/** y[.., o] = b[o] + sum_i W[o, i] x[.., i], the sum in the order of i. */
export const dense = (
  { attrs: { weight, bias }, type: { shape } }: NodeOf<Tensor, "dense">,
  x: Numbers,
): Numbers => {
  const [rows = 0, columns = 0] = weight.shape;
  const data = new Float64Array(sizeOf(shape));
  const count = sizeOf(shape.slice(0, -1));
  const matrix: Rows = { values: valuesOf(weight), first: 0, rows, columns };
  if (bias !== null) for (let v = 0; v < count; v++) data.set(valuesOf(bias), v * rows);
  addProducts(matrix, { values: x.data, first: 0, count }, { values: data, at: 0, row: 1, vector: rows });
  return { shape, data };
};
