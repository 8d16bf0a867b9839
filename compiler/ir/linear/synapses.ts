import { unreachable } from "../../diagnostics/index.ts";
import { item, sizeOf, valuesOf } from "../core/index.ts";
import type { LinearMap, MapOf } from "./linear-map.ts";
import { isIdentity } from "./make.ts";
import { slide } from "./window.ts";

/** Called with every (target, source, weight); zeros and repeated pairs may occur. */
export type Visit = (target: number, source: number, weight: number) => void;

const denseSynapses = (map: MapOf<"dense">, visit: Visit): void => {
  const w = valuesOf(map.weight);
  const sources = sizeOf(map.from);
  const targets = sizeOf(map.to);
  for (let t = 0; t < targets; t++) for (let s = 0; s < sources; s++) visit(t, s, item(w, t * sources + s));
};

const convSynapses = (map: MapOf<"conv">, visit: Visit): void => {
  const w = valuesOf(map.weight);
  const kernel = map.weight.shape.slice(2);
  const taps = sizeOf(kernel);
  const [outChannels = 1, inPerGroup = 1] = map.weight.shape;
  const inPlace = sizeOf(map.from.slice(1));
  const outPlace = sizeOf(map.to.slice(1));
  const outPerGroup = outChannels / map.groups;
  slide(map.from.slice(1), map.to.slice(1), kernel, map, (outer, tap, inner) => {
    for (let o = 0; o < outChannels; o++) {
      const first = Math.floor(o / outPerGroup) * inPerGroup;
      for (let i = 0; i < inPerGroup; i++)
        visit(
          o * outPlace + outer,
          (first + i) * inPlace + inner,
          item(w, (o * inPerGroup + i) * taps + tap),
        );
    }
  });
};

const windowSynapses = (map: MapOf<"windows">, visit: Visit): void => {
  const inPlace = sizeOf(map.from.slice(1));
  const outPlace = sizeOf(map.to.slice(1));
  const channels = item(map.from, 0);
  slide(map.from.slice(1), map.to.slice(1), map.kernel, map, (outer, _tap, inner) => {
    for (let c = 0; c < channels; c++) visit(c * outPlace + outer, c * inPlace + inner, 1);
  });
};

const sparseSynapses = (map: MapOf<"sparse">, visit: Visit): void => {
  const row = map.row.stored();
  const column = map.column.stored();
  const w = valuesOf(map.weight);
  for (let i = 0; i < w.length; i++) visit(item(row, i), item(column, i), item(w, i));
};

const diagonalSynapses = (map: MapOf<"diagonal">, visit: Visit): void => {
  const w = valuesOf(map.weight);
  const size = sizeOf(map.from);
  const repeat = size / w.length;
  for (let i = 0; i < size; i++) visit(i, i, item(w, Math.floor(i / repeat)));
};

const viewSynapses = (map: MapOf<"view">, visit: Visit): void => {
  const size = sizeOf(map.to);
  for (let i = 0; i < size; i++) {
    let rest = i;
    let at = map.start;
    for (let axis = map.to.length - 1; axis >= 0; axis--) {
      const extent = item(map.to, axis);
      at += (rest % extent) * item(map.strides, axis);
      rest = Math.floor(rest / extent);
    }
    visit(i, at, 1);
  }
};

/** Every synapse of a map; the one definition that all generic code rests on. Chains go through `rowsOf`. */
export const synapses = (map: LinearMap, visit: Visit): void => {
  switch (map.kind) {
    case "dense":
      return denseSynapses(map, visit);
    case "conv":
      return convSynapses(map, visit);
    case "windows":
      return windowSynapses(map, visit);
    case "sparse":
      return sparseSynapses(map, visit);
    case "diagonal":
      return diagonalSynapses(map, visit);
    case "view":
      return viewSynapses(map, visit);
    case "adjoint":
      return synapses(map.of, (target, source, w) => visit(source, target, w));
    case "chain":
      return chainSynapses(map, visit);
    default:
      return unreachable(map);
  }
};

/** Synapses grouped by source: row s holds offsets[s] <= i < offsets[s + 1], targets rising, no zeros, no repeats. */
export interface Rows {
  readonly sources: number;
  readonly targets: number;
  readonly offsets: Int32Array;
  readonly target: Int32Array;
  readonly weight: Float64Array;
}

const rowCache = new WeakMap<LinearMap, Rows>();

