import { item, type Shape, sameShape, sizeOf, stridesOf, type Weight } from "../core/index.ts";
import type { LinearMap, Sliding } from "./linear-map.ts";
import { slideShape } from "./window.ts";

/** Named fields only: what else an object of options holds is no part of a map. */
export const slidingOf = ({ strides = [], dilations = [], pads = [] }: Partial<Sliding>): Sliding => ({
  strides,
  dilations,
  pads,
});

export const dense = (weight: Weight): LinearMap => ({
  kind: "dense",
  from: [item(weight.shape, 1)],
  to: [item(weight.shape, 0)],
  weight,
});

export const conv = (
  from: Shape,
  weight: Weight,
  options: Partial<Sliding> & { readonly groups?: number } = {},
): LinearMap => {
  const { groups = 1 } = options;
  const s = slidingOf(options);
  const to = [item(weight.shape, 0), ...slideShape(from.slice(1), weight.shape.slice(2), s)];
  return { kind: "conv", from, to, weight, groups, ...s };
};

export const windows = (
  from: Shape,
  kernel: Shape,
  options: Partial<Sliding> = {},
  ceil = false,
): LinearMap => {
  const s = slidingOf(options);
  return {
    kind: "windows",
    from,
    to: [item(from, 0), ...slideShape(from.slice(1), kernel, s, ceil)],
    kernel,
    ...s,
  };
};

/** Each channel (or each element) times its weight. */
export const diagonal = (shape: Shape, weight: Weight): LinearMap => ({
  kind: "diagonal",
  from: shape,
  to: shape,
  weight,
});

/** The same elements in the same order, in another shape. */
export const reshaped = (from: Shape, to: Shape): LinearMap => ({
  kind: "view",
  from,
  to,
  start: 0,
  strides: stridesOf(to),
});

/** Axis k of the result is axis order[k] of the source. */
export const transposed = (from: Shape, order: readonly number[]): LinearMap => {
  const strides = stridesOf(from);
  return {
    kind: "view",
    from,
    to: order.map((axis) => item(from, axis)),
    start: 0,
    strides: order.map((axis) => item(strides, axis)),
  };
};

/** Reads the part of `from` that begins at `starts`. */
export const sliced = (from: Shape, starts: readonly number[], sizes: Shape): LinearMap => {
  const strides = stridesOf(from);
  const start = starts.reduce((sum, s, axis) => sum + s * item(strides, axis), 0);
  return { kind: "view", from, to: sizes, start, strides };
};

export const adjoint = (of: LinearMap): LinearMap =>
  of.kind === "adjoint" ? of.of : { kind: "adjoint", from: of.to, to: of.from, of };

/** Puts a value at `starts` inside a larger shape of zeros. */
export const embedded = (sizes: Shape, starts: readonly number[], to: Shape): LinearMap =>
  adjoint(sliced(to, starts, sizes));

/** True when a map changes neither values nor order (the shape may differ). */
export const isIdentity = (map: LinearMap): boolean =>
  map.kind === "view" &&
  map.start === 0 &&
  sizeOf(map.from) === sizeOf(map.to) &&
  isRowMajor(map.to, map.strides);

const isRowMajor = (shape: Shape, strides: readonly number[]): boolean => {
  const wanted = stridesOf(shape);
  return shape.every((extent, axis) => extent === 1 || strides[axis] === wanted[axis]);
};

const partsOf = (map: LinearMap): readonly LinearMap[] => (map.kind === "chain" ? map.maps : [map]);

/** `second` after `first`; reshapes that change nothing are dropped where the ends still meet. */
export const compose = (first: LinearMap, second: LinearMap): LinearMap => {
  const parts = [...partsOf(first), ...partsOf(second)];
  const kept = parts.filter((part) => !(isIdentity(part) && sameShape(part.from, part.to)));
  const [only] = kept;
  if (only === undefined) return first;
  if (kept.length === 1) return only;
  return { kind: "chain", from: only.from, to: item(kept, kept.length - 1).to, maps: kept };
};
