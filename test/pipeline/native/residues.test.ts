import fc from "fast-check";
import { expect, test } from "vitest";
import { compose, dense, floats } from "../../../compiler/ir/index.ts";
import { isExact, prime, residueOf } from "../../../compiler/pipeline/native/residues.ts";

const whole = fc.integer({ min: -(2 ** 25), max: 2 ** 25 });
const scaled = fc.tuple(whole, fc.integer({ min: -200, max: 200 })).map(([m, e]) => m * 2 ** e);

test("products of doubles have the products of their residues", () => {
  fc.assert(
    fc.property(scaled, scaled, (a, b) => {
      expect(residueOf(a * b)).toBe((residueOf(a) * residueOf(b)) % prime);
    }),
  );
});

test("sums of integers have the sums of their residues, whatever power of two scales them", () => {
  fc.assert(
    fc.property(whole, whole, fc.integer({ min: -1000, max: 900 }), (a, b, e) => {
      const unit = 2 ** e;
      expect(residueOf((a + b) * unit)).toBe((residueOf(a * unit) + residueOf(b * unit)) % prime);
    }),
  );
});

test("an integer is its own residue", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: prime - 1 }), (n) => {
      expect(residueOf(n)).toBe(n);
      expect(residueOf(-n)).toBe((prime - n) % prime);
    }),
  );
  expect(residueOf(5e-324)).toBe(
    residueOf(2 ** -1073) === 0 ? 0 : (residueOf(2 ** -1073) * ((prime + 1) / 2)) % prime,
  );
});

const matrix = (...values: readonly number[]) => dense(floats("w", [2, 2], Float64Array.from(values)));

test("a chain is exact until a product or a sum needs more than a double has", () => {
  const halves = matrix(0.5, 1.5, -0.25, 3);
  expect(isExact(compose(halves, halves))).toBe(true);
  const thirds = matrix(1 / 3, 1, 0, 1);
  expect(isExact(compose(thirds, thirds))).toBe(false);
  expect(isExact(thirds)).toBe(true);
});
