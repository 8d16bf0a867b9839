import {
  item,
  type Shape,
  sameShape,
  stridesOf,
  valuesOf,
  type Weight,
  weight,
} from "../../../compiler/ir/core/index.ts";
import {
  adjoint,
  compose,
  conv,
  diagonal,
  embedded,
  type LinearMap,
  reshaped,
  type Sliding,
  sliced,
  transposed,
} from "../../../compiler/ir/linear/index.ts";
import type { TensorNode } from "../../../compiler/ir/tensor/index.ts";
import { type NativeOp, native } from "../../../compiler/native/index.ts";

export type WeightOf = (placeholder: Weight) => Weight;

type Of<K extends TensorNode["op"]> = Extract<TensorNode, { readonly op: K }>;

export const stageOf = (node: TensorNode): string => node.origins[0]?.name ?? node.op;

const inputShape = (node: TensorNode): Shape => node.inputs[0]?.type.shape ?? [];

const given = (of: WeightOf, w: Weight | null): Weight | null => (w === null ? null : of(w));

/** A channel is the sum of its window where a depthwise conv has ones only. */
const isSum = ({ attrs }: Of<"conv">, kernel: Weight): boolean =>
  attrs.bias === null &&
  kernel.shape[0] === attrs.groups &&
  kernel.shape[1] === 1 &&
  kernel.stored().every((x) => x === 1);

const convolution = (node: Of<"conv">, of: WeightOf): NativeOp => {
  const kernel = of(node.attrs.weight);
  const { groups, strides, dilations, pads } = node.attrs;
  const sliding: Sliding = { strides, dilations, pads };
  if (isSum(node, kernel)) return native.sumPool(kernel.shape.slice(2), sliding);
  const space = inputShape(node).slice(1);
  return native.conv(kernel, { bias: given(of, node.attrs.bias), groups, space, ...sliding });
};

const transposedConvolution = (node: Of<"convTranspose">, of: WeightOf): NativeOp => {
  const { weight: kernel, bias, groups, strides, dilations, pads } = node.attrs;
  const forward = conv(node.type.shape, of(kernel), { groups, strides, dilations, pads });
  return native.linear(adjoint(forward), given(of, bias));
};

/** scale (x - mean) / sqrt(variance + epsilon) + shift as one factor and one shift a channel. */
const norm = (node: Of<"batchNorm">, of: WeightOf): NativeOp => {
  const { attrs, type } = node;
  const [scale, shift, mean, variance] = [attrs.scale, attrs.shift, attrs.mean, attrs.variance].map(of);
  const at = (w: Weight | undefined, c: number): number => (w === undefined ? 0 : item(valuesOf(w), c));
  const channels = item(type.shape, 0);
  const factor = (c: number): number => at(scale, c) / Math.sqrt(at(variance, c) + attrs.epsilon);
  const made = (name: string, make: (c: number) => number): Weight =>
    weight({
      name: `${attrs.scale.name}.${name}`,
      shape: [channels],
      dtype: "f64",
      data: () => Float64Array.from({ length: channels }, (_, c) => make(c)),
    });
  const offset = (c: number): number => at(shift, c) - at(mean, c) * factor(c);
  return native.linear(diagonal(type.shape, made("factor", factor)), made("offset", offset));
};

const scaled = (node: Of<"affine">, of: WeightOf): readonly NativeOp[] => {
  const scale = of(node.attrs.scale);
  const shift = given(of, node.attrs.shift);
  if (shift !== null) return [native.linear(diagonal(node.type.shape, scale), shift)];
  return valuesOf(scale).every((x) => x === 1) ? [] : [native.scale(scale)];
};

/** Extents of 1 repeated, axes added in front. */
const expanded = (from: Shape, to: Shape): LinearMap => {
  const added = to.length - from.length;
  const strides = stridesOf(from);
  return {
    kind: "view",
    from,
    to,
    start: 0,
    strides: to.map((_, axis) =>
      axis < added || from[axis - added] === 1 ? 0 : (strides[axis - added] ?? 0),
    ),
  };
};

