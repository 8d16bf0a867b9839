import { bitsFrom, mixBits } from "../ir/core/index.ts";

/** A stream of numbers that a seed fixes; the same on every machine. */
export interface Random {
  /** A whole number in low..high, both included. */
  readonly between: (low: number, high: number) => number;
  readonly pick: <T>(items: readonly [T, ...T[]]) => T;
  readonly chance: (percent: number) => boolean;
}

/** Numbers from a counter that is mixed with the seed. */
export const randomFrom = (seed: number): Random => {
  const next = bitsFrom(mixBits(seed ^ 0x9e3779b9));
  const between = (low: number, high: number): number => low + (next() % (high - low + 1));
  return {
    between,
    pick: (items) => items[between(0, items.length - 1)] ?? items[0],
    chance: (percent) => between(0, 99) < percent,
  };
};

/** A whole number that depends on every bit of a double. */
export const mixNumber = (value: number): number => {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  return mixBits(bits.getUint32(0) ^ mixBits(bits.getUint32(4)));
};
