/** A stream of pseudo-random numbers; the same seed gives the same stream on every machine. */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  readonly unit: () => number;
  /** Uniform whole number in 0 .. below - 1. */
  readonly below: (below: number) => number;
}

/** Mixes 32 bits so that near inputs give far outputs (the finaliser of MurmurHash3). */
export const mixBits = (bits: number): number => {
  let z = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
};

/** What a stream steps by: 2^32 over the golden ratio. */
const stride = 0x9e3779b9;

/** The mixed numbers of a counter that starts behind `state` (SplitMix; Steele, Lea, Flood 2014). */
export const bitsFrom = (state: number): (() => number) => {
  let at = state | 0;
  return () => {
    at = (at + stride) | 0;
    return mixBits(at);
  };
};

export const randomFrom = (seed: number): Random => {
  const bits = bitsFrom(seed);
  const unit = (): number => bits() / 4294967296;
  return { unit, below: (below) => Math.floor(unit() * below) };
};

/** Sum of twelve uniform numbers less six: mean 0, variance 1, and the same bits on every machine. */
export const normalFrom = (random: Random): number => {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random.unit();
  return sum;
};
