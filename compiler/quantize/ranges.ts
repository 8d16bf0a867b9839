import type { ChannelStatistics } from "./statistics.ts";

/** Integer levels of a value and the real step between them, one per channel or one for all. */
export interface Steps {
  readonly scale: readonly number[];
  readonly low: number;
  readonly high: number;
}

const fractions = Array.from({ length: 60 }, (_, i) => 0.1 + (0.9 * i) / 59);

/** Sum of (Q(y) - y)^2 for Q(y) = step clip(round(y / step), low, high). */
const squaredError = (values: Float32Array, step: number, low: number, high: number): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const y = values[i] ?? 0;
    const q = Math.floor(y / step + 0.5);
    const error = step * Math.min(high, Math.max(low, q)) - y;
    sum += error * error;
  }
  return sum;
};

/** The fraction of `greatest` that, as the upper end of the levels, gives the least mean squared error. */
export const bestRange = (values: Float32Array, greatest: number, low: number, high: number): number => {
  let best = greatest;
  let least = Infinity;
  for (const fraction of greatest > 0 ? fractions : []) {
    const error = squaredError(values, (fraction * greatest) / high, low, high);
    if (error < least) [best, least] = [fraction * greatest, error];
  }
  return best;
};

/** No channel gets less than this part of the greatest range of its layer: rarely active channels would get absurd thresholds. */
const floorPart = 0.02;

/** Ranges of the channels of one value by least squared error (reference/compression-conv.md 6.5, step 4). */
export const stepsOf = (statistics: ChannelStatistics, low: number, high: number): Steps => {
  const ranges = statistics.kept.map((values, c) =>
    bestRange(values, statistics.greatest[c] ?? 0, low, high),
  );
  const widest = ranges.reduce((a, b) => Math.max(a, b), 0) || 1;
  return { scale: ranges.map((range) => Math.max(range, floorPart * widest) / high), low, high };
};

/** Levels of an input: 0 .. 2^bits - 1 over its values, or both sides of zero when it has negative ones. */
export const inputSteps = (statistics: ChannelStatistics, bits: number, stated: number | null): Steps => {
  const signed = statistics.least < 0;
  const half = 2 ** (bits - 1);
  const high = signed ? half - 1 : 2 * half - 1;
  const greatest = Math.max(statistics.most, -statistics.least);
  const scale = stated ?? (greatest > 0 ? greatest : 1) / high;
  return { scale: [scale], low: signed ? -half : 0, high };
};
