import { type NodeOf, type Numbers, perGraph, sizeOf, valuesOf } from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";
import { spreadOver } from "../kernels/spread.ts";
import { type Windows, windowsOf } from "../kernels/windows.ts";
import { addProducts, type Rows } from "./dense.ts";

type Conv = NodeOf<Tensor, "conv">;

const windowsOfConv = perGraph(({ attrs, inputs: [x], type }: Conv) =>
  windowsOf(x.type.shape.slice(1), type.shape.slice(1), attrs.weight.shape.slice(2), attrs),
);

/** Copies what one window of `channels` channels reads, padding as 0, into `patch`. */
const gather = (
  { taps, at }: Windows,
  place: number,
  x: Float64Array,
  first: number,
  inner: number,
  patch: Float64Array,
): void => {
  let put = 0;
  for (let start = first; put < patch.length; start += inner) {
    for (let t = 0; t < taps; t++) {
      const position = at[place * taps + t] ?? -1;
      patch[put++] = position < 0 ? 0 : (x[start + position] ?? 0);
    }
  }
};

/** y[o, p] = sum_{i, t} W[o, i, t] x[g(o) + i, s p + d t - pad] + b[o]: a matrix product on each patch. */
export const conv = (node: Conv, x: Numbers): Numbers => {
  const { weight, bias, groups } = node.attrs;
  const { shape } = node.type;
  const windows = windowsOfConv(node);
  const { places, taps } = windows;
  const [channels = 0, inPerGroup = 0] = weight.shape;
  const rows = channels / groups;
  const columns = inPerGroup * taps;
  const inner = sizeOf(x.shape.slice(1));
  const data = new Float64Array(channels * places);
  if (bias !== null) spreadOver(data, valuesOf(bias));
  const patch = new Float64Array(columns);
  for (let g = 0; g < groups; g++) {
    const matrix: Rows = { values: valuesOf(weight), first: g * rows * columns, rows, columns };
    for (let p = 0; p < places; p++) {
      gather(windows, p, x.data, g * inPerGroup * inner, inner, patch);
      addProducts(matrix, patch, 0, data, g * rows * places + p, places);
    }
  }
  return { shape, data };
};
