import type { NodeOf } from "../../compiler/ir/core/index.ts";
import { type Numbers, sizeOf, valuesOf } from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";

/** Some rows of a row-major matrix. */
export interface Rows {
  readonly values: Float64Array;
  /** Index of the first number of the first row. */
  readonly first: number;
  readonly rows: number;
  readonly columns: number;
}

const blocked = 4;

/** y[at + r step] += row r times x[from..]; four rows a pass, so that each x is loaded once for them. */
export const addProducts = (
  { values, first, rows, columns }: Rows,
  x: Float64Array,
  from: number,
  y: Float64Array,
  at: number,
  step: number,
): void => {
  let r = 0;
  for (; r + blocked <= rows; r += blocked) {
    const row = first + r * columns;
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < columns; i++) {
      const value = x[from + i] ?? 0;
      a += (values[row + i] ?? 0) * value;
      b += (values[row + columns + i] ?? 0) * value;
      c += (values[row + 2 * columns + i] ?? 0) * value;
      d += (values[row + 3 * columns + i] ?? 0) * value;
    }
    const put = at + r * step;
    y[put] = (y[put] ?? 0) + a;
    y[put + step] = (y[put + step] ?? 0) + b;
    y[put + 2 * step] = (y[put + 2 * step] ?? 0) + c;
    y[put + 3 * step] = (y[put + 3 * step] ?? 0) + d;
  }
  for (; r < rows; r++) {
    const row = first + r * columns;
    let sum = 0;
    for (let i = 0; i < columns; i++) sum += (values[row + i] ?? 0) * (x[from + i] ?? 0);
    y[at + r * step] = (y[at + r * step] ?? 0) + sum;
  }
};

/** y[.., o] = sum_i W[o, i] x[.., i] + b[o] */
export const dense = (
  { attrs: { weight, bias }, type: { shape } }: NodeOf<Tensor, "dense">,
  x: Numbers,
): Numbers => {
  const [rows = 0, columns = 0] = weight.shape;
  const data = new Float64Array(sizeOf(shape));
  const matrix: Rows = { values: valuesOf(weight), first: 0, rows, columns };
  const b = bias === null ? null : valuesOf(bias);
  for (let at = 0, from = 0; at < data.length; at += rows, from += columns) {
    if (b !== null) data.set(b, at);
    addProducts(matrix, x.data, from, data, at, 1);
  }
  return { shape, data };
};
