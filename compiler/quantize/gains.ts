import { floats, item, type Make, type Shape, type Site, valuesOf, type Weight } from "../ir/core/index.ts";
import type { Tensor, TensorNode } from "../ir/tensor/index.ts";
import { entryAt } from "./entries.ts";

/** Factors of the elements of a value: one for all, one per channel of axis 0, or one per element. */
export type Gains = Float64Array;

export type NodeNamed<K extends TensorNode["op"]> = Extract<TensorNode, { readonly op: K }>;

/** A rule of a sweep over a tensor graph: the node in its new form, or null to keep it. */
export type Rule<K extends TensorNode["op"]> = (node: NodeNamed<K>, site: Site<Tensor>) => TensorNode | null;

/** Element by element, in the finer of both lengths. */
export const productOf = (a: Gains, b: Gains): Gains => {
  const length = Math.max(a.length, b.length);
  return Float64Array.from({ length }, (_, i) => entryAt(a, length, i) * entryAt(b, length, i));
};

/** One factor per channel of axis 0, or null when elements of one channel differ. */
export const perChannel = (gains: Gains, shape: Shape): Gains | null => {
  const channels = shape[0] ?? 1;
  if (gains.length <= channels)
    return Float64Array.from({ length: channels }, (_, c) => entryAt(gains, channels, c));
  const inner = gains.length / channels;
  const first = Float64Array.from({ length: channels }, (_, c) => item(gains, c * inner));
  return gains.every((g, i) => g === first[Math.floor(i / inner)]) ? first : null;
};

/** `w` with entry i multiplied by factor(i). */
export const scaledWeight = (w: Weight, factor: (i: number) => number): Weight =>
  floats(
    w.name,
    w.shape,
    valuesOf(w).map((value, i) => value * factor(i)),
  );

/** x gains + shift. */
export interface AffineParts {
  readonly x: TensorNode;
  readonly gains: Gains;
  readonly shift: Gains | null;
  readonly name: string;
}

/** The parts of an affine node whose factors are on no grid; null for any other node. */
export const affineParts = (node: TensorNode): AffineParts | null => {
  if (node.op !== "affine" || node.attrs.scale.grid !== null) return null;
  const { scale, shift } = node.attrs;
  const gains = valuesOf(scale);
  return { x: node.inputs[0], gains, shift: shift === null ? null : valuesOf(shift), name: scale.name };
};

/** The parts of a node that only multiplies by positive factors; null for any other node. */
export const multiplied = (node: TensorNode): AffineParts | null => {
  const parts = affineParts(node);
  return parts !== null && parts.shift === null && parts.gains.every((g) => g > 0) ? parts : null;
};

/** x times `gains`; x itself when they are all 1. */
export const multiply = (make: Make<Tensor>, x: TensorNode, gains: Gains, name: string): TensorNode =>
  gains.every((g) => g === 1)
    ? x
    : make("affine", [x], { scale: floats(name, [gains.length], gains) }, x.origins);
