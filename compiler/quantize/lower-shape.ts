import { integers, item, type Shape } from "../ir/core/index.ts";
import { makeInteger } from "../ir/integer/index.ts";
import { diagonal, type LinearMap, reshaped, transposed } from "../ir/linear/index.ts";
import type { TensorNode } from "../ir/tensor/index.ts";
import {
  agree,
  type IntegerValue,
  type LatticeValue,
  type Lower,
  lattice,
  oneScale,
  type Refused,
  refuse,
  type Scale,
  scaleAt,
  silent,
  wantLattice,
  withScale,
} from "./integer-values.ts";

/** Moves elements, of a lattice value or of a function of one. Channels that differ must stay apart. */
const viewed = (node: TensorNode, value: IntegerValue, map: LinearMap, keeps: boolean): IntegerValue => {
  if (value.kind === "function") {
    if (value.perChannel && !keeps)
      return refuse(
        node,
        "it mixes channels that have functions of their own",
        "put the activation behind it",
      );
    const of = viewed(node, value.of, map, keeps);
    return of.kind === "lattice" ? { ...value, of } : of;
  }
  const x = wantLattice(node, value);
  if (x.kind === "refused") return x;
  if (x.scale.length > 1 && !keeps) return refuse(node, "it mixes channels of different scales", oneScale);
  return lattice(makeInteger("linear", [x.node], { map, scale: x.scale }, node.origins));
};

export const lowerReshape: Lower<"reshape"> = (node, of) => {
  const from = node.inputs[0].type.shape;
  const { shape } = node.type;
  return viewed(node, of(node.inputs[0]), reshaped(from, shape), from[0] === shape[0]);
};

export const lowerTranspose: Lower<"transpose"> = (node, of) => {
  const { order } = node.attrs;
  return viewed(node, of(node.inputs[0]), transposed(node.inputs[0].type.shape, order), order[0] === 0);
};

export const lowerMaxPool: Lower<"maxPool"> = (node, of) => {
  const x = wantLattice(node, of(node.inputs[0]));
  if (x.kind === "refused") return x;
  return lattice(makeInteger("maxPool", [withScale(x, x.scale)], node.attrs, node.origins));
};

const allLattice = (node: TensorNode, values: readonly IntegerValue[]): readonly LatticeValue[] | Refused => {
  const wanted = values.map((v) => wantLattice(node, v));
  const found = wanted.filter((v) => v.kind === "lattice");
  if (found.length === wanted.length) return found;
  return wanted.find((v): v is Refused => v.kind === "refused" && v.faults.length > 0) ?? silent;
};

/** Values on one scale: the first one's, or the finest where all others are whole multiples of it; null when none fits. */
const aligned = (values: readonly LatticeValue[], shape: Shape): readonly LatticeValue[] | null => {
  const channels = values.some((v) => v.scale.length > 1) ? (shape[0] ?? 1) : 1;
  const columns = Array.from({ length: channels }, (_, c) => values.map((v) => scaleAt(v.scale, c)));
  const finest = columns.map((scales) => {
    const least = scales.reduce((a, b) => Math.min(a, b), Infinity);
    return scales.find((s) => agree(s, least)) ?? least;
  });
  const moved = values.map((value) => alignedTo(value, finest));
  const whole = moved.filter((v) => v !== null);
  return whole.length === values.length ? whole : null;
};

const alignedTo = (value: LatticeValue, scale: Scale): LatticeValue | null => {
  const ratios = scale.map((s, c) => scaleAt(value.scale, c) / s);
  const factors = ratios.map((r) => Math.floor(r + 0.5));
  if (!ratios.every((r, c) => agree(r, item(factors, c)))) return null;
  if (factors.every((f) => f === 1)) return lattice(withScale(value, scale), scale);
  const { node } = value;
  const weight = integers("alignment", [factors.length], Float64Array.from(factors));
  return lattice(
    makeInteger("linear", [node], { map: diagonal(node.type.shape, weight), scale }, node.origins),
  );
};

const noCommonScale = (node: TensorNode): Refused =>
  refuse(
    node,
    "the scales of what it joins are no whole multiples of one",
    "quantize the branches on one scale",
  );

export const lowerAdd: Lower<"add"> = (node, of) => {
  const values = allLattice(node, node.inputs.map(of));
  if ("kind" in values) return values;
  const even = aligned(values, node.type.shape);
  if (even === null) return noCommonScale(node);
  return lattice(
    makeInteger(
      "add",
      even.map((v) => v.node),
      {},
      node.origins,
    ),
  );
};

/** On axis 0 each part keeps its scales; on another axis the parts need one scale. */
export const lowerConcat: Lower<"concat"> = (node, of) => {
  const { axis } = node.attrs;
  const values = allLattice(node, node.inputs.map(of));
  if ("kind" in values) return values;
  const even = axis === 0 ? values : aligned(values, node.type.shape);
  if (even === null) return noCommonScale(node);
  return lattice(
    makeInteger(
      "concat",
      even.map((v) => withScale(v, v.scale)),
      { axis },
      node.origins,
    ),
  );
};
