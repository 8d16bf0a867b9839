/** A stream of pseudo-random numbers; the same seed gives the same stream on every machine. */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  readonly unit: () => number;
  /** Uniform whole number in 0 .. below - 1. */
  readonly below: (below: number) => number;
}

/** SplitMix with 32-bit state (Steele, Lea, Flood 2014; constants of the MurmurHash3 finaliser). */
export const randomFrom = (seed: number): Random => {
  let state = seed | 0;
  const unit = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 4294967296;
  };
  return { unit, below: (below) => Math.floor(unit() * below) };
};

/** `count` different whole numbers below `total`, marked 1 (Vitter 1984, selection sampling). */
export const chosenOf = (random: Random, count: number, total: number): Uint8Array => {
  const marks = new Uint8Array(total);
  let left = count;
  for (let i = 0; i < total && left > 0; i++) {
    if (random.unit() * (total - i) >= left) continue;
    marks[i] = 1;
    left--;
  }
  return marks;
};
