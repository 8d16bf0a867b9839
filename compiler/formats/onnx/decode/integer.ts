import type { Int64 } from "./wire.ts";

const greatest = Number.MAX_SAFE_INTEGER;

/**
 * The number, or NaN when a double cannot hold it exactly. The extremes of int64 stand for "to the end" in
 * exported models (Slice, Clip), so INT64_MAX, INT64_MIN and INT64_MIN + 1 become +-(2^53 - 1).
 */
export const fromInt64 = ({ high, low }: Int64): number => {
  const value = high * 2 ** 32 + low;
  if (Number.isSafeInteger(value)) return value;
  if (high === 0x7fffffff && low === 0xffffffff) return greatest;
  return high === -0x80000000 && low <= 1 ? -greatest : Number.NaN;
};

/** The number, or NaN when a double cannot hold it exactly; UINT64_MAX becomes 2^53 - 1. */
export const fromUint64 = ({ high, low }: Int64): number => {
  const value = (high >>> 0) * 2 ** 32 + low;
  if (Number.isSafeInteger(value)) return value;
  return high === -1 && low === 0xffffffff ? greatest : Number.NaN;
};

/** The number as far as a double can say it, for messages. */
export const approximately = ({ high, low }: Int64): number => high * 2 ** 32 + low;
