import { item, type NodeOf, type Numbers, stridesOf } from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";

/** Axis k of the result is axis order[k] of x. */
export const transpose = (
  { attrs: { order }, type: { shape } }: NodeOf<Tensor, "transpose">,
  x: Numbers,
): Numbers => {
  const from = stridesOf(x.shape);
  const strides = order.map((axis) => item(from, axis));
  const data = new Float64Array(x.data.length);
  for (let i = 0; i < data.length; i++) {
    let rest = i;
    let at = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const extent = item(shape, axis);
      at += (rest % extent) * item(strides, axis);
      rest = Math.floor(rest / extent);
    }
    data[i] = x.data[at] ?? 0;
  }
  return { shape, data };
};
