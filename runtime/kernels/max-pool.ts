import { type Numbers, type Shape, sizeOf } from "../../compiler/ir/core/index.ts";
import { asIndex } from "./as-index.ts";
import type { Windows } from "./windows.ts";

/** Greatest value of every window, channel by channel; the padding is below every value. */
export const maxOfWindows = (x: Numbers, to: Shape, { places, taps, at }: Windows): Numbers => {
  const data = new Float64Array(sizeOf(to));
  const channels = asIndex(x.shape[0] ?? 1);
  const inner = asIndex(x.data.length / channels);
  for (let c = 0; c < channels; c++) {
    for (let p = 0; p < places; p++) {
      let greatest = -Infinity;
      for (let t = 0; t < taps; t++) {
        const position = at[p * taps + t] ?? -1;
        if (position >= 0) greatest = Math.max(greatest, x.data[c * inner + position] ?? 0);
      }
      data[c * places + p] = greatest;
    }
  }
  return { shape: to, data };
};
