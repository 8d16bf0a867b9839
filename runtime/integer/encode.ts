import type { Numbers } from "../../compiler/ir/core/index.ts";
import { type Rounding, rounding } from "../kernels/rounding.ts";

/** How an input node, or an input population, makes levels. */
interface Encoder {
  readonly scale: readonly number[];
  readonly low: number;
  readonly high: number;
  readonly round: Rounding;
}

/** Levels of real numbers at an input: clip(round(x / scale), low, high), one scale or one per channel. */
export const encodeInput = (
  { attrs: { scale, low, high, round } }: { readonly attrs: Encoder },
  { shape, data }: Numbers,
): Numbers => {
  const nearest = rounding(round);
  const repeat = data.length / scale.length;
  // Adding 0 makes a zero of either sign +0, so that levels compare by bits.
  const level = (x: number, i: number): number =>
    Math.min(high, Math.max(low, nearest(x / (scale[Math.floor(i / repeat)] ?? 1)))) + 0;
  return { shape, data: data.map(level) };
};
