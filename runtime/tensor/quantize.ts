import { type NodeOf, type Numbers, type Shape, sizeOf } from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";
import { rounding } from "../kernels/rounding.ts";

interface Scales {
  readonly scale: readonly number[];
  readonly zero: readonly number[];
  readonly axis: number;
}

/** Scale and zero point of element i: one for all, or one per index of `axis`. */
const scalesAt = (
  { scale, zero, axis }: Scales,
  shape: Shape,
): ((i: number) => readonly [number, number]) => {
  const inner = sizeOf(shape.slice(axis + 1));
  const extent = shape[axis] ?? 1;
  const at = (list: readonly number[], c: number): number => list[list.length === 1 ? 0 : c] ?? 0;
  return (i) => {
    const c = Math.floor(i / inner) % extent;
    return [at(scale, c), at(zero, c)];
  };
};

/** clip(round(x / scale) + zero, low, high) */
export const quantize = ({ attrs }: NodeOf<Tensor, "quantize">, { shape, data }: Numbers): Numbers => {
  const round = rounding(attrs.round);
  const scales = scalesAt(attrs, shape);
  const level = (x: number, i: number): number => {
    const [scale, zero] = scales(i);
    return Math.min(attrs.high, Math.max(attrs.low, round(x / scale) + zero));
  };
  return { shape, data: data.map(level) };
};

/** (x - zero) scale */
export const dequantize = ({ attrs }: NodeOf<Tensor, "dequantize">, { shape, data }: Numbers): Numbers => {
  const scales = scalesAt(attrs, shape);
  const value = (x: number, i: number): number => {
    const [scale, zero] = scales(i);
    return (x - zero) * scale;
  };
  return { shape, data: data.map(value) };
};
