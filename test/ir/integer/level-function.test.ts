import fc from "fast-check";
import { expect, test } from "vitest";
import { integers } from "../../../compiler/ir/core/index.ts";
import { jump, type LevelFunction, levelOf, levelRange } from "../../../compiler/ir/integer/index.ts";

const channels = 3;

const small = (min: number, max: number) => fc.integer({ min, max });

const uniform = fc
  .record({
    theta: fc.array(small(1, 9), { minLength: channels, maxLength: channels }),
    low: small(-4, 0),
    width: small(0, 6),
  })
  .map(
    ({ theta, low, width }): LevelFunction => ({
      kind: "uniform",
      theta: integers("theta", [channels], Float64Array.from(theta)),
      low,
      high: low + width,
    }),
  );

const table = fc.tuple(small(1, 5), small(-3, 3)).chain(([count, low]) =>
  fc
    .array(small(-20, 20), { minLength: channels * count, maxLength: channels * count })
    .map((numbers): LevelFunction => {
      const rows = Array.from({ length: channels }, (_, c) =>
        numbers.slice(c * count, (c + 1) * count).sort((a, b) => a - b),
      );
      return {
        kind: "steps",
        breaks: integers("breaks", [channels, count], Float64Array.from(rows.flat())),
        values: null,
        low,
      };
    }),
);

const functions = fc.oneof(uniform, table);

test("the level of a sum is the number of jumps that it reaches, above low", () => {
  fc.assert(
    fc.property(functions, small(0, channels - 1), small(-60, 60), (fn, channel, sum) => {
      const [low, high] = levelRange(fn);
      let reached = low;
      for (let k = low + 1; k <= high; k++) if (sum >= jump(fn, channel, k)) reached = k;
      expect(levelOf(fn)(channel, sum)).toBe(reached);
    }),
    { numRuns: 1000 },
  );
});

test("a uniform function is the clipped rounding of S / theta, halves up for even theta", () => {
  const level = levelOf({ kind: "uniform", theta: integers("t", [1], Float64Array.of(4)), low: -1, high: 2 });
  expect([-9, -7, -6, -3, -2, 1, 2, 5, 6, 100].map((sum) => level(0, sum))).toEqual([
    -1, -1, -1, -1, 0, 0, 1, 1, 2, 2,
  ]);
});

test("free values follow their table, per channel", () => {
  const breaks = integers("b", [2, 2], Float64Array.of(0, 10, 5, 5));
  const values = integers("v", [2, 3], Float64Array.of(7, -1, 3, 0, 1, 2));
  const fn: LevelFunction = { kind: "steps", breaks, values, low: 0 };
  const level = levelOf(fn);
  expect([-1, 0, 9, 10].map((sum) => level(0, sum))).toEqual([7, -1, -1, 3]);
  expect([4, 5].map((sum) => level(1, sum))).toEqual([0, 2]);
  expect(levelRange(fn)).toEqual([-1, 7]);
  expect(() => jump(fn, 0, 1)).toThrow("no jump table");
});
