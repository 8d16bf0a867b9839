import { type NodeOf, type Numbers, valuesOf } from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";

/** low + the number of thresholds of its channel that x reaches; thresholds rise. */
export const steps = (
  { attrs: { thresholds, low } }: NodeOf<Tensor, "steps">,
  { shape, data }: Numbers,
): Numbers => {
  const [rows = 1, count = 0] = thresholds.shape;
  const values = valuesOf(thresholds);
  const inner = data.length / rows;
  const level = (x: number, i: number): number => {
    const first = Math.floor(i / inner) * count;
    let [least, most] = [0, count];
    while (least < most) {
      const middle = (least + most) >> 1;
      if (x >= (values[first + middle] ?? 0)) least = middle + 1;
      else most = middle;
    }
    return low + least;
  };
  return { shape, data: data.map(level) };
};
