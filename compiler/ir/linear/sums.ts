import type { LinearMap } from "./linear-map.ts";
import { rowsOf } from "./synapses.ts";

/** Greatest positive and negative part of A x, per target, when x lies in [low, high]. Both are >= 0. */
export interface SignedSums {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

/** Interval sums of a map; `low` and `high` hold one bound per source. */
export const signedSums = (map: LinearMap, low: Float64Array, high: Float64Array): SignedSums => {
  const rows = rowsOf(map);
  const positive = new Float64Array(rows.targets);
  const negative = new Float64Array(rows.targets);
  for (let s = 0; s < rows.sources; s++) {
    const [l, h] = [low[s] ?? 0, high[s] ?? 0];
    const end = rows.offsets[s + 1] ?? 0;
    for (let i = rows.offsets[s] ?? 0; i < end; i++) {
      const t = rows.target[i] ?? 0;
      const a = (rows.weight[i] ?? 0) * l;
      const b = (rows.weight[i] ?? 0) * h;
      const [least, most] = a < b ? [a, b] : [b, a];
      if (most > 0) positive[t] = (positive[t] ?? 0) + most;
      if (least < 0) negative[t] = (negative[t] ?? 0) - least;
    }
  }
  return { positive, negative };
};
