import { asIndex } from "./as-index.ts";

/** Some rows of a row-major matrix. */
export interface Rows {
  readonly values: Float64Array;
  /** Index of the first number of the first row. */
  readonly first: number;
  readonly rows: number;
  readonly columns: number;
}

/** Vectors that lie one behind the other. */
export interface Vectors {
  readonly values: Float64Array;
  readonly first: number;
  readonly count: number;
}

/** Where the product of row r and vector v is added: at + r row + v vector. */
export interface Place {
  readonly values: Float64Array;
  readonly at: number;
  readonly row: number;
  readonly vector: number;
}

/** Four rows times two vectors: eight sums in registers, six loads for eight products. */
const fourByTwo = (
  m: Float64Array,
  row: number,
  columns: number,
  x: Float64Array,
  from: number,
  y: Float64Array,
  at: number,
  rowStep: number,
  step: number,
): void => {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let e = 0;
  let f = 0;
  let g = 0;
  let h = 0;
  const second = row + columns;
  const third = row + 2 * columns;
  const fourth = row + 3 * columns;
  const other = from + columns;
  for (let i = 0; i < columns; i++) {
    const p = x[from + i] ?? 0;
    const q = x[other + i] ?? 0;
    const one = m[row + i] ?? 0;
    const two = m[second + i] ?? 0;
    const three = m[third + i] ?? 0;
    const four = m[fourth + i] ?? 0;
    a += one * p;
    b += two * p;
    c += three * p;
    d += four * p;
    e += one * q;
    f += two * q;
    g += three * q;
    h += four * q;
  }
  add(y, at, rowStep, a, b, c, d);
  add(y, at + step, rowStep, e, f, g, h);
};

const add = (
  values: Float64Array,
  at: number,
  row: number,
  a: number,
  b: number,
  c: number,
  d: number,
): void => {
  values[at] = (values[at] ?? 0) + a;
  values[at + row] = (values[at + row] ?? 0) + b;
  values[at + 2 * row] = (values[at + 2 * row] ?? 0) + c;
  values[at + 3 * row] = (values[at + 3 * row] ?? 0) + d;
};

const fourByOne = (
  m: Float64Array,
  row: number,
  columns: number,
  x: Float64Array,
  from: number,
  y: Float64Array,
  at: number,
  rowStep: number,
): void => {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < columns; i++) {
    const p = x[from + i] ?? 0;
    a += (m[row + i] ?? 0) * p;
    b += (m[row + columns + i] ?? 0) * p;
    c += (m[row + 2 * columns + i] ?? 0) * p;
    d += (m[row + 3 * columns + i] ?? 0) * p;
  }
  add(y, at, rowStep, a, b, c, d);
};

const oneByOne = (m: Float64Array, row: number, columns: number, x: Float64Array, from: number): number => {
  let sum = 0;
  for (let i = 0; i < columns; i++) sum += (m[row + i] ?? 0) * (x[from + i] ?? 0);
  return sum;
};

/** y += matrix times each vector. Every product is a sum from 0 in the order of the columns, however it is blocked. */
export const addProducts = (matrix: Rows, x: Vectors, y: Place): void => {
  const m = matrix.values;
  const [first, rows, columns] = [asIndex(matrix.first), asIndex(matrix.rows), asIndex(matrix.columns)];
  const [start, count] = [asIndex(x.first), asIndex(x.count)];
  const [to, rowStep, step] = [asIndex(y.at), asIndex(y.row), asIndex(y.vector)];
  let r = 0;
  for (; r + 4 <= rows; r += 4) {
    const row = first + r * columns;
    let at = to + r * rowStep;
    let v = 0;
    for (; v + 2 <= count; v += 2, at += 2 * step)
      fourByTwo(m, row, columns, x.values, start + v * columns, y.values, at, rowStep, step);
    if (v < count) fourByOne(m, row, columns, x.values, start + v * columns, y.values, at, rowStep);
  }
  for (; r < rows; r++) {
    for (let v = 0; v < count; v++) {
      const at = to + r * rowStep + v * step;
      const sum = oneByOne(m, first + r * columns, columns, x.values, start + v * columns);
      y.values[at] = (y.values[at] ?? 0) + sum;
    }
  }
};
