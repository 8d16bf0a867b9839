import { type Shape, sizeOf } from "../../compiler/ir/core/index.ts";
import { type Sliding, slide } from "../../compiler/ir/linear/index.ts";

/** Where the taps of a sliding window read. */
export interface Windows {
  readonly places: number;
  readonly taps: number;
  /** at[place * taps + tap]: flat input position inside a channel, or -1 in the padding. */
  readonly at: Int32Array;
}

/** Positions for spatial extents `from` and `to` (without the channel axis). */
export const windowsOf = (from: Shape, to: Shape, kernel: Shape, sliding: Sliding): Windows => {
  const places = sizeOf(to);
  const taps = sizeOf(kernel);
  const at = new Int32Array(places * taps).fill(-1);
  slide(from, to, kernel, sliding, (outer, tap, inner) => {
    at[outer * taps + tap] = inner;
  });
  return { places, taps, at };
};
