/**
 * Whole numbers m_i and a unit u for a sum of lattice values, so that sum m_i q_i in units of u gives the same levels as
 * sum s_i q_i. In this order:
 * 1. the scales are whole multiples of a part of the least one: nothing is lost;
 * 2. two values with few levels: the smallest m_1 / m_2 near s_1 / s_2 for which every pair of levels falls on the right
 *    side of every jump, tried on all pairs: nothing is lost, though the sums differ;
 * 3. a unit so fine that sums of 2^44 units just fit. Doubles of scales that are float32 numbers have such a unit exactly;
 *    otherwise a sum may land on the other side of a jump that it is closer to than a 2^-20th of its greatest value.
 */
import { item } from "../ir/core/index.ts";
import { agree } from "./integer-values.ts";

/** A value that is summed: integers low .. high times a scale. */
export interface Summand {
  readonly scale: number;
  readonly low: number;
  readonly high: number;
}

export interface CommonGrid {
  readonly multipliers: readonly number[];
  readonly unit: number;
  /** Least sum of each level above the lowest, where all sums were tried; null: the unit tells. */
  readonly jumps: Float64Array | null;
}

const mostDenominator = 64;
const mostPairs = 1 << 17;
const mostMultiplier = 1 << 14;
const mostSum = 2 ** 44;

const wholeGrid = (scales: readonly number[]): CommonGrid | null => {
  const least = scales.reduce((a, b) => Math.min(a, b), Infinity);
  for (let d = 1; d <= mostDenominator; d++) {
    const multipliers = scales.map((s) => Math.floor((s * d) / least + 0.5));
    if (scales.every((s, i) => agree((s * d) / least, item(multipliers, i))))
      return { multipliers, unit: least / d, jumps: null };
  }
  return null;
};

/** Least sum of each level, if the sums of lower levels are all less. */
const jumpsFor = (
  [a, b]: readonly [Summand, Summand],
  [m, n]: readonly [number, number],
  levels: Int32Array,
  low: number,
  high: number,
): Float64Array | null => {
  const least = new Float64Array(high - low + 1).fill(Infinity);
  const most = new Float64Array(high - low + 1).fill(-Infinity);
  let at = 0;
  for (let p = a.low; p <= a.high; p++) {
    for (let q = b.low; q <= b.high; q++) {
      const sum = m * p + n * q;
      const level = (levels[at++] ?? 0) - low;
      if (sum < (least[level] ?? 0)) least[level] = sum;
      if (sum > (most[level] ?? 0)) most[level] = sum;
    }
  }
  for (let k = most.length - 2; k >= 0; k--) least[k] = Math.min(item(least, k), item(least, k + 1));
  let below = -Infinity;
  for (let k = 1; k < most.length; k++) {
    below = Math.max(below, item(most, k - 1));
    if (below >= item(least, k)) return null;
  }
  const beyond = m * (m > 0 ? a.high : a.low) + n * (n > 0 ? b.high : b.low) + 1;
  return least.slice(1).map((sum) => Math.min(sum, beyond));
};

const pairGrid = (
  pair: readonly [Summand, Summand],
  level: (x: number) => number,
  low: number,
  high: number,
): CommonGrid | null => {
  const [a, b] = pair;
  const count = (a.high - a.low + 1) * (b.high - b.low + 1);
  if (count > mostPairs) return null;
  const levels = new Int32Array(count);
  let at = 0;
  for (let p = a.low; p <= a.high; p++)
    for (let q = b.low; q <= b.high; q++) levels[at++] = level(p * a.scale + q * b.scale);
  const ratio = a.scale / b.scale;
  let best = Infinity;
  for (let n = 1; n <= mostMultiplier; n++) {
    const m = Math.floor(ratio * n + 0.5);
    const error = Math.abs(m / n - ratio);
    if (m < 1 || error >= best) continue;
    best = error;
    const jumps = jumpsFor(pair, [m, n], levels, low, high);
    if (jumps !== null) return { multipliers: [m, n], unit: b.scale / n, jumps };
  }
  return null;
};

/** The greatest power of two of which a double is a whole multiple. */
const lastBit = (x: number): number => {
  let bit = 1;
  while (x % bit !== 0) bit /= 2;
  while (x % (bit * 2) === 0) bit *= 2;
  return bit;
};

/** A unit without knowledge of what rounds the sum. */
export const fineGrid = (summands: readonly Summand[]): CommonGrid => {
  const whole = wholeGrid(summands.map((s) => s.scale));
  if (whole !== null) return whole;
  const reach = summands.reduce((sum, { scale, low, high }) => sum + scale * Math.max(-low, high), 0);
  const exact = summands.reduce((least, { scale }) => Math.min(least, lastBit(scale)), Infinity);
  const unit = reach / exact <= mostSum ? exact : reach / mostSum;
  return { multipliers: summands.map(({ scale }) => Math.floor(scale / unit + 0.5)), unit, jumps: null };
};

/** A grid for a sum that `level`, a function that never falls, rounds to low .. high. */
export const gridForLevels = (
  summands: readonly Summand[],
  level: (x: number) => number,
  low: number,
  high: number,
): CommonGrid => {
  const whole = wholeGrid(summands.map((s) => s.scale));
  if (whole !== null) return whole;
  const [a, b, ...more] = summands;
  const pair =
    a !== undefined && b !== undefined && more.length === 0 ? pairGrid([a, b], level, low, high) : null;
  return pair ?? fineGrid(summands);
};
