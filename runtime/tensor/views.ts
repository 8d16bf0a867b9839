import {
  item,
  type NodeOf,
  type Numbers,
  sizeOf,
  stridesOf,
  valuesOf,
} from "../../compiler/ir/core/index.ts";
import { paddedPositions, type Tensor } from "../../compiler/ir/tensor/index.ts";
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

/** Negative pads cut the map before the others are put around what is left. */
export const pad = (
  { attrs: { pads, mode, value }, type: { shape } }: NodeOf<Tensor, "pad">,
  x: Numbers,
): Numbers => {
  const strides = stridesOf(x.shape);
  const offsets = shape.map((extent, axis) => {
    const positions = paddedPositions(item(x.shape, axis), item(pads, axis), mode);
    return offsetsAlong(extent, item(strides, axis), (i) => item(positions, i));
  });
  return viewed(x.data, shape, offsets, value);
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
