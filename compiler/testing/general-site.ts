import {
  floats,
  item,
  type Make,
  type Shape,
  sizeOf,
  type Tensor,
  type TensorNode,
  type Weight,
} from "../ir/index.ts";

/** What a step over general ops is drawn from; both random generators of tensor graphs have one. */
export interface GeneralSite {
  readonly make: Make<Tensor>;
  /** A whole number from 0 to bound - 1. */
  readonly pick: (bound: number) => number;
  readonly weight: (role: string, shape: Shape) => Weight;
}

/** A node from a value and another value that may have any shape. */
export type GeneralStep = (site: GeneralSite, x: TensorNode, y: TensorNode) => TensorNode;

export const oneOf = <const T>({ pick }: GeneralSite, list: readonly T[]): T => item(list, pick(list.length));

export const axisOf = ({ pick }: GeneralSite, x: TensorNode): number => pick(x.type.shape.length);

/** Truths and integers as floats, which every other step reads. */
export const asReal = ({ make }: GeneralSite, x: TensorNode): TensorNode =>
  x.type.dtype === "f32" ? x : make("cast", [x], { to: "f32" });

export const inBetween = ({ make }: GeneralSite, x: TensorNode, low: number, high: number): TensorNode =>
  make("unary", [x], { fn: { kind: "clip", low, high } });

export const reshapedTo = ({ make }: GeneralSite, x: TensorNode, shape: Shape): TensorNode =>
  make("reshape", [x], { shape });

/** x with the extents of its last axes joined, or with axes of extent 1 behind it, so that it has `rank` axes. */
export const ofRank = (site: GeneralSite, x: TensorNode, rank: number): TensorNode => {
  const { shape } = x.type;
  if (shape.length === rank) return x;
  const head = shape.slice(0, rank - 1);
  const rest = sizeOf(shape.slice(rank - 1));
  return reshapedTo(site, x, [...head, rest, ...Array.from({ length: rank - head.length - 1 }, () => 1)]);
};

export const constantOf = (site: GeneralSite, shape: Shape, from: readonly number[]): TensorNode => {
  const data = Float64Array.from({ length: sizeOf(shape) }, () => oneOf(site, from));
  return site.make("constant", [], { value: floats("fixed", shape, data) });
};

/** Whole numbers from `low` to bound - 1 as a weight. */
export const wholeWeight = (
  { pick }: GeneralSite,
  role: string,
  shape: Shape,
  bound: number,
  low = 0,
): Weight =>
  floats(
    role,
    shape,
    Float64Array.from({ length: sizeOf(shape) }, () => low + pick(bound - low)),
  );

/** Indices into an axis; negative ones count from its end. */
export const indices = (site: GeneralSite, shape: Shape, extent: number): TensorNode =>
  site.make("constant", [], { value: wholeWeight(site, "index", shape, extent, -extent), dtype: "i64" });
