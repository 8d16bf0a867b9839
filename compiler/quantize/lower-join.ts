import type { Origin } from "../diagnostics/index.ts";
import { integers, item, type Shape, sizeOf } from "../ir/core/index.ts";
import { type IntegerNode, makeInteger } from "../ir/integer/index.ts";
import { diagonal, reshaped } from "../ir/linear/index.ts";
import type { TensorNode } from "../ir/tensor/index.ts";
import { isComparison } from "./compared.ts";
import { addedEntries, type Entries, perElementOf } from "./entries.ts";
import {
  agree,
  type IntegerValue,
  isRefused,
  type LatticeValue,
  type Lower,
  lattice,
  type Refused,
  refuse,
  type Scale,
  scaleAt,
  silent,
  sumOf,
  wantTerms,
  withScale,
} from "./integer-values.ts";
import { finerBy, settled, wantLattice } from "./terms.ts";
import { refuseOp } from "./unsupported.ts";

/** The value with its rest in finer units. */
export const noRest = (x: LatticeValue): LatticeValue => (x.rest === null ? x : finerBy(x));

export const lowerMaxPool: Lower<"maxPool"> = (node, of) => {
  const value = of(node.inputs[0]);
  if (value.kind === "levels") {
    const made = makeInteger("maxPool", [value.node], node.attrs, node.origins);
    return { ...value, node: made };
  }
  const x = wantLattice(node, value);
  if (x.kind === "refused") return x;
  const { shape } = x.node.type;
  // A rest that differs inside a channel would change which element is the greatest.
  const flat = x.rest !== null && x.rest.length !== 1 && x.rest.length !== shape[0] ? noRest(x) : x;
  const rest = flat.rest;
  return lattice(
    makeInteger("maxPool", [withScale(flat, flat.scale)], node.attrs, node.origins),
    flat.scale,
    rest,
  );
};

/** Values on one scale: the first one's, or the finest where all others are whole multiples of it; null when none fits. */
const aligned = (values: readonly LatticeValue[], shape: Shape): readonly LatticeValue[] | null => {
  const channels = values.some((v) => v.scale.length > 1) ? (shape[0] ?? 1) : 1;
  if (values.some((v) => v.scale.length > channels)) return null;
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
  if (factors.every((f) => f === 1)) return lattice(withScale(value, scale), scale, value.rest);
  const { node } = value;
  const weight = integers("alignment", [factors.length], Float64Array.from(factors));
  const attrs = { map: diagonal(node.type.shape, weight), scale };
  return lattice(makeInteger("linear", [node], attrs, node.origins), scale, value.rest);
};

const allTerms = (
  node: TensorNode,
  values: readonly IntegerValue[],
): readonly (readonly LatticeValue[])[] | Refused => {
  const wanted = values.map((v) => wantTerms(node, v));
  const found = wanted.flatMap((v) => (isRefused(v) ? [] : [v]));
  if (found.length === wanted.length) return found;
  const faulty = wanted.find((v): v is Refused => isRefused(v) && v.faults.length > 0);
  return faulty ?? silent;
};

/** A sum on one scale where there is one; else it waits for the rounding that shows how fine it must be. */
export const summed = (node: TensorNode, terms: readonly LatticeValue[]): IntegerValue => {
  const even = aligned(terms, node.type.shape);
  if (even === null) return sumOf(terms);
  const nodes = even.map((v) => v.node);
  const rest = even.reduce<Entries | null>((sum, v) => addedEntries(sum, v.rest), null);
  return lattice(makeInteger("add", nodes, {}, node.origins), item(even, 0).scale, rest);
};

export const lowerAdd: Lower<"add"> = (node, of) => {
  const terms = allTerms(node, node.inputs.map(of));
  return isRefused(terms) ? terms : summed(node, terms.flat());
};

export const minus = (node: IntegerNode): IntegerNode => {
  const { shape, scale } = node.type;
  const map = diagonal(shape, integers("minus", [1], Float64Array.of(-1)));
  return makeInteger("linear", [node], { map, scale }, node.origins);
};

