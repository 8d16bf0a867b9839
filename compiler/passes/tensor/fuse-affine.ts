import {
  item,
  type Make,
  type NodeOf,
  type Site,
  sizeOf,
  spreadTo,
  type Tensor,
  type TensorNode,
  valuesOf,
  type Weight,
} from "../../ir/index.ts";
import { scaleRows, vectorFor, vectorOf } from "./weights.ts";

export type Affine = NodeOf<Tensor, "affine">;

const sizes = ({ attrs: { scale, shift } }: Affine): readonly [number, number] => [
  sizeOf(scale.shape),
  shift === null ? 1 : sizeOf(shift.shape),
];

const shiftOf = (affine: Affine, size: number): Float64Array =>
  spreadTo(vectorOf(affine.attrs.shift, 1), size);

const isZero = (shift: Weight | null): boolean => shift === null || valuesOf(shift).every((s) => s === 0);

/** 1 x + 0 = x */
const isIdentity = ({ attrs: { scale, shift } }: Affine): boolean =>
  valuesOf(scale).every((s) => s === 1) && isZero(shift);

/** s (W x + b) + t = (s W) x + (s b + t), where s and t have one entry per row of W */
const intoLinear = (
  affine: Affine,
  linear: NodeOf<Tensor, "dense" | "conv">,
  make: Make<Tensor>,
): TensorNode | null => {
  const { weight, bias } = linear.attrs;
  const rows = item(weight.shape, 0);
  const perRow = (n: number): boolean => n === 1 || (n === rows && affine.type.shape[0] === rows);
  if (!sizes(affine).every(perRow)) return null;
  const scale = spreadTo(valuesOf(affine.attrs.scale), rows);
  const added = bias !== null || !isZero(affine.attrs.shift);
  const shift = shiftOf(affine, rows);
  const b = vectorOf(bias, rows);
  const fused = {
    weight: scale.every((s) => s === 1) ? weight : scaleRows(weight, scale),
    bias: added
      ? vectorFor(
          weight,
          "bias",
          b.map((v, o) => item(scale, o) * v + item(shift, o)),
        )
      : null,
  };
  const origins = [...linear.origins, ...affine.origins];
  if (linear.op === "dense") return make("dense", linear.inputs, fused, origins);
  return make("conv", linear.inputs, { ...linear.attrs, ...fused }, origins);
};

/** s2 (s1 x + t1) + t2 = (s2 s1) x + (s2 t1 + t2) */
const intoAffine = (affine: Affine, first: Affine, make: Make<Tensor>): TensorNode => {
  const size = Math.max(...sizes(affine), ...sizes(first));
  const [s1, s2] = [first, affine].map((a) => spreadTo(valuesOf(a.attrs.scale), size));
  const [t1, t2] = [first, affine].map((a) => shiftOf(a, size));
  const at = (list: Float64Array | undefined, i: number): number => list?.[i] ?? 0;
  const { scale } = affine.attrs;
  const shift = Float64Array.from({ length: size }, (_, i) => at(s2, i) * at(t1, i) + at(t2, i));
  const scales = Float64Array.from({ length: size }, (_, i) => at(s2, i) * at(s1, i));
  const attrs = { scale: vectorFor(scale, "gain", scales), shift: vectorFor(scale, "shift", shift) };
  return make("affine", first.inputs, attrs, [...first.origins, ...affine.origins]);
};

/** Drops an identity; else merges into the linear layer or affine before it, when nothing else reads that. */
export const fuseAffine = (affine: Affine, { make, uses }: Site<Tensor>): TensorNode | null => {
  const [before] = affine.inputs;
  if (isIdentity(affine)) return before;
  if (uses(before) > 1) return null;
  if (before.op === "conv" || before.op === "dense") return intoLinear(affine, before, make);
  return before.op === "affine" ? intoAffine(affine, before, make) : null;
};
