/** A stream of numbers that a seed fixes; the same on every machine. */
export interface Random {
  /** A whole number in low..high, both included. */
  readonly between: (low: number, high: number) => number;
  readonly pick: <T>(items: readonly [T, ...T[]]) => T;
  readonly chance: (percent: number) => boolean;
}

/** Mixes 32 bits so that near inputs give far outputs (the finalizer of MurmurHash3). */
const mix = (bits: number): number => {
  let h = bits | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

/** Numbers from a counter that is mixed with the seed. */
export const randomFrom = (seed: number): Random => {
  let state = mix(seed ^ 0x9e3779b9);
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    return mix(state);
  };
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
  return mix(bits.getUint32(0) ^ mix(bits.getUint32(4)));
};