/** Every element of an axis `factor` times; null for other resamplings. */
const repeated = (node: Of<"resample">): LinearMap | null => {
  const from = inputShape(node);
  const { axis, index, taps } = node.attrs;
  const extent = item(from, axis);
  const factor = item(node.type.shape, axis) / extent;
  const nearest = index.stored().every((at, i) => at === Math.floor(i / factor));
  if (index.shape[1] !== 1 || !nearest || taps.stored().some((x) => x !== 1)) return null;
  const strides = stridesOf(from);
  const cut = [...from.slice(0, axis + 1), factor, ...from.slice(axis + 1)];
  const steps = [...strides.slice(0, axis + 1), 0, ...strides.slice(axis + 1)];
  const view: LinearMap = { kind: "view", from, to: cut, start: 0, strides: steps };
  return compose(view, reshaped(cut, node.type.shape));
};

const padded = (node: Of<"pad">): NativeOp | null => {
  const { pads, mode, value } = node.attrs;
  if (mode !== "constant" || value !== 0 || pads.some(([a, b]) => a < 0 || b < 0)) return null;
  const starts = pads.map(([before]) => before);
  return native.linear(embedded(inputShape(node), starts, node.type.shape));
};

const flat = (from: Shape, to: Shape): readonly NativeOp[] => {
  if (sameShape(from, to)) return [];
  return [to.length === 1 ? native.flatten() : native.linear(reshaped(from, to))];
};

const one = (op: NativeOp | null): readonly NativeOp[] | null => (op === null ? null : [op]);

/**
 * The ops of a network of dynamics that do what a tensor op of one input does, in their order; null for ops that are not
 * linear. `of` gives the weight of a placeholder.
 */
export const linearOps = (node: TensorNode, of: WeightOf): readonly NativeOp[] | null => {
  switch (node.op) {
    case "dense":
      return [native.affine(of(node.attrs.weight), given(of, node.attrs.bias))];
    case "conv":
      return [convolution(node, of)];
    case "convTranspose":
      return [transposedConvolution(node, of)];
    case "batchNorm":
      return [norm(node, of)];
    case "affine":
      return scaled(node, of);
    case "averagePool": {
      const { kernel, strides, dilations, pads, ceil } = node.attrs;
      return ceil || pads.length > 0 ? null : [native.meanPool(kernel, { strides, dilations })];
    }
    case "reshape":
      return flat(inputShape(node), node.type.shape);
    case "transpose":
      return [native.linear(transposed(inputShape(node), node.attrs.order))];
    case "slice":
      return node.attrs.steps.some((s) => s !== 1)
        ? null
        : [native.linear(sliced(inputShape(node), node.attrs.starts, node.attrs.sizes))];
    case "expand":
      return [native.linear(expanded(inputShape(node), node.type.shape))];
    case "pad":
      return one(padded(node));
    case "resample": {
      const map = repeated(node);
      return map === null ? null : [native.linear(map)];
    }
    case "unary":
      return node.attrs.fn.kind === "negate" ? [negated(node)] : null;
    default:
      return null;
  }
};

/** The part of a concatenation that one of its inputs fills. */
export const concatPart = (from: Shape, axis: number, start: number, to: Shape): NativeOp =>
  native.linear(
    embedded(
      from,
      to.map((_, a) => (a === axis ? start : 0)),
      to,
    ),
  );

/** Minus what a node reads. */
export const negated = (node: TensorNode): NativeOp =>
  native.scale(native.scalar(`${stageOf(node)}.factor`, -1));

/** True for ops that move values and change none: codes of inputs commute with them. */
export const moves = ({ op }: TensorNode): boolean =>
  op === "reshape" || op === "transpose" || op === "slice" || op === "pad" || op === "resample";
