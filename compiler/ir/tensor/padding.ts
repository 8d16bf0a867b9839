import { unreachable } from "../../diagnostics/index.ts";
import type { NodeOf } from "../core/index.ts";
import type { Tensor } from "./ops.ts";

type Mode = NodeOf<Tensor, "pad">["attrs"]["mode"];

const beside = (mode: Mode, at: number, extent: number): number => {
  switch (mode) {
    case "constant":
      return -1;
    case "edge":
      return at < 0 ? 0 : extent - 1;
    case "reflect":
      return at < 0 ? -at : 2 * (extent - 1) - at;
    case "wrap":
      return ((at % extent) + extent) % extent;
    default:
      return unreachable(mode);
  }
};

/**
 * What every entry of a padded axis reads; -1 is the constant. Negative pads cut the axis before the others are put
 * around what is left.
 */
export const paddedPositions = (
  extent: number,
  [before, after]: readonly [number, number],
  mode: Mode,
): readonly number[] => {
  const first = Math.max(0, -before);
  const left = extent - first - Math.max(0, -after);
  return Array.from({ length: extent + before + after }, (_, i) => {
    const at = i - Math.max(0, before);
    const found = at >= 0 && at < left ? at : beside(mode, at, left);
    return found < 0 ? -1 : first + found;
  });
};
