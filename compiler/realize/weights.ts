import {
  integers,
  item,
  type LinearMap,
  type Projection,
  rowsOf,
  valuesOf,
  type Weight,
} from "../ir/index.ts";
import type { WeightGrid } from "../target/index.ts";

/** A projection whose weights are whole mantissa steps, times a gain that is a power of two of them. */
export interface Split {
  readonly projections: readonly Projection[];
  /** Weights that needed more parts than the exponents give; empty when all fit. */
  readonly misfits: readonly number[];
}

const sparse = (map: LinearMap, change: (w: number) => number): LinearMap => {
  const rows = rowsOf(map);
  const source = Float64Array.from({ length: rows.weight.length });
  for (let s = 0; s < rows.sources; s++) source.fill(s, item(rows.offsets, s), item(rows.offsets, s + 1));
  const shape = [rows.weight.length];
  return {
    kind: "sparse",
    from: map.from,
    to: map.to,
    row: integers("row", shape, Float64Array.from(rows.target)),
    column: integers("column", shape, source),
    weight: integers("weight", shape, rows.weight.map(change)),
  };
};

const changed = (w: Weight, change: (n: number) => number): Weight =>
  integers(w.name, w.shape, valuesOf(w).map(change));

/** The same map with every weight changed; a change must keep zero at zero. */
const mapWeights = (map: LinearMap, change: (w: number) => number): LinearMap => {
  switch (map.kind) {
    case "dense":
    case "conv":
    case "diagonal":
    case "sparse":
      return { ...map, weight: changed(map.weight, change) };
    default:
      return sparse(map, change);
  }
};

const greatestOf = new WeakMap<LinearMap, number>();

/** Greatest absolute weight; lanes share their map, so it is looked for once a map. */
export const greatest = (map: LinearMap): number => {
  const known = greatestOf.get(map);
  if (known !== undefined) return known;
  const found = rowsOf(map).weight.reduce((a, w) => Math.max(a, Math.abs(w)), 0);
  greatestOf.set(map, found);
  return found;
};

/** Power of two in n, and the odd rest. */
const twos = (n: number): readonly [number, number] => {
  let exponent = 0;
  let odd = n;
  while (odd !== 0 && odd % 2 === 0) {
    odd /= 2;
    exponent++;
  }
  return [exponent, odd];
};

/**
 * Writes gain * w as a sum of mantissa * 2^exponent on the grid: the gain's power of two goes into the exponent, what
 * does not fit one mantissa is cut into digits of a larger base, one projection each. Maps that fit are shared, not copied.
 */
export const splitOntoGrid = (projection: Projection, grid: WeightGrid): Split => {
  const [exponent, odd] = twos(projection.gain);
  const [stepTwos] = twos(grid.step);
  const [least, most] = grid.exponents;
  const limit = Math.floor(Math.min(grid.high, -grid.low) / grid.step);
  const first = Math.min(most, exponent - stepTwos);
  const lift = 2 ** (exponent - stepTwos - first) * odd;
  if (first < least) return { projections: [], misfits: [projection.gain] };
  if (Math.abs(lift) * greatest(projection.map) <= limit) return { projections: [projection], misfits: [] };
  const base = Math.log2(limit + 1);
  const cuts: Projection[] = [];
  let rest = (w: number): number => w * lift;
  for (let e = first; ; ) {
    const next = Math.min(most, e + Math.floor(base));
    const modulus = 2 ** (next - e);
    const digit = rest;
    const gain = grid.step * 2 ** e;
    if (next === e || rowsOf(projection.map).weight.every((w) => Math.abs(digit(w)) <= limit)) {
      cuts.push({ ...projection, gain, map: mapWeights(projection.map, digit) });
      const misfits = rowsOf(projection.map).weight.filter((w) => Math.abs(digit(w)) > limit);
      return { projections: cuts, misfits: [...misfits] };
    }
    cuts.push({ ...projection, gain, map: mapWeights(projection.map, (w) => digit(w) % modulus) });
    rest = (w) => (digit(w) - (digit(w) % modulus)) / modulus;
    e = next;
  }
};
