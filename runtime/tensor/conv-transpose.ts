import {
  type NodeOf,
  type Numbers,
  perGraph,
  sizeOf,
  spreadOver,
  valuesOf,
} from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";
import { asIndex } from "../kernels/as-index.ts";
import { windowsOf } from "../kernels/windows.ts";

type ConvTranspose = NodeOf<Tensor, "convTranspose">;

/** The windows of the conv from the result to x, whose adjoint this is. */
const windowsOfAdjoint = perGraph(({ attrs, inputs: [x], type }: ConvTranspose) =>
  windowsOf(type.shape.slice(1), x.type.shape.slice(1), attrs.weight.shape.slice(2), attrs),
);

/** y[o, s p + d t - pad] += W[c, o, t] x[c, p] over channels, then places, then taps; y starts at the bias. */
export const convTranspose = (node: ConvTranspose, x: Numbers): Numbers => {
  const { weight, bias, groups } = node.attrs;
  const { shape } = node.type;
  const { places, taps, at } = windowsOfAdjoint(node);
  const w = valuesOf(weight);
  const [channels = 0, outs = 0] = weight.shape;
  const inner = asIndex(sizeOf(shape.slice(1)));
  const data = new Float64Array(sizeOf(shape));
  if (bias !== null) spreadOver(data, valuesOf(bias));
  for (let c = 0; c < channels; c++) {
    const group = Math.floor((c * groups) / channels);
    for (let o = 0; o < outs; o++) {
      const [row, put] = [(c * outs + o) * taps, (group * outs + o) * inner];
      for (let p = 0; p < places; p++) {
        const value = x.data[c * places + p] ?? 0;
        for (let t = 0; t < taps; t++) {
          const position = at[p * taps + t] ?? -1;
          if (position >= 0) data[put + position] = (data[put + position] ?? 0) + (w[row + t] ?? 0) * value;
        }
      }
    }
  }
  return { shape, data };
};
