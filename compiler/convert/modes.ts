import { type LevelFunction, type Schedule, type SpikeCode, successive, thermometer } from "../ir/index.ts";
import type { ModeName } from "../target/index.ts";

/** How sums become levels and levels become spikes: stated in data, never implied. */
export interface Semantics {
  readonly comparator: string;
  readonly reset: string;
  readonly rounding: string;
}

/**
 * One way to write integer levels as spikes. The theorems: A, tracking neurons reach f(S) whatever the order of
 * delivery; B, a barrier after each phase makes a complete code exact.
 */
export interface ConversionMode {
  readonly name: ModeName;
  readonly theorem: "A" | "B";
  readonly summary: string;
  readonly schedule: Exclude<Schedule["kind"], "clock">;
  /** The code of a population whose levels reach `high` in absolute value. */
  readonly code: (high: number) => SpikeCode;
  /** Levels may begin below or above zero. */
  readonly signed: boolean;
  /** Level functions with a table of values of their own. */
  readonly freeValues: boolean;
  /** Greatest level that a code is built for: its length or the check of its completeness grows with it. */
  readonly limit: number;
  readonly semantics: Semantics;
}

type Across = "time" | "lanes";

const digits = (gains: readonly number[], across: Across): SpikeCode => ({
  kind: "phased",
  gains,
  limit: 1,
  across,
});

const rounding = "floor((S + floor(theta / 2)) / theta)";

const subtracting: Semantics = {
  comparator: ">=",
  reset: "subtract digit after comparison: the next threshold is J of (sent + gain)",
  rounding,
};

const spatial = (high: number): readonly number[] => (high <= 3 ? thermometer(high) : successive(high));

const manyLevels = 1 << 20;
/** Codes with one step a level. */
const fewLevels = 4096;

const phased = { theorem: "B", schedule: "phases", signed: false, freeValues: false } as const;

/** The exact modes. A new phased code is one more entry; engine, bounds and obligations read it as data. */
export const conversionModes: readonly ConversionMode[] = [
  {
    ...phased,
    name: "exact.graded",
    summary: "one message with the level as payload",
    code: (high) => ({ kind: "phased", gains: [1], limit: Math.max(1, high), across: "time" }),
    signed: true,
    freeValues: true,
    limit: manyLevels,
    semantics: { comparator: ">=", reset: "none: one message a sample", rounding },
  },
  {
    ...phased,
    name: "exact.spatial",
    summary: "binary spikes on parallel lanes, one lane a digit",
    code: (high) => digits(spatial(high), "lanes"),
    limit: manyLevels,
    semantics: subtracting,
  },
  {
    ...phased,
    name: "exact.radix",
    summary: "binary spikes in time, the greatest digit first",
    code: (high) => digits(successive(high), "time"),
    limit: manyLevels,
    semantics: subtracting,
  },
  {
    ...phased,
    name: "exact.ttfs",
    summary: "one spike whose time is the level, the greatest first",
    code: (high) =>
      digits(
        Array.from({ length: high }, (_, t) => high - t),
        "time",
      ),
    limit: fewLevels,
    semantics: subtracting,
  },
  {
    ...phased,
    name: "exact.rate",
    summary: "as many spikes as the level, after all input has arrived",
    code: (high) => digits(thermometer(high), "time"),
    limit: fewLevels,
    semantics: subtracting,
  },
  {
    name: "exact.track",
    theorem: "A",
    summary: "signed unit spikes that follow the level while input arrives",
    schedule: "stream",
    code: () => ({ kind: "tracking", slew: 1 }),
    signed: true,
    freeValues: false,
    limit: manyLevels,
    semantics: {
      comparator: ">=",
      reset: "add what was sent to the tracer k after comparison of f(S) with k",
      rounding,
    },
  },
];

export const conversionMode = (name: ModeName): ConversionMode | undefined =>
  conversionModes.find((mode) => mode.name === name);

export const isStaircase = (fn: LevelFunction): boolean => fn.kind === "uniform" || fn.values === null;
