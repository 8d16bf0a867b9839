import fc from "fast-check";
import { expect, test } from "vitest";
import type { Scalar } from "../../../compiler/ir/tensor/index.ts";
import { scalarFunction } from "../../../runtime/tensor/index.ts";

const monotone: readonly Scalar[] = [
  { kind: "relu" },
  { kind: "clip", low: -1, high: 6 },
  { kind: "leakyRelu", slope: 0.1 },
  { kind: "sigmoid" },
  { kind: "tanh" },
];

/** The next greater double of a finite number. */
const after = (x: number): number => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x + 0);
  view.setBigInt64(0, view.getBigInt64(0) + (x >= 0 ? 1n : -1n));
  return view.getFloat64(0);
};

for (const fn of monotone) {
  test(`${fn.kind} never falls, so that its levels can be found by bisection`, () => {
    const f = scalarFunction(fn);
    const number = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
    const near = fc.integer({ min: -4_000_000, max: 4_000_000 }).map((n) => n / 100_003);
    fc.assert(
      fc.property(near, (x) => {
        expect(f(x)).toBeLessThanOrEqual(f(after(x)));
      }),
      { numRuns: 10_000, seed: 1 },
    );
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(f(Math.min(a, b))).toBeLessThanOrEqual(f(Math.max(a, b)));
      }),
      { numRuns: 2000, seed: 1 },
    );
  });
}

test("scalar functions have these values", () => {
  const at = (fn: Scalar, ...xs: readonly number[]): readonly number[] => xs.map(scalarFunction(fn));
  expect(at({ kind: "relu" }, -2, -0, 3)).toEqual([0, 0, 3]);
  expect(at({ kind: "clip", low: -1, high: 1 }, -5, 0.5, 5)).toEqual([-1, 0.5, 1]);
  expect(at({ kind: "clip", low: 2, high: 1 }, 5)).toEqual([1]);
  expect(at({ kind: "leakyRelu", slope: 0.5 }, -4, 4)).toEqual([-2, 4]);
  expect(at({ kind: "sigmoid" }, -1000, 0, 1000)).toEqual([0, 0.5, 1]);
  expect(at({ kind: "tanh" }, 0, 1000)).toEqual([0, 1]);
});
