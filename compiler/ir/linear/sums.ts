import { item } from "../core/index.ts";
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
    for (let i = item(rows.offsets, s); i < item(rows.offsets, s + 1); i++) {
      const t = item(rows.target, i);
      const a = item(rows.weight, i) * item(low, s);
      const b = item(rows.weight, i) * item(high, s);
      positive[t] = item(positive, t) + Math.max(0, a, b);
      negative[t] = item(negative, t) + Math.max(0, -a, -b);
    }
  }
  return { positive, negative };
};
