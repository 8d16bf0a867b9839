import {
  item,
  type Make,
  type NodeOf,
  type Rules,
  type Shape,
  type Site,
  sameShape,
  sizeOf,
  type Tensor,
  type TensorNode,
} from "../../ir/index.ts";

type Pads = readonly (readonly [number, number])[];

/** Zeros around the spatial axes of a value. */
const zerosAround = (node: TensorNode): { readonly x: TensorNode; readonly pads: Pads } | null => {
  if (node.op !== "pad" || node.attrs.mode !== "constant" || node.attrs.value !== 0) return null;
  const [channels, ...spatial] = node.attrs.pads;
  const outside = spatial.every(([before, after]) => before >= 0 && after >= 0);
  if (channels === undefined || channels[0] !== 0 || channels[1] !== 0 || !outside) return null;
  return { x: node.inputs[0], pads: spatial };
};

const sum = (a: Pads, b: Pads): Pads =>
  a.map(([before, after], axis) => {
    const [more, behind] = b[axis] ?? [0, 0];
    return [before + more, after + behind] as const;
  });

/** conv(pad(x)) pads by itself. */
const intoConv = (node: NodeOf<Tensor, "conv">, { make }: Site<Tensor>): TensorNode | null => {
  const found = zerosAround(node.inputs[0]);
  if (found === null) return null;
  return make("conv", [found.x], { ...node.attrs, pads: sum(found.pads, node.attrs.pads) });
};

/** The mean over a padded map counts the padding; a pool with padding of its own that does not count stays. */
const intoAverage = (node: NodeOf<Tensor, "averagePool">, { make }: Site<Tensor>): TensorNode | null => {
  const found = zerosAround(node.inputs[0]);
  const own = node.attrs.pads.some(([before, after]) => before > 0 || after > 0);
  if (found === null || (own && !node.attrs.countPads)) return null;
  const pool = make("averagePool", [found.x], {
    ...node.attrs,
    pads: sum(found.pads, node.attrs.pads),
    countPads: true,
  });
  // With `ceil` a window that begins in padding is dropped, and one that begins in zeros is not.
  return sameShape(pool.type.shape, node.type.shape) ? pool : null;
};

const isPlane = (kernel: Shape, space: Shape): boolean => kernel.every((k, axis) => k === space[axis]);

/** A window over the whole plane has one place, whatever its strides are. */
const plainPlane = (node: NodeOf<Tensor, "averagePool">, make: Make<Tensor>): TensorNode | null => {
  const { kernel, strides, dilations, pads, ceil, countPads } = node.attrs;
  const whole = isPlane(kernel, node.inputs[0].type.shape.slice(1));
  const padded = pads.some(([before, after]) => before > 0 || after > 0);
  const plain = strides.length + dilations.length + pads.length === 0 && !ceil && !countPads;
  if (!whole || padded || plain || sizeOf(node.type.shape.slice(1)) !== 1) return null;
  return make("averagePool", node.inputs, { kernel });
};

/** The mean over spatial axes is an average pool over them. */
const meanAsPool = (node: NodeOf<Tensor, "reduce">, { make }: Site<Tensor>): TensorNode | null => {
  const { fn, axes } = node.attrs;
  const [x] = node.inputs;
  const { shape } = x.type;
  if (fn !== "mean" || x.type.dtype !== "f32" || shape.length < 2 || axes.length === 0 || axes.includes(0))
    return null;
  // A pool has a window of at least one place.
  if (sizeOf(shape) === 0) return null;
  const kernel = shape.slice(1).map((extent, i) => (axes.includes(i + 1) ? extent : 1));
  const pool = make("averagePool", [x], { kernel });
  return make("reshape", [pool], { shape: node.type.shape });
};

/** reduce(transpose(x)) reads x on the axes that the permutation takes from. */
const throughTranspose = (node: NodeOf<Tensor, "reduce">, { make }: Site<Tensor>): TensorNode | null => {
  const [before] = node.inputs;
  if (before.op !== "transpose") return null;
  const { order } = before.attrs;
  const { fn, axes } = node.attrs;
  const inner = axes.map((axis) => item(order, axis));
  const summed = make("reduce", before.inputs, { fn, axes: [...inner].sort((a, b) => a - b), keep: true });
  const turned = make("transpose", [summed], { order });
  return make("reshape", [turned], { shape: node.type.shape });
};

/** Zeros that a layer or pool reads belong to it; means over planes are pools. */
export const padRules: Rules<Tensor> = {
  conv: intoConv,
  averagePool: (node, site) => intoAverage(node, site) ?? plainPlane(node, site.make),
  reduce: (node, site) => throughTranspose(node, site) ?? meanAsPool(node, site),
};
