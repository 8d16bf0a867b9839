import {
  integers,
  item,
  type LinearMap,
  listed,
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
      return listed(map, change);
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

/** One projection of a split: `digit` of the lifted weight, times `gain`. */
export interface Cut {
  readonly gain: number;
  /** What the synapse holds for weight w of the map, in mantissa steps. */
  readonly digit: (w: number) => number;
}

/** How all weights of a projection are written on a grid. */
export interface Cuts {
  readonly cuts: readonly Cut[];
  /** The map is taken as it is. */
  readonly whole: boolean;
  /** The last digits fit the grid too. */
  readonly fits: boolean;
}

/**
 * Writes gain * w, |w| <= most, as a sum of mantissa * 2^exponent on the grid: the gain's power of two goes into the
 * exponent, what does not fit one mantissa is cut into digits of a larger base. Null when the gain is finer than the grid.
 */
export const cutsOf = (gain: number, most: number, grid: WeightGrid): Cuts | null => {
  const [exponent, odd] = twos(gain);
  const [stepTwos] = twos(grid.step);
  const [least, last] = grid.exponents;
  const limit = Math.floor(Math.min(grid.high, -grid.low) / grid.step);
  const first = Math.min(last, exponent - stepTwos);
  const lift = 2 ** (exponent - stepTwos - first) * odd;
  if (first < least) return null;
  if (Math.abs(lift) * most <= limit) return { cuts: [{ gain, digit: (w) => w }], whole: true, fits: true };
  const width = Math.floor(Math.log2(limit + 1));
  const cuts: Cut[] = [];
  let rest = (w: number): number => w * lift;
  for (let e = first; ; ) {
    const next = Math.min(last, e + width);
    const modulus = 2 ** (next - e);
    const digit = rest;
    const fits = Math.abs(digit(most)) <= limit;
    cuts.push({ gain: grid.step * 2 ** e, digit: next === e || fits ? digit : (w) => digit(w) % modulus });
    if (next === e || fits) return { cuts, whole: false, fits };
    rest = (w) => (digit(w) - (digit(w) % modulus)) / modulus;
    e = next;
  }
};

/** A projection on the grid, one projection a cut. Maps that fit are shared, not copied. */
export const splitOntoGrid = (projection: Projection, grid: WeightGrid): Split => {
  const { map, gain } = projection;
  const found = cutsOf(gain, greatest(map), grid);
  if (found === null) return { projections: [], misfits: [gain] };
  if (found.whole) return { projections: [projection], misfits: [] };
  const { cuts, fits } = found;
  const last = item(cuts, cuts.length - 1);
  const limit = Math.floor(Math.min(grid.high, -grid.low) / grid.step);
  return {
    projections: cuts.map((cut) => ({ ...projection, gain: cut.gain, map: mapWeights(map, cut.digit) })),
    misfits: fits ? [] : [...rowsOf(map).weight.filter((w) => Math.abs(last.digit(w)) > limit)],
  };
};
