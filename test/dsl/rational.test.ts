import fc from "fast-check";
import { expect, test } from "vitest";
import { combine, compare, parseRational, rational, showRational, toNumber } from "../../dsl/rational.ts";

const written = fc
  .tuple(
    fc.bigInt({ min: 0n, max: 10n ** 25n }),
    fc.integer({ min: 0, max: 25 }),
    fc.integer({ min: -300, max: 280 }),
  )
  .map(([digits, point, exponent]) => {
    const text = digits.toString().padStart(point + 1, "0");
    const at = text.length - point;
    return `${text.slice(0, at)}${point > 0 ? `.${text.slice(at)}` : ""}e${exponent}`;
  });

test("a written number becomes the double that JavaScript reads", () => {
  fc.assert(
    fc.property(written, (text) => {
      fc.pre(Number(text) === 0 || Number(text) > 1e-290);
      const value = parseRational(text);
      expect(value === null ? null : toNumber(value)).toBe(Number(text));
    }),
    { numRuns: 1000 },
  );
});

test("a tie is rounded to even, and what lies beyond it is not forgotten", () => {
  const tie = 2n ** 53n + 1n;
  expect(toNumber(rational(tie * 2n ** 20n))).toBe(Number(tie * 2n ** 20n));
  expect(toNumber(rational(tie * 2n ** 20n + 1n))).toBe(Number(tie * 2n ** 20n + 1n));
});

test("numbers too long or too large are refused", () => {
  expect(parseRational("1e999")).toBeNull();
  expect(parseRational("9".repeat(61))).toBeNull();
});

test("fractions stay exact", () => {
  const third = rational(1n, 3n);
  const one = combine("*", third, rational(3n));
  expect(one).toEqual({ n: 1n, d: 1n });
  expect(combine("/", third, rational(0n))).toBeNull();
  expect(compare(third, rational(1n, 2n))).toBe(-1);
});

test("a number that keeps growing is given up", () => {
  let value: ReturnType<typeof combine> = rational(3n);
  for (let i = 0; i < 20 && value !== null; i++) value = combine("*", value, value);
  expect(value).toBeNull();
});

test("a fraction is shown as a decimal where it is one", () => {
  expect(showRational(rational(5n, 2n))).toBe("2.5");
  expect(showRational(rational(-1n, 3n))).toBe("-1 / 3");
});
