import { atNode, type Diagnostic, nowhere, Rejected } from "../diagnostics/index.ts";
import { schema, type Values } from "../ir/core/index.ts";
import { quantizeDiagnostics } from "./diagnostics.ts";
import { nameOf } from "./readers.ts";
import type { ChannelStatistics } from "./statistics.ts";

const { bool, float, int, list, nullable, or, text } = schema;

/** What stages take that a quantization is not for. */
export const usualChoice = { levels: 15, weightBits: 8 } as const;

/** Options of quantization. */
export const quantizeOptions = {
  /** Stages that `levels` and `weightBits` are for, by name; the others take the defaults. Null: all. */
  only: nullable(list(text)),
  except: or(list(text), []),
  /** Levels above zero of an activation. */
  levels: or(int, usualChoice.levels),
  weightBits: or(int, usualChoice.weightBits),
  inputBits: or(int, 8),
  /** Calibration samples to look at. */
  samples: or(int, 512),
  /** Real value of one input level; none: from the data, or 1 / 255 without data. */
  inputScale: nullable(float),
  /** Greatest sum of one sign in one step, in units of the integer weights; none: what all targets can add. */
  sumLimit: nullable(int),
  /** Correct biases by the means of the float network. */
  biasCorrection: or(bool, true),
};

export type QuantizeOptions = Values<typeof quantizeOptions>;

const limits = [
  ["levels", 1, 255],
  ["weightBits", 2, 8],
  ["inputBits", 2, 8],
  ["samples", 1, 1_000_000],
] as const;

/** Throws Rejected with every option that is out of range. */
export const checkOptions = (options: QuantizeOptions): void => {
  const faults = limits.flatMap(([name, low, high]): Diagnostic[] => {
    const value = options[name];
    if (value >= low && value <= high) return [];
    return [quantizeDiagnostics.report("option", nowhere, { name, value, low, high })];
  });
  const { sumLimit, inputScale } = options;
  const top = Number.MAX_SAFE_INTEGER;
  if (sumLimit !== null && sumLimit < 1)
    faults.push(
      quantizeDiagnostics.report("option", nowhere, { name: "sumLimit", value: sumLimit, low: 1, high: top }),
    );
  if (inputScale !== null && !(inputScale > 0))
    faults.push(quantizeDiagnostics.report("input-scale", nowhere, { value: inputScale }));
  if (faults.length > 0) throw new Rejected(faults);
};

/** Throws Rejected with every value that overflowed or is no number. */
export const checkFinite = (statistics: readonly ChannelStatistics[], samples: number): void => {
  const faults = statistics.flatMap(({ point, greatest }) => {
    const value = greatest.find((g) => !Number.isFinite(g));
    return value === undefined
      ? []
      : [quantizeDiagnostics.report("not-finite", atNode(nameOf(point.node)), { samples, value })];
  });
  if (faults.length > 0) throw new Rejected(faults);
};
