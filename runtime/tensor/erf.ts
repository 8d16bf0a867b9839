const factor = 2 / Math.sqrt(Math.PI);

/** 2 / sqrt(pi) exp(-x^2) sum_n 2^n x^(2n+1) / (2n+1)!!: all terms have one sign, so nothing cancels. */
const series = (x: number): number => {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return factor * Math.exp(-x * x) * sum;
};

/** The continued fraction of erfc (Abramowitz and Stegun, 7.1.14), from its 60th step. */
const complement = (x: number): number => {
  let tail = 0;
  for (let n = 60; n >= 1; n--) tail = (0.5 * n) / (x + tail);
  return (0.5 * factor * Math.exp(-x * x)) / (x + tail);
};

/** The error function, to about 1e-15. */
export const erf = (x: number): number => {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return x;
  const value = size < 3 ? series(size) : 1 - (size > 6 ? 0 : complement(size));
  return x < 0 ? -value : value;
};
