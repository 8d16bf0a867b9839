import { valuesOf, type Weight } from "../ir/index.ts";

const { ceil, log2, max } = Math;

/** Bits of a value before and after the binary point, at most. */
export interface Bits {
  readonly whole: number;
  readonly fraction: number;
}

export const none: Bits = { whole: 0, fraction: 0 };

/** Values that are not dyadic. */
export const endless: Bits = { whole: 0, fraction: Infinity };

/** Bits that hold every one of the numbers; those that need more than 30 after the point are not dyadic here. */
export const bitsOfNumbers = (values: Iterable<number>): Bits => {
  let whole = 0;
  let fraction = 0;
  for (const value of values) {
    whole = max(whole, ceil(log2(max(1, Math.abs(value)))));
    while (!Number.isInteger(value * 2 ** fraction)) if (++fraction > 30) return endless;
  }
  return { whole, fraction };
};

export const bitsOfWeight = (w: Weight | null): Bits => (w === null ? none : bitsOfNumbers(valuesOf(w)));

export const times = (a: Bits, b: Bits): Bits => ({
  whole: a.whole + b.whole,
  fraction: a.fraction + b.fraction,
});

export const either = (a: Bits, b: Bits): Bits => ({
  whole: max(a.whole, b.whole),
  fraction: max(a.fraction, b.fraction),
});

export const plus = (a: Bits, b: Bits): Bits => ({
  whole: max(a.whole, b.whole) + 1,
  fraction: max(a.fraction, b.fraction),
});

/** Bits of a sum of `terms` values. */
export const summed = (x: Bits, terms: number): Bits => ({
  ...x,
  whole: x.whole + ceil(log2(max(1, terms))),
});

/** Bits of the whole numbers from -most to most. */
export const wholeBits = (most: number): Bits => ({
  whole: ceil(log2(max(1, Math.abs(most) + 1))),
  fraction: 0,
});
