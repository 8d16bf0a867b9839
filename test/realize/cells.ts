import { fixed, toZero } from "../../compiler/ir/index.ts";
import type { Cell, Target } from "../../compiler/target/index.ts";
import { known } from "../../compiler/target/index.ts";

const source = "made for a test";

const strict: Cell = {
  arithmetic: fixed({ decayBits: 12, accumulatorBits: 22, currentBits: 24, voltageBits: 24 }),
  comparator: "above",
  reset: toZero,
  leastDecay: known(1 / 4096, "factor", source),
  units: [64, 32, 16, 8, 4, 2, 1],
  weightFactor: 2,
  fireAtOne: (unit) => ({ threshold: 64, drive: 64 - unit, floor: -(4096 * unit - 1) }),
  silent: 131071 * 64,
  signedSumLimit: known(2 ** 21 - 1, "potential", source),
  maxDelay: known(7, "steps", source),
  hop: 1,
  interval: 2,
};

const inclusive: Cell = {
  arithmetic: { kind: "buffered", bufferBits: 16, stateBits: 32 },
  comparator: "reached",
  reset: toZero,
  leastDecay: known(0, "factor", source),
  units: [1],
  weightFactor: 1,
  fireAtOne: () => ({ threshold: 1, drive: 0, floor: null }),
  silent: 65535,
  signedSumLimit: known(65535, "potential", source),
  maxDelay: known(30, "steps", source),
  hop: 2,
  interval: 1,
};

const target = (name: string, cell: Cell, grid: Target["grid"]): Target => ({
  name,
  summary: "a target of the tests",
  modes: ["exact.spatial"],
  cell,
  grid,
  topology: () => ({ kind: "mesh", size: [8, 4], coresPerRouter: 4, chips: 1 }),
  coresPerChip: known(128, "cores", source),
  capacity: {},
  profiles: {},
});

/** Stateless cells of two kinds: strict comparison with even weights, inclusive comparison with saturating sums. */
export const testTargets: readonly Target[] = [
  target("strict", strict, { low: -256, high: 254, step: 2, exponents: [0, 13] }),
  target("inclusive", inclusive, { low: -65535, high: 65535, step: 1, exponents: [0, 0] }),
];
