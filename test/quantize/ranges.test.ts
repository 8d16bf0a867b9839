import fc from "fast-check";
import { expect, test } from "vitest";
import { item, makeTensor } from "../../compiler/ir/index.ts";
import { bestRange, inputSteps, stepsOf } from "../../compiler/quantize/ranges.ts";
import type { ChannelStatistics } from "../../compiler/quantize/statistics.ts";

const node = makeTensor("input", [], { name: "x", shape: [1] });

const statisticsOf = (...kept: readonly (readonly number[])[]): ChannelStatistics => {
  const all = kept.flat();
  return {
    point: { node, read: node, kind: "activation", signed: false, perChannel: true },
    kept: kept.map((values) => Float32Array.from(values)),
    greatest: Float64Array.from(kept, (values) => Math.max(...values.map(Math.abs))),
    least: Math.min(...all),
    most: Math.max(...all),
  };
};

const errorOf = (values: readonly number[], range: number, low: number, high: number): number => {
  const step = range / high;
  const rounded = (y: number): number => step * Math.min(high, Math.max(low, Math.floor(y / step + 0.5)));
  return values.reduce((sum, y) => sum + (rounded(y) - y) ** 2, 0);
};

const values = fc.array(
  fc.integer({ min: -512, max: 512 }).map((n) => n / 64),
  { minLength: 1, maxLength: 40 },
);

test("no other of the 60 ranges rounds with a smaller error", () => {
  fc.assert(
    fc.property(values, fc.constantFrom(1, 3, 7, 15), fc.boolean(), (ys, high, signed) => {
      const low = signed ? -high : 0;
      const greatest = Math.max(...ys.map(Math.abs));
      const best = bestRange(Float32Array.from(ys), greatest, low, high);
      if (greatest === 0) expect(best).toBe(0);
      for (let i = 0; i < (greatest === 0 ? 0 : 60); i++) {
        const other = errorOf(ys, (0.1 + (0.9 * i) / 59) * greatest, low, high);
        expect(errorOf(ys, best, low, high)).toBeLessThanOrEqual(other);
      }
    }),
  );
});

test("cuts off a single outlier among many small values", () => {
  const ys = [...Array.from({ length: 20_000 }, (_, i) => i / 20_000), 10];
  expect(bestRange(Float32Array.from(ys), 10, 0, 15)).toBeLessThan(4);
});

test("a channel that is hardly active gets 2 % of the widest range", () => {
  const { scale } = stepsOf(statisticsOf([1, 1, 1], [0.001, 0, 0], [0, 0, 0]), 0, 15);
  expect(item(scale, 0) * 15).toBe(1);
  expect(item(scale, 1)).toBe((0.02 * 1) / 15);
  expect(item(scale, 2)).toBe((0.02 * 1) / 15);
});

test("a layer that is never active still gets positive scales", () => {
  expect(stepsOf(statisticsOf([0, 0], [0, 0]), 0, 15).scale.every((s) => s > 0)).toBe(true);
});

test("an input covers its data from zero, or both sides of zero", () => {
  expect(inputSteps(statisticsOf([0, 255]), 8, null)).toEqual({ scale: [1], low: 0, high: 255 });
  expect(inputSteps(statisticsOf([-2, 1]), 8, null)).toEqual({ scale: [2 / 127], low: -128, high: 127 });
  expect(inputSteps(statisticsOf([0, 0.5]), 4, 0.25)).toEqual({ scale: [0.25], low: 0, high: 15 });
  expect(inputSteps(statisticsOf([0, 0]), 8, null).scale).toEqual([1 / 255]);
});
