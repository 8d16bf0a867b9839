import { integers, item, type Weight } from "../ir/core/index.ts";
import type { LevelFunction } from "../ir/integer/index.ts";

/** A nondecreasing function from an integer sum to a level, per channel. */
export type Leveled = (channel: number, sum: number) => number;

export interface Levels {
  readonly low: number;
  readonly high: number;
}

/** Sums beyond this are never reached: ranges are proved inside it. */
const farthest = 2 ** 45;

/** Least integer with at(x) true in low .. high, for a condition that stays true; high + 1 where there is none. */
export const firstTrue = (at: (x: number) => boolean, low: number, high: number): number => {
  let [below, above] = [low - 1, high + 1];
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (at(middle)) above = middle;
    else below = middle;
  }
  return above;
};

/** `firstTrue` where it is likely to be near `guess`: the bounds move away from there in growing steps. */
const firstTrueNear = (at: (x: number) => boolean, low: number, high: number, guess: number): number => {
  let [below, above] = [guess, guess];
  for (let step = 1; above <= high && !at(above); step *= 4) {
    below = above + 1;
    above += step;
  }
  if (above > guess) return firstTrue(at, below, Math.min(above, high + 1) - 1);
  for (let step = 1; below > low && at(below - 1); step *= 4) {
    above = below - 1;
    below -= step;
  }
  return firstTrue(at, Math.max(low, below), above - 1);
};

/** Jump table of one channel: entry k - low - 1 is the least sum at which the level reaches k. */
const jumpsOf = (level: (sum: number) => number, { low, high }: Levels): Float64Array => {
  const jumps = new Float64Array(high - low);
  for (let i = 0; i < jumps.length; i++) {
    const reaches = (sum: number): boolean => level(sum) >= low + i + 1;
    // Jumps rise, and those of straight functions are as far apart as the two before.
    const before = i === 0 ? -farthest : item(jumps, i - 1);
    const guess = i < 2 || before > farthest ? null : 2 * before - item(jumps, i - 2);
    jumps[i] =
      guess === null || guess < before || guess > farthest
        ? firstTrue(reaches, before, farthest)
        : firstTrueNear(reaches, before, farthest, guess);
  }
  return jumps;
};

/** Theta of the uniform function with exactly these jumps, k theta - floor(theta / 2); null when there is none. */
const thetaOf = (jumps: Float64Array, { low }: Levels): number | null => {
  const theta = jumps.length === 1 ? singleTheta(item(jumps, 0), low + 1) : item(jumps, 1) - item(jumps, 0);
  const fits =
    Number.isInteger(theta) &&
    theta > 0 &&
    jumps.every((jump, i) => jump === (low + i + 1) * theta - Math.floor(theta / 2));
  return fits ? theta : null;
};

/** The odd theta with k theta - floor(theta / 2) = jump. */
const singleTheta = (jump: number, k: number): number => (2 * jump - 1) / (2 * k - 1);

/** Same levels on low .. high, with no entry outside low .. high + 1. */
const clamped = (jumps: Float64Array, low: number, high: number): Float64Array =>
  jumps.map((jump) => Math.min(high + 1, Math.max(low, jump)));

/**
 * The integer form of a function of sums: `uniform` when one threshold a channel gives exactly its jumps, else its jump
 * table. `bounds` are the proved sums of each channel; entries of the table that no sum tells apart are moved inside them.
 */
export const levelFunctionOf = (
  name: string,
  channels: number,
  level: Leveled,
  levels: Levels,
  bounds: (channel: number) => readonly [number, number],
): LevelFunction => {
  const tables = Array.from({ length: channels }, (_, c) => jumpsOf((sum) => level(c, sum), levels));
  const thetas = tables.map((jumps) => thetaOf(jumps, levels));
  if (thetas.every((t) => t !== null)) {
    const theta = integers(`${name}.theta`, [channels], Float64Array.from(thetas));
    return { kind: "uniform", theta, low: levels.low, high: levels.high };
  }
  const breaks = tables.flatMap((jumps, c) => [...clamped(jumps, ...bounds(c))]);
  const shape = [channels, levels.high - levels.low];
  const table: Weight = integers(`${name}.breaks`, shape, Float64Array.from(breaks));
  return { kind: "steps", breaks: table, values: null, low: levels.low };
};
