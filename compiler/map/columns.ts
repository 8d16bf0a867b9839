import { item, type LinearMap, rowsOf } from "../ir/index.ts";

/** Synapses of a map grouped by target: column t holds offsets[t] <= i < offsets[t + 1], sources rising. */
export interface Columns {
  readonly offsets: Int32Array;
  readonly source: Int32Array;
  readonly weight: Float64Array;
}

const cache = new WeakMap<LinearMap, Columns>();

/** The transposed rows of a map, cached by map object. */
export const columnsOf = (map: LinearMap): Columns => {
  const cached = cache.get(map);
  if (cached !== undefined) return cached;
  const rows = rowsOf(map);
  const offsets = new Int32Array(rows.targets + 1);
  for (const t of rows.target) offsets[t + 1] = (offsets[t + 1] ?? 0) + 1;
  for (let t = 0; t < rows.targets; t++) offsets[t + 1] = item(offsets, t + 1) + item(offsets, t);
  const next = offsets.slice();
  const source = new Int32Array(rows.target.length);
  const weight = new Float64Array(rows.target.length);
  for (let s = 0; s < rows.sources; s++) {
    const end = item(rows.offsets, s + 1);
    for (let i = item(rows.offsets, s); i < end; i++) {
      const t = rows.target[i] ?? 0;
      const at = next[t] ?? 0;
      source[at] = s;
      weight[at] = rows.weight[i] ?? 0;
      next[t] = at + 1;
    }
  }
  const columns = { offsets, source, weight };
  cache.set(map, columns);
  return columns;
};
