import { last } from "../ir/core/index.ts";
import { valueOf as knownValue, type Target } from "../target/index.ts";

/** Greatest sum of one sign, in units of the integer weights, that a target's own cell adds in one step; null: no known limit. */
export const sumLimitOf = ({ cell }: Target): number | null => {
  const potential = cell === null ? null : knownValue(cell.signedSumLimit);
  if (cell === null || potential === null) return null;
  return Math.floor(potential / (cell.weightFactor * last(cell.units)));
};

/** The least limit of all targets; null when none has one. */
export const commonSumLimit = (targets: readonly Target[]): number | null =>
  targets
    .map(sumLimitOf)
    .reduce((least, limit) => (least === null || (limit !== null && limit < least) ? limit : least), null);
