import { expect, test } from "vitest";
import { commonSumLimit, sumLimitOf } from "../../compiler/quantize/index.ts";
import { type Fact, known, type Target, unknown } from "../../compiler/target/index.ts";

const targetOf = (
  cell: { readonly limit: Fact; readonly factor: number; readonly units: readonly number[] } | null,
): Target => ({
  name: "t",
  summary: "",
  modes: ["exact.spatial"],
  cell:
    cell === null
      ? null
      : {
          arithmetic: { kind: "exact" },
          comparator: "reached",
          reset: { kind: "keep" },
          leastDecay: known(0, "1", "test"),
          units: cell.units,
          weightFactor: cell.factor,
          fireAtOne: () => ({ threshold: 1, drive: 0, floor: null }),
          silent: 1,
          signedSumLimit: cell.limit,
          maxDelay: known(1, "step", "test"),
          hop: 1,
          interval: 1,
        },
  grid: { low: -128, high: 127, step: 1, exponents: [0, 0] },
  topology: () => {
    throw new Error("nobody asks for it");
  },
  coresPerChip: known(1, "core", "test"),
  capacity: {},
  profiles: {},
});

test("the limit of a cell counts integer weights at its finest unit, whole ones", () => {
  expect(sumLimitOf(targetOf({ limit: known(2 ** 21, "v", "test"), factor: 2, units: [64, 8, 1] }))).toBe(
    2 ** 20,
  );
  expect(sumLimitOf(targetOf({ limit: known(1001, "v", "test"), factor: 2, units: [64, 8] }))).toBe(62);
});

test("a target without a cell, or whose limit nobody published, sets none", () => {
  expect(sumLimitOf(targetOf(null))).toBeNull();
  expect(sumLimitOf(targetOf({ limit: unknown("not measured", "test"), factor: 1, units: [1] }))).toBeNull();
});

test("one network serves all targets: the least limit counts", () => {
  const [wide, narrow] = [1000, 100].map((n) =>
    targetOf({ limit: known(n, "v", "test"), factor: 1, units: [1] }),
  );
  if (wide === undefined || narrow === undefined) throw new Error("two targets");
  expect(commonSumLimit([targetOf(null), wide, narrow])).toBe(100);
  expect(commonSumLimit([targetOf(null)])).toBeNull();
  expect(commonSumLimit([])).toBeNull();
});
