import { integers } from "../../ir/core/index.ts";
import { type LinearMap, sparse } from "../../ir/linear/index.ts";
import type { H5Array } from "../hdf5/index.ts";

/** The synapses of a matrix that take the same number of further steps. */
export interface Delayed {
  readonly steps: number;
  readonly map: LinearMap;
}

type At = (row: number, column: number) => number;

/**
 * Steps of every synapse, or null for an array that fits neither side: one number, one an output (which wins where both
 * fit), one an input, or one a synapse (lava-nc/lava-dl: src/lava/lib/dl/netx/hdf5.py, create_dense).
 */
const delayAt = ({ shape, data }: H5Array, rows: number, columns: number): At | null => {
  if (data.length === 1) return () => data[0] ?? 0;
  if (shape.length === 2)
    return shape[0] === rows && shape[1] === columns
      ? (row, column) => data[row * columns + column] ?? 0
      : null;
  if (data.length === rows) return (row) => data[row] ?? 0;
  return data.length === columns ? (_, column) => data[column] ?? 0 : null;
};

interface Synapses {
  readonly row: number[];
  readonly column: number[];
  readonly weight: number[];
}

/** A matrix [out, in] cut by the delays of its synapses; weights of zero are left out. Null: the delays do not fit. */
export const delayedParts = (weight: H5Array, delay: H5Array): readonly Delayed[] | null => {
  const [rows = 1, columns = 1] = weight.shape;
  const at = delayAt(delay, rows, columns);
  if (at === null) return null;
  const parts = new Map<number, Synapses>();
  for (let column = 0; column < columns; column++)
    for (let row = 0; row < rows; row++) {
      const w = weight.data[row * columns + column] ?? 0;
      if (w === 0) continue;
      const steps = at(row, column);
      const part = parts.get(steps) ?? { row: [], column: [], weight: [] };
      parts.set(steps, part);
      part.row.push(row);
      part.column.push(column);
      part.weight.push(w);
    }
  return [...parts]
    .toSorted(([a], [b]) => a - b)
    .map(([steps, part]) => {
      const values = integers("weight", [part.weight.length], Float64Array.from(part.weight));
      return { steps, map: sparse([columns], [rows], part, values) };
    });
};
