/** An exact number n / d in lowest terms, d > 0: numbers stay exact until they become weights. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

/** The greatest number that divides both, b not negative. */
export const greatestDivisor = (a: bigint, b: bigint): bigint => {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
};

/** The fraction n / d, d not 0. */
export const rational = (n: bigint, d: bigint = 1n): Rational => {
  const sign = d < 0n ? -1n : 1n;
  const common = greatestDivisor(n, sign * d);
  return { n: (sign * n) / common, d: (sign * d) / common };
};

export const whole = (n: number): Rational => rational(BigInt(n));

/** Longest number that is read, and largest exponent: far beyond any double, and quick to compute with. */
const longest = 60;
const largestExponent = 400;

/** Reads `28`, `0.5`, `1e-3`; null when the number is too long or no finite double. */
export const parseRational = (text: string): Rational | null => {
  if (/^\d{1,15}$/.test(text)) return { n: BigInt(text), d: 1n };
  const [mantissa = "", exponentText = "0"] = text.toLowerCase().split("e");
  const [integer = "", fraction = ""] = mantissa.split(".");
  const exponent = Number(exponentText) - fraction.length;
  if (text.length > longest || Math.abs(exponent) > largestExponent || !Number.isFinite(Number(text)))
    return null;
  const digits = BigInt(integer + fraction);
  const power = 10n ** BigInt(Math.abs(exponent));
  return exponent < 0 ? rational(digits, power) : rational(digits * power);
};

// Sums and products of a long program would else grow without bound.
const largestDigits = 1000;

const bounded = (value: Rational): Rational | null =>
  value.n.toString(16).length + value.d.toString(16).length > largestDigits ? null : value;

/** `a op b`, or null when it divides by 0 or grows past a thousand digits. */
export type Sign = "+" | "-" | "*" | "/";

export const isSign = (text: string): text is Sign =>
  text === "+" || text === "-" || text === "*" || text === "/";

export const combine = (operator: Sign, a: Rational, b: Rational): Rational | null => {
  switch (operator) {
    case "+":
      return bounded(rational(a.n * b.d + b.n * a.d, a.d * b.d));
    case "-":
      return bounded(rational(a.n * b.d - b.n * a.d, a.d * b.d));
    case "*":
      return bounded(rational(a.n * b.n, a.d * b.d));
    case "/":
      return b.n === 0n ? null : bounded(rational(a.n * b.d, a.d * b.n));
  }
};

export const negate = ({ n, d }: Rational): Rational => ({ n: -n, d });

export const isWhole = ({ d }: Rational): boolean => d === 1n;

/** -1, 0 or 1. */
export const compare = (a: Rational, b: Rational): number => {
  const left = a.n * b.d;
  const right = b.n * a.d;
  return left < right ? -1 : Number(left > right);
};

const largestExact = 2n ** 53n;

const exact = (v: bigint): boolean => v <= largestExact && v >= -largestExact;

/** The double nearest to the exact value: one rounding when both parts are exact doubles, else by 60 leading bits. */
export const toNumber = ({ n, d }: Rational): number => {
  if (exact(n) && exact(d)) return Number(n) / Number(d);
  const size = n < 0n ? -n : n;
  const shift = BigInt(size.toString(2).length - d.toString(2).length - 60);
  const [over, under] = shift >= 0n ? [size, d << shift] : [size << -shift, d];
  // What was cut off must not look like a tie: it sets the last bit.
  const quotient = (over / under) | (over % under === 0n ? 0n : 1n);
  return (n < 0n ? -1 : 1) * scaleByTwo(Number(quotient), Number(shift));
};

const scaleByTwo = (value: number, exponent: number): number => {
  let scaled = value;
  for (let left = exponent; left !== 0; left -= Math.sign(left)) scaled = left > 0 ? scaled * 2 : scaled / 2;
  return scaled;
};

/** Shortest decimal text of a finite fraction, else `n / d`. */
export const showRational = (value: Rational): string => {
  const number = toNumber(value);
  const back = Number.isFinite(number) ? parseRational(String(number).replace("-", "")) : null;
  const size = value.n < 0n ? negate(value) : value;
  return back !== null && compare(back, size) === 0 ? String(number) : `${value.n} / ${value.d}`;
};
