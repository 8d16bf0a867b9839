import { type LinearMap, rowsOf } from "../ir/index.ts";
import type { WeightGrid } from "../target/index.ts";

/** What the weights of a map have in common. */
export interface Extent {
  readonly low: number;
  readonly high: number;
  /** Greatest common divisor of all weights. */
  readonly divisor: number;
}

const cache = new WeakMap<LinearMap, Extent>();

const gcd = (a: number, b: number): number => {
  let [x, y] = [a, Math.abs(b)];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
};

/** The extent of some weights. */
export const extentFrom = (weights: Iterable<number>): Extent => {
  let [low, high, divisor] = [0, 0, 0];
  for (const w of weights) {
    if (w < low) low = w;
    if (w > high) high = w;
    if (divisor !== 1) divisor = gcd(divisor, w);
  }
  return { low, high, divisor };
};

const extentOf = (map: LinearMap): Extent => {
  const cached = cache.get(map);
  if (cached !== undefined) return cached;
  const extent = extentFrom(rowsOf(map).weight);
  cache.set(map, extent);
  return extent;
};

/**
 * The least exponent e at which every gain * w is mantissa * 2^e on the grid; null when there is none. Realizing makes
 * sure that there is one.
 */
export const exponentOf = (extent: Extent, gain: number, grid: WeightGrid): number | null => {
  const ends = [extent.low * gain, extent.high * gain];
  const least = Math.min(...ends);
  const most = Math.max(...ends);
  for (let e = grid.exponents[0]; e <= grid.exponents[1]; e++) {
    const unit = 2 ** e;
    if ((extent.divisor * gain) % (unit * grid.step) !== 0) return null;
    if (least >= grid.low * unit && most <= grid.high * unit) return e;
  }
  return null;
};

/** `exponentOf` for the weights of a map. */
export const exponentFor = (map: LinearMap, gain: number, grid: WeightGrid): number | null =>
  exponentOf(extentOf(map), gain, grid);
