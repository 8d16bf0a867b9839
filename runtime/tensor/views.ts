import { unreachable } from "../../compiler/diagnostics/index.ts";
import {
  item,
  type NodeOf,
  type Numbers,
  sizeOf,
  stridesOf,
  valuesOf,
} from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";
import { offsetsAlong, viewed } from "../kernels/index-map.ts";

/** y[i] = x[start + i step] on every axis. */
export const slice = ({ attrs }: NodeOf<Tensor, "slice">, x: Numbers): Numbers => {
  const strides = stridesOf(x.shape);
  const offsets = attrs.sizes.map((size, axis) =>
    offsetsAlong(size, item(strides, axis), (i) => item(attrs.starts, axis) + i * (attrs.steps[axis] ?? 1)),
  );
  return viewed(x.data, attrs.sizes, offsets);
};

/** Axes of extent 1 repeat; axes that x lacks come in front. */
export const expand = ({ attrs: { shape } }: NodeOf<Tensor, "expand">, x: Numbers): Numbers => {
  const strides = stridesOf(x.shape);
  const added = shape.length - x.shape.length;
  const offsets = shape.map((extent, axis) =>
    offsetsAlong(extent, strides[axis - added] ?? 0, (i) => (x.shape[axis - added] === extent ? i : 0)),
  );
  return viewed(x.data, shape, offsets);
};

type Pad = NodeOf<Tensor, "pad">;

/** Where a position beside the map reads; -1 takes the constant. */
const padded = (mode: Pad["attrs"]["mode"], at: number, extent: number): number => {
  if (at >= 0 && at < extent) return at;
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

/** Negative pads cut the map before the others are put around what is left. */
export const pad = ({ attrs: { pads, mode, value }, type }: Pad, x: Numbers): Numbers => {
  const strides = stridesOf(x.shape);
  const offsets = type.shape.map((extent, axis) => {
    const [before, after] = item(pads, axis);
    const first = Math.max(0, -before);
    const left = item(x.shape, axis) - first - Math.max(0, -after);
    return offsetsAlong(extent, item(strides, axis), (i) => {
      const at = padded(mode, i - Math.max(0, before), left);
      return at < 0 ? -1 : first + at;
    });
  });
  return viewed(x.data, type.shape, offsets, value);
};

/** Axis k of the result is axis order[k] of x. */
export const transpose = (
  { attrs: { order }, type: { shape } }: NodeOf<Tensor, "transpose">,
  x: Numbers,
): Numbers => {
  const strides = stridesOf(x.shape);
  const offsets = order.map((axis, to) => offsetsAlong(item(shape, to), item(strides, axis), (i) => i));
  return viewed(x.data, shape, offsets);
};

/** y[.., o, ..] = sum_k taps[o, k] x[.., index[o, k], ..] in the order of k; index -1 reads 0. */
export const resample = ({ attrs, type: { shape } }: NodeOf<Tensor, "resample">, x: Numbers): Numbers => {
  const { axis } = attrs;
  const [outs = 0, reads = 0] = attrs.index.shape;
  const [index, taps] = [valuesOf(attrs.index), valuesOf(attrs.taps)];
  const data = new Float64Array(sizeOf(shape));
  const inner = sizeOf(shape.slice(axis + 1));
  const blocks = sizeOf(shape.slice(0, axis));
  const extent = item(x.shape, axis);
  for (let row = 0; row < blocks * outs; row++) {
    const [block, o] = [Math.floor(row / outs), row % outs];
    for (let k = 0; k < reads; k++) {
      const at = index[o * reads + k] ?? -1;
      const tap = taps[o * reads + k] ?? 0;
      if (at < 0) continue;
      const from = (block * extent + at) * inner;
      for (let i = 0; i < inner; i++)
        data[row * inner + i] = (data[row * inner + i] ?? 0) + tap * (x.data[from + i] ?? 0);
    }
  }
  return { shape, data };
};
