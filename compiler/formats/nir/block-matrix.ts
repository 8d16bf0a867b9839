import { type Shape, sizeOf } from "../../ir/core/index.ts";
import type { NirArray } from "./graph.ts";

/** Entries that `blockMatrix` writes out. */
export const blockSize = (shape: Shape): number => sizeOf(shape) * sizeOf(shape.slice(0, -2));

/** [..., out, in] as one matrix: a block on the diagonal for every index of the leading axes. */
export const blockMatrix = ({ shape, dtype, data }: NirArray): NirArray => {
  if (shape.length === 2) return { shape, dtype, data };
  const blocks = sizeOf(shape.slice(0, -2));
  const [rows = 1, columns = 1] = shape.slice(-2);
  const width = blocks * columns;
  const out = new Float64Array(blocks * rows * width);
  for (let block = 0; block < blocks; block++)
    for (let row = 0; row < rows; row++) {
      const from = (block * rows + row) * columns;
      out.set(data.subarray(from, from + columns), (block * rows + row) * width + block * columns);
    }
  return { shape: [blocks * rows, width], dtype, data: out };
};
