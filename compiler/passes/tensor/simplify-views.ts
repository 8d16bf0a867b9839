import {
  floats,
  integers,
  item,
  weight as makeWeight,
  type Node,
  type NodeOf,
  type Rules,
  type Shape,
  type Site,
  sameShape,
  sizeOf,
  type Tensor,
  type Weight,
} from "../../ir/index.ts";

type Deconv = NodeOf<Tensor, "convTranspose">;

/** Taps turned around and channels exchanged: [C, O / g, k...] to [O, C / g, k...]. A grid along O follows. */
const turnedWeight = (w: Weight, groups: number): Weight => {
  const [channels, perGroup] = [item(w.shape, 0), item(w.shape, 1)];
  const taps = sizeOf(w.shape.slice(2));
  const inGroup = channels / groups;
  const stored = w.stored();
  const data = new Float64Array(stored.length);
  for (let c = 0; c < channels; c++) {
    const group = Math.floor(c / inGroup);
    for (let o = 0; o < perGroup; o++) {
      const row = ((group * perGroup + o) * inGroup + (c % inGroup)) * taps;
      for (let t = 0; t < taps; t++) data[row + taps - 1 - t] = stored[(c * perGroup + o) * taps + t] ?? 0;
    }
  }
  const repeat = (list: readonly number[]): readonly number[] =>
    list.length === 1 ? list : Array.from({ length: groups }, () => list).flat();
  const grid = w.grid === null ? null : { scale: repeat(w.grid.scale), zero: repeat(w.grid.zero), axis: 0 };
  const shape = [perGroup * groups, inGroup, ...w.shape.slice(2)];
  return makeWeight({ name: w.name, shape, dtype: w.dtype, grid, data });
};

const isTurnable = ({ grid }: Weight): boolean =>
  grid === null || grid.axis === 1 || (grid.scale.length === 1 && grid.zero.length === 1);

/** Zeros between the elements of an axis. */
const spreadOut = (x: Node<Tensor>, axis: number, stride: number, site: Site<Tensor>): Node<Tensor> => {
  const extent = item(x.type.shape, axis);
  if (stride === 1 || extent === 1) return x;
  const places = (extent - 1) * stride + 1;
  const index = Float64Array.from({ length: places }, (_, i) => (i % stride === 0 ? i / stride : -1));
  return site.make("resample", [x], {
    axis,
    index: integers("places", [places, 1], index),
    taps: floats("taps", [places, 1], new Float64Array(places).fill(1)),
  });
};

/**
 * A transposed convolution is a convolution over its input with zeros between the elements, taps turned around.
 * Padding p of it is padding dilation (kernel - 1) - p here; what would be negative is cut off.
 */
const asConvolution = (node: Deconv, site: Site<Tensor>): Node<Tensor> | null => {
  const { weight, bias, strides, dilations, pads, outputPads, groups } = node.attrs;
  if (!isTurnable(weight)) return null;
  const rank = node.type.shape.length - 1;
  const spatial = Array.from({ length: rank }, (_, axis) => axis);
  const spread = spatial.reduce<Node<Tensor>>(
    (x, axis) => spreadOut(x, axis + 1, strides[axis] ?? 1, site),
    node.inputs[0],
  );
  const wanted = spatial.map((axis) => {
    const reach = (dilations[axis] ?? 1) * (item(weight.shape, axis + 2) - 1);
    const [before, after] = pads[axis] ?? [0, 0];
    return [reach - before, reach - after + (outputPads[axis] ?? 0)] as const;
  });
  const cut = wanted.some(([before, after]) => before < 0 || after < 0)
    ? site.make("pad", [spread], {
        pads: [[0, 0], ...wanted.map(([b, a]) => [Math.min(0, b), Math.min(0, a)] as const)],
      })
    : spread;
  return site.make("conv", [cut], {
    weight: turnedWeight(weight, groups),
    bias,
    dilations,
    groups,
    pads: wanted.map(([before, after]) => [Math.max(0, before), Math.max(0, after)] as const),
  });
};

const zero = (n: number): boolean => n === 0;

const inOrder = (shape: Shape, starts: readonly number[], sizes: Shape): boolean =>
  sameShape(shape, sizes) && starts.every(zero);

/** Views that change nothing, a slice of a slice, and transposed convolutions as convolutions. */
export const viewRules: Rules<Tensor> = {
  convTranspose: asConvolution,
  slice: (node, { make }) => {
    const [x] = node.inputs;
    const { starts, sizes, steps } = node.attrs;
    if (inOrder(x.type.shape, starts, sizes)) return x;
    if (x.op !== "slice") return null;
    const inner = x.attrs;
    return make("slice", x.inputs, {
      starts: starts.map((s, axis) => item(inner.starts, axis) + s * (inner.steps[axis] ?? 1)),
      sizes,
      steps: sizes.map((_, axis) => (inner.steps[axis] ?? 1) * (steps[axis] ?? 1)),
    });
  },
  expand: ({ inputs: [x], attrs: { shape } }) => (sameShape(x.type.shape, shape) ? x : null),
  pad: ({ inputs: [x], attrs: { pads } }) => (pads.every((p) => p.every(zero)) ? x : null),
  cast: ({ inputs: [x], attrs: { to } }) =>
    (to === "f32" && x.type.dtype === "f32") || (to === "i64" && x.type.dtype === "i64") ? x : null,
};
