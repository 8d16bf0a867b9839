import { combine, type Rational, rational, showRational, whole } from "../rational.ts";

/** What a number with a unit measures. Values are kept in the base unit: s, J, W, Hz, bytes, 1. */
export const dimensions = [
  ...(["share", "time", "energy", "power", "frequency", "memory", "voltage", "bits", "levels"] as const),
] as const;

export type Dimension = (typeof dimensions)[number];

interface Measure {
  readonly says: string;
  /** Value of one unit in the base unit; the first one is proposed when a unit is missing. */
  readonly units: Readonly<Record<string, Rational>>;
}

const milli = rational(1n, 1000n);
const micro = rational(1n, 1_000_000n);
const nano = rational(1n, 1_000_000_000n);
const pico = rational(1n, 1_000_000_000_000n);

const measures: Readonly<Record<Dimension, Measure>> = {
  share: { says: "a share", units: { "%": rational(1n, 100n) } },
  time: { says: "a time", units: { ms: milli, us: micro, s: whole(1) } },
  energy: { says: "an energy", units: { uJ: micro, pJ: pico, nJ: nano, mJ: milli, J: whole(1) } },
  power: { says: "a power", units: { mW: milli, uW: micro, W: whole(1) } },
  frequency: { says: "a frequency", units: { Hz: whole(1), kHz: whole(1000), MHz: whole(1_000_000) } },
  memory: {
    says: "a memory size",
    units: { KiB: whole(1024), B: whole(1), MiB: whole(1024 * 1024), GiB: whole(1024 * 1024 * 1024) },
  },
  voltage: { says: "a voltage", units: { mV: milli, uV: micro, V: whole(1) } },
  bits: { says: "a number of bits", units: { bits: whole(1), bit: whole(1) } },
  levels: { says: "a number of levels", units: { levels: whole(1), level: whole(1) } },
};

/** What may be counted, besides bits and levels. */
const counts = ["steps", "samples", "shots", "trials"].flatMap((word) => [word, word.slice(0, -1)]);

/** Every word that may stand behind a number. */
export const knownUnits: readonly string[] = [
  ...dimensions.flatMap((dimension) => Object.keys(measures[dimension].units)),
  ...counts,
];

export const saysOf = (dimension: Dimension): string => measures[dimension].says;

export const unitsOf = (dimension: Dimension): readonly string[] => Object.keys(measures[dimension].units);

/** The value in the base unit; null when the unit measures something else. */
export const inBase = (dimension: Dimension, value: Rational, unit: string): Rational | null => {
  const { units } = measures[dimension];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  return factor === undefined ? null : combine("*", value, factor);
};

/** How a number without a unit was most likely meant; a share below 1 becomes its percentage. */
export const exampleOf = (dimension: Dimension, value: Rational, shown: string): string => {
  if (dimension !== "share") return `${shown} ${unitsOf(dimension)[0]}`;
  const small = value.n <= value.d;
  const percent = small ? combine("*", value, whole(100)) : value;
  return `${percent === null ? shown : showRational(percent)}%`;
};
