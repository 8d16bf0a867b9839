import { type NodeOf, type Numbers, sizeOf, spreadOver, valuesOf } from "../../compiler/ir/core/index.ts";
import type { Integer } from "../../compiler/ir/integer/index.ts";
import { accumulate } from "../../compiler/ir/linear/index.ts";

/** S = A x + b; the bias has one entry, one per channel of axis 0, or one per element. */
export const linear = (
  { attrs: { map, bias }, type: { shape } }: NodeOf<Integer, "linear">,
  x: Numbers,
): Numbers => {
  const data = new Float64Array(sizeOf(shape));
  if (bias !== null) spreadOver(data, valuesOf(bias));
  accumulate(map, x.data, data);
  return { shape, data };
};
