import { item, type Shape, stridesOf } from "../ir/core/index.ts";
import { type IntegerNode, makeInteger } from "../ir/integer/index.ts";
import { type LinearMap, reshaped } from "../ir/linear/index.ts";
import type { NodeNamed } from "./gains.ts";
import {
  type IntegerValue,
  type LatticeValue,
  type Lower,
  lattice,
  oneScale,
  refuse,
  withScale,
} from "./integer-values.ts";
import { greatest, minus, negated, noRest } from "./lower-join.ts";
import { valueThrough, wantLattice } from "./terms.ts";
import { refuseOp } from "./unsupported.ts";

type Reduce = NodeNamed<"reduce">;

const keptShape = (from: Shape, axes: readonly number[]): Shape =>
  from.map((extent, axis) => (axes.includes(axis) ? 1 : extent));

const sumMap = (from: Shape, to: Shape, axes: readonly number[], strides: readonly number[]): LinearMap => {
  const kept = from.map((_, axis) => (axes.includes(axis) ? 0 : item(strides, axis)));
  const spread: LinearMap = { kind: "view", from: to, to: from, start: 0, strides: kept };
  return { kind: "adjoint", from, to, of: spread };
};

/** A map of ones. */
const summedOver = (node: Reduce, value: IntegerValue): IntegerValue => {
  const { fn, axes } = node.attrs;
  const from = node.inputs[0].type.shape;
  const strides = stridesOf(node.type.shape.length === from.length ? node.type.shape : keptShape(from, axes));
  const count = axes.reduce((n, axis) => n * item(from, axis), 1);
  return valueThrough(node, value, {
    map: sumMap(from, node.type.shape, axes, strides),
    divisor: fn === "mean" ? count : 1,
    keeps: !axes.includes(0),
  });
};

/** The greatest over axes, as a pool whose window is the whole of them. */
const pooled = (node: Reduce, x: IntegerNode): IntegerNode => {
  const { axes } = node.attrs;
  const { shape: from } = x.type;
  const channels = axes.includes(0) || from.length === 1;
  const space = channels ? [1, ...from] : from;
  const kernel = (channels ? from : from.slice(1)).map((extent, i) =>
    axes.includes(channels ? i : i + 1) ? extent : 1,
  );
  const view = (value: IntegerNode, to: Shape): IntegerNode =>
    makeInteger(
      "linear",
      [value],
      { map: reshaped(value.type.shape, to), scale: value.type.scale },
      node.origins,
    );
  return view(greatest(view(x, space), kernel, node.origins), node.type.shape);
};

const greatestOver = (node: Reduce, x: LatticeValue): IntegerValue => {
  const flat = noRest(x);
  if (flat.scale.length > 1 && node.attrs.axes.includes(0))
    return refuse(node, "it compares channels of different scales", oneScale);
  return lattice(pooled(node, withScale(flat, flat.scale)));
};

const extreme = (node: Reduce, value: IntegerValue): IntegerValue => {
  const least = node.attrs.fn === "min";
  if (value.kind === "levels" && value.scale.length === 1) {
    const made = least ? minus(pooled(node, minus(value.node))) : pooled(node, value.node);
    return { ...value, node: made };
  }
  const x = wantLattice(node, value);
  if (x.kind === "refused") return x;
  if (!least) return greatestOver(node, x);
  const found = greatestOver(node, negated(x));
  return found.kind === "lattice" ? negated(found) : found;
};

/** Sums and means, and the greatest and least over axes. */
export const lowerReduce: Lower<"reduce"> = (node, of) => {
  const value = of(node.inputs[0]);
  switch (node.attrs.fn) {
    case "sum":
    case "mean":
      return summedOver(node, value);
    case "max":
    case "min":
      return extreme(node, value);
    default:
      return refuseOp(node);
  }
};