export const negated = (x: LatticeValue): LatticeValue =>
  lattice(minus(x.node), x.scale, x.rest?.map((r) => -r) ?? null);

/** The greatest of each window of `kernel`, side by side. */
export const greatest = (node: IntegerNode, kernel: Shape, origins: readonly Origin[]): IntegerNode =>
  makeInteger("maxPool", [node], { kernel, strides: kernel, dilations: [], pads: [], ceil: false }, origins);

/** max(a, b) as max-pooling over a pair that lies along an axis of its own. */
const larger = (node: TensorNode, a: LatticeValue, b: LatticeValue): IntegerValue => {
  const even = aligned([noRest(a), noRest(b)], node.type.shape);
  if (even === null || even.some((x) => x.scale.length > 1))
    return refuse(
      node,
      "the scales of what it compares are no whole multiples of one",
      "quantize both on one scale",
    );
  const { shape } = node.type;
  const size = sizeOf(shape);
  const flat = even.map(({ node: x, scale }) =>
    makeInteger("linear", [x], { map: reshaped(shape, [size, 1]), scale }, node.origins),
  );
  const pair = makeInteger("concat", flat, { axis: 1 }, node.origins);
  const pool = greatest(pair, [2], node.origins);
  const { scale } = item(even, 0);
  return lattice(makeInteger("linear", [pool], { map: reshaped([size, 1], shape), scale }, node.origins));
};

export const lowerBinary: Lower<"binary"> = (node, of) => {
  const { fn } = node.attrs;
  if (!isComparison(fn)) return refuseOp(node);
  const terms = allTerms(node, node.inputs.map(of));
  if (isRefused(terms)) return terms;
  const [a, b] = [item(terms, 0), item(terms, 1)];
  if (fn === "subtract") return summed(node, [...a, ...b.map(negated)]);
  const [x, y] = [settled(a), settled(b)];
  if (fn === "maximum") return larger(node, x, y);
  const least = larger(node, negated(x), negated(y));
  return least.kind === "lattice" ? negated(least) : least;
};

/** On axis 0 each part keeps its scales; on another axis the parts need one scale. */
export const lowerConcat: Lower<"concat"> = (node, of) => {
  const { axis } = node.attrs;
  const inputs = node.inputs.map(of);
  const joined = joinedLevels(node, inputs);
  if (joined !== null) return joined;
  const terms = allTerms(node, inputs);
  if (isRefused(terms)) return terms;
  const values = terms.map(settled);
  if (axis === 0) return joinedChannels(node, values);
  const even = aligned(values.map(noRest), node.type.shape);
  if (even === null)
    return refuse(
      node,
      "the scales of what it joins are no whole multiples of one",
      "quantize the branches on one scale",
    );
  const parts = even.map((v) => withScale(v, v.scale));
  return lattice(makeInteger("concat", parts, { axis }, node.origins));
};

/** Levels that were made alike stay levels. */
const joinedLevels = (
  node: Parameters<typeof lowerConcat>[0],
  values: readonly IntegerValue[],
): IntegerValue | null => {
  const levels = values.filter((v) => v.kind === "levels");
  const [first] = levels;
  if (first === undefined || levels.length !== values.length) return null;
  const alike = levels.every(
    (v) => v.zero === first.zero && v.scale.length === 1 && v.scale[0] === first.scale[0],
  );
  if (!alike) return null;
  const made = makeInteger(
    "concat",
    levels.map((v) => v.node),
    { axis: node.attrs.axis },
    node.origins,
  );
  return { ...first, node: made };
};

const joinedChannels = (
  node: Parameters<typeof lowerConcat>[0],
  values: readonly LatticeValue[],
): IntegerValue => {
  const made = makeInteger(
    "concat",
    values.map((v) => withScale(v, v.scale)),
    { axis: 0 },
    node.origins,
  );
  if (values.every((v) => v.rest === null)) return lattice(made);
  const rests = values.flatMap((v) => [...perElementOf(v.rest ?? [0], v.node.type.shape)]);
  return lattice(made, made.type.scale, rests);
};
