import { type NodeOf, type Numbers, spreadOver, valuesOf } from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";
import { scalarFunction } from "./scalar.ts";

export const unary = ({ attrs: { fn } }: NodeOf<Tensor, "unary">, { shape, data }: Numbers): Numbers => {
  const f = scalarFunction(fn);
  const out = new Float64Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = f(data[i] ?? 0);
  return { shape, data: out };
};

/** scale x + shift; each of them has one entry, one per channel of axis 0, or one per element. */
export const affine = (
  { attrs: { scale, shift } }: NodeOf<Tensor, "affine">,
  { shape, data }: Numbers,
): Numbers => {
  const factors = new Float64Array(data.length);
  const out = new Float64Array(data.length);
  spreadOver(factors, valuesOf(scale));
  if (shift !== null) spreadOver(out, valuesOf(shift));
  for (let i = 0; i < out.length; i++) out[i] = (factors[i] ?? 0) * (data[i] ?? 0) + (out[i] ?? 0);
  return { shape, data: out };
};

/** scale (x - mean) / sqrt(variance + epsilon) + shift, per channel of axis 0 */
export const batchNorm = ({ attrs }: NodeOf<Tensor, "batchNorm">, { shape, data }: Numbers): Numbers => {
  const [scale, shift] = [valuesOf(attrs.scale), valuesOf(attrs.shift)];
  const [mean, variance] = [valuesOf(attrs.mean), valuesOf(attrs.variance)];
  const inner = data.length / scale.length;
  const out = new Float64Array(data.length);
  for (let c = 0; c < scale.length; c++) {
    const factor = (scale[c] ?? 0) / Math.sqrt((variance[c] ?? 0) + attrs.epsilon);
    const [centre, term] = [mean[c] ?? 0, shift[c] ?? 0];
    for (let i = c * inner; i < (c + 1) * inner; i++) out[i] = factor * ((data[i] ?? 0) - centre) + term;
  }
  return { shape, data: out };
};

/** x >= 0 ? x : slope x; one slope, one per channel of axis 0, or one per element. */
export const prelu = ({ attrs: { slope } }: NodeOf<Tensor, "prelu">, { shape, data }: Numbers): Numbers => {
  const slopes = new Float64Array(data.length);
  spreadOver(slopes, valuesOf(slope));
  return { shape, data: data.map((x, i) => (x < 0 ? (slopes[i] ?? 0) * x : x)) };
};
