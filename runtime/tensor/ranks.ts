import { type NodeOf, type Numbers, sizeOf } from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";
import { splitBy } from "../kernels/index-map.ts";

/** Index of the greatest (or lowest) value on `axis`, the first one or the `last` one of equals. */
export const argmax = ({ attrs, type: { shape } }: NodeOf<Tensor, "argmax">, x: Numbers): Numbers => {
  const { inside, outside } = splitBy(x.shape, [attrs.axis]);
  const sign = attrs.lowest ? -1 : 1;
  const data = outside.map((first) => {
    let best = 0;
    let greatest = -Infinity;
    for (let i = 0; i < inside.length; i++) {
      const value = sign * (x.data[first + (inside[i] ?? 0)] ?? 0);
      if (value > greatest || (attrs.last && value === greatest)) {
        greatest = value;
        best = i;
      }
    }
    return best;
  });
  return { shape, data };
};

/** The k greatest (or lowest) values on `axis` in falling (or rising) order, or their indices; equals by rising index. */
export const topK = ({ attrs, type: { shape } }: NodeOf<Tensor, "topK">, x: Numbers): Numbers => {
  const { axis, k, lowest, emit } = attrs;
  const { inside, outside } = splitBy(x.shape, [axis]);
  const to = splitBy(shape, [axis]);
  const data = new Float64Array(sizeOf(shape));
  const sign = lowest ? 1 : -1;
  outside.forEach((first, o) => {
    const value = (i: number): number => x.data[first + (inside[i] ?? 0)] ?? 0;
    const order = Array.from(inside, (_, i) => i).sort((a, b) => sign * (value(a) - value(b)) || a - b);
    for (let i = 0; i < k; i++) {
      const index = order[i] ?? 0;
      data[(to.outside[o] ?? 0) + (to.inside[i] ?? 0)] = emit === "values" ? value(index) : index;
    }
  });
  return { shape, data };
};
