import { item, type Shape } from "../../compiler/ir/core/index.ts";
import type { Sliding } from "../../compiler/ir/linear/index.ts";
import { asIndex } from "./as-index.ts";

/** Where the taps of a sliding window read. */
export interface Windows {
  readonly places: number;
  readonly taps: number;
  /** at[place * taps + tap]: flat input position inside a channel, or -1 in the padding. */
  readonly at: Int32Array;
}

const point: Windows = { places: 1, taps: 1, at: Int32Array.of(0) };

/** The windows of the axes so far, times those of one axis more. */
const withAxis = (
  so: Windows,
  extent: number,
  positions: Int32Array,
  places: number,
  taps: number,
): Windows => {
  const at = new Int32Array(so.at.length * positions.length);
  let put = 0;
  for (let p = 0; p < so.places * places; p++) {
    const [outer, inner] = [Math.floor(p / places) * so.taps, (p % places) * taps];
    for (let o = outer; o < outer + so.taps; o++) {
      const base = so.at[o] ?? -1;
      for (let t = inner; t < inner + taps; t++) {
        const position = positions[t] ?? -1;
        at[put++] = base < 0 || position < 0 ? -1 : base * extent + position;
      }
    }
  }
  return { places: so.places * places, taps: so.taps * taps, at };
};

/** Positions for spatial extents `from` and `to` (without the channel axis), axis by axis. */
export const windowsOf = (from: Shape, to: Shape, kernel: Shape, sliding: Sliding): Windows =>
  from.reduce((so, extent, axis) => {
    const [places, taps] = [asIndex(item(to, axis)), asIndex(item(kernel, axis))];
    const [stride, dilation] = [sliding.strides[axis] ?? 1, sliding.dilations[axis] ?? 1];
    const before = sliding.pads[axis]?.[0] ?? 0;
    const positions = new Int32Array(places * taps).map((_, i) => {
      const x = Math.floor(i / taps) * stride + (i % taps) * dilation - before;
      return x < 0 || x >= extent ? -1 : x;
    });
    return withAxis(so, extent, positions, places, taps);
  }, point);