/** Joins repeated targets of each sorted row and drops zeros. */
const compact = (rows: Rows): Rows => {
  const offsets = new Int32Array(rows.sources + 1);
  let write = 0;
  for (let s = 0; s < rows.sources; s++) {
    const end = item(rows.offsets, s + 1);
    for (let i = item(rows.offsets, s); i < end; ) {
      const t = item(rows.target, i);
      let sum = 0;
      for (; i < end && rows.target[i] === t; i++) sum += item(rows.weight, i);
      if (sum !== 0) {
        rows.target[write] = t;
        rows.weight[write++] = sum;
      }
    }
    offsets[s + 1] = write;
  }
  return { ...rows, offsets, target: rows.target.slice(0, write), weight: rows.weight.slice(0, write) };
};

/** Where each key begins when `keys` are counted in order: the running sums of a counting sort. */
const beginnings = (counts: Int32Array): Int32Array => {
  for (let k = 1; k < counts.length; k++) counts[k] = item(counts, k) + item(counts, k - 1);
  return counts;
};

/** Rows from a function that visits every synapse; it is called twice, to count and to fill. */
export const rowsFrom = (sources: number, targets: number, walk: (visit: Visit) => void): Rows => {
  const bySource = new Int32Array(sources + 1);
  const byTarget = new Int32Array(targets + 1);
  walk((t, s, w) => {
    if (w === 0) return;
    bySource[s + 1] = (bySource[s + 1] ?? 0) + 1;
    byTarget[t + 1] = (byTarget[t + 1] ?? 0) + 1;
  });
  const offsets = beginnings(bySource);
  const next = beginnings(byTarget).slice();
  const count = item(offsets, sources);
  const source = new Int32Array(count);
  const value = new Float64Array(count);
  walk((t, s, w) => {
    if (w === 0) return;
    const at = next[t] ?? 0;
    source[at] = s;
    value[at] = w;
    next[t] = at + 1;
  });
  return compact(scattered(sources, targets, offsets, byTarget, source, value));
};

/** From target order to source order; the scatter is stable, so targets rise within each source. */
const scattered = (
  sources: number,
  targets: number,
  offsets: Int32Array,
  byTarget: Int32Array,
  source: Int32Array,
  value: Float64Array,
): Rows => {
  const next = offsets.slice();
  const target = new Int32Array(source.length);
  const weight = new Float64Array(source.length);
  for (let t = 0; t < targets; t++) {
    const end = byTarget[t + 1] ?? 0;
    for (let i = byTarget[t] ?? 0; i < end; i++) {
      const s = source[i] ?? 0;
      const at = next[s] ?? 0;
      target[at] = t;
      weight[at] = value[i] ?? 0;
      next[s] = at + 1;
    }
  }
  return { sources, targets, offsets, target, weight };
};

/** Synapses of a map by source, cached by map object. */
export const rowsOf = (map: LinearMap): Rows => {
  const cached = rowCache.get(map);
  if (cached !== undefined) return cached;
  const rows = rowsFrom(sizeOf(map.from), sizeOf(map.to), (visit) => synapses(map, visit));
  rowCache.set(map, rows);
  return rows;
};

const chainSynapses = (map: MapOf<"chain">, visit: Visit): void => {
  const [first, ...rest] = map.maps.filter((part) => !isIdentity(part)).map(rowsOf);
  if (first === undefined) {
    for (let i = 0; i < sizeOf(map.from); i++) visit(i, i, 1);
    return;
  }
  const follow = (at: number, depth: number, source: number, product: number): void => {
    const rows = rest[depth];
    if (rows === undefined) return visit(at, source, product);
    for (let i = item(rows.offsets, at); i < item(rows.offsets, at + 1); i++)
      follow(item(rows.target, i), depth + 1, source, product * item(rows.weight, i));
  };
  for (let s = 0; s < first.sources; s++)
    for (let i = item(first.offsets, s); i < item(first.offsets, s + 1); i++)
      follow(item(first.target, i), 0, s, item(first.weight, i));
};

/** y += factor A x, source by source; zero sources cost nothing. */
export const accumulate = (map: LinearMap, x: Float64Array, y: Float64Array, factor = 1): void => {
  const { offsets, target, weight, sources } = rowsOf(map);
  for (let s = 0; s < sources; s++) {
    const value = (x[s] ?? 0) * factor;
    if (value === 0) continue;
    const end = offsets[s + 1] ?? 0;
    for (let i = offsets[s] ?? 0; i < end; i++) {
      const t = target[i] ?? 0;
      y[t] = (y[t] ?? 0) + value * (weight[i] ?? 0);
    }
  }
};

/** A x. */
export const apply = (map: LinearMap, x: Float64Array): Float64Array => {
  const y = new Float64Array(sizeOf(map.to));
  accumulate(map, x, y);
  return y;
};
