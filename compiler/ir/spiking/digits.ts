import { item } from "../core/index.ts";

/** Greedy digits of a level: d_t = min(limit, floor(rest / g_t)). Their weighted sum is the level when the code is complete. */
export const greedyDigits = (level: number, gains: readonly number[], limit: number): readonly number[] => {
  let rest = level;
  return gains.map((gain) => {
    const digit = Math.max(0, Math.min(limit, Math.floor(rest / gain)));
    rest -= digit * gain;
    return digit;
  });
};

/** First level of 0..high that the digits do not give back, or null when the code is complete. */
export const incompleteAt = (gains: readonly number[], limit: number, high: number): number | null => {
  for (let level = 0; level <= high; level++) {
    const digits = greedyDigits(level, gains, limit);
    if (digits.reduce((sum, d, t) => sum + d * item(gains, t), 0) !== level) return level;
  }
  return null;
};

/** Successive approximation: ceil(log2(L + 1)) lanes for any L. */
export const successive = (high: number): readonly number[] => {
  const gains: number[] = [];
  for (let rest = high; rest > 0; rest -= Math.ceil(rest / 2)) gains.push(Math.ceil(rest / 2));
  return gains;
};

/** L lanes of gain 1. */
export const thermometer = (high: number): readonly number[] => Array.from({ length: high }, () => 1);
