import fc from "fast-check";
import { expect, test } from "vitest";
import { jump, levelOf } from "../../compiler/ir/index.ts";
import { levelFunctionOf } from "../../compiler/quantize/jump-table.ts";

const reach = 400;
const bounds = (): readonly [number, number] => [-reach, reach];

test("finds the theta of a uniform quantizer, odd or even, with levels on both sides of zero", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 4 }),
      fc.nat(8),
      fc.integer({ min: 1, max: 15 }),
      (thetas, below, high) => {
        const level = (c: number, s: number): number => {
          const theta = thetas[c] ?? 1;
          return Math.min(high, Math.max(-below, Math.floor((s + Math.floor(theta / 2)) / theta)));
        };
        const fn = levelFunctionOf("n", thetas.length, level, { low: -below, high }, bounds);
        expect(fn.kind).toBe("uniform");
        if (fn.kind !== "uniform") return;
        const found = [...fn.theta.stored()];
        // A single jump at 1 leaves open whether theta is 2 J - 1 or 2 J; the odd one is chosen.
        if (high + below > 1) expect(found).toEqual(thetas);
        else for (const theta of found) expect(theta % 2).toBe(1);
      },
    ),
  );
});

test("any rising function of the sums gives its own levels back", () => {
  const breaks = fc.array(fc.integer({ min: -reach, max: reach }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(
      fc.array(breaks, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: -5, max: 5 }),
      (tables, low) => {
        const high = low + Math.max(...tables.map((t) => t.length));
        const level = (c: number, s: number): number => low + (tables[c] ?? []).filter((b) => s >= b).length;
        const fn = levelFunctionOf("n", tables.length, level, { low, high }, bounds);
        const q = levelOf(fn);
        for (let c = 0; c < tables.length; c++)
          for (let s = -reach; s <= reach; s++) expect(q(c, s)).toBe(level(c, s));
      },
    ),
    { numRuns: 50 },
  );
});

test("each entry is the least sum that reaches its level, with steps that grow, shrink and repeat", () => {
  const slopes = fc.array(fc.double({ min: 0.01, max: 40, noNaN: true }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      slopes,
      fc.integer({ min: -300, max: 300 }),
      fc.integer({ min: 3, max: 40 }),
      (rise, from, high) => {
        const level = (_: number, s: number): number => {
          const x = s - from;
          const y = rise.reduce((sum, r, i) => sum + Math.max(0, x - i * reach) / r, 0);
          return Math.min(high, Math.max(0, Math.floor(y)));
        };
        const wide = 1 << 14;
        const fn = levelFunctionOf("n", 1, level, { low: 0, high }, () => [-wide, wide]);
        const q = levelOf(fn);
        for (let k = 1; k <= high; k++) {
          const first = jump(fn, 0, k);
          expect([q(0, first - 1) < k, q(0, first) >= k]).toEqual([true, true]);
          expect([level(0, first - 1) < k, level(0, first) >= k]).toEqual([true, true]);
        }
      },
    ),
  );
});

test("entries for levels that are never reached lie just above the greatest sum", () => {
  const fn = levelFunctionOf(
    "n",
    1,
    (_, s) => (s >= 7 ? 1 : 0),
    { low: 0, high: 3 },
    () => [-20, 20],
  );
  expect(fn.kind === "steps" ? [...fn.breaks.stored()] : null).toEqual([7, 21, 21]);
});
