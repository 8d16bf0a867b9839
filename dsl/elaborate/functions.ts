import { combine, compare, negate, type Rational, rational, whole } from "../rational.ts";

type Operation = (...values: readonly Rational[]) => Rational | null;

const floor = ({ n, d }: Rational): Rational => rational(n / d - (n < 0n && n % d !== 0n ? 1n : 0n));

const least = (a: Rational, b: Rational): Rational => (compare(a, b) <= 0 ? a : b);

const functions: Readonly<Record<string, { readonly count: number; readonly of: Operation }>> = {
  floor: { count: 1, of: (x = whole(0)) => floor(x) },
  ceil: { count: 1, of: (x = whole(0)) => negate(floor(negate(x))) },
  min: { count: 2, of: (a = whole(0), b = whole(0)) => least(a, b) },
  max: { count: 2, of: (a = whole(0), b = whole(0)) => negate(least(negate(a), negate(b))) },
  round_to: {
    count: 2,
    of: (x = whole(0), multiple = whole(1)) => {
      const steps = combine("/", x, multiple);
      const half = steps === null ? null : combine("+", steps, rational(1n, 2n));
      return half === null ? null : combine("*", floor(half), multiple);
    },
  },
};

/** True for `floor` and its like: calls that make numbers. */
export const isFunction = (name: string): boolean => Object.hasOwn(functions, name);

/** A function of `count` numbers by its name; its result is null when there is none. */
export const functionNamed = (
  name: string,
): { readonly count: number; readonly of: Operation } | undefined =>
  Object.hasOwn(functions, name) ? functions[name] : undefined;
