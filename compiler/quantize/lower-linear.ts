import { integers, item, type Shape, sizeOf, valuesOf, type Weight } from "../ir/core/index.ts";
import { type IntegerNode, makeInteger } from "../ir/integer/index.ts";
import {
  adjoint,
  apply,
  compose,
  conv,
  dense,
  diagonal,
  type LinearMap,
  windows,
} from "../ir/linear/index.ts";
import type { TensorNode } from "../ir/tensor/index.ts";
import { averageOf } from "./average-pool.ts";
import { addedEntries, type Entries, entryAt, fewest, perElementOf } from "./entries.ts";
import type { NodeNamed } from "./gains.ts";
import {
  agree,
  type IntegerValue,
  type LatticeValue,
  type Lower,
  lattice,
  oneScale,
  quantizeFirst,
  refuse,
  type Scale,
  scaleAt,
} from "./integer-values.ts";
import { valueThrough, wantLattice } from "./terms.ts";

const integerCache = new WeakMap<Weight, Weight>();

/** The integers w - zero of a weight on a grid, without the grid; the same object for the same weight. */
const integersOf = (w: Weight): Weight => {
  const known = integerCache.get(w);
  if (known !== undefined) return known;
  const { zero, axis } = w.grid ?? { zero: [0], axis: 0 };
  const inner = sizeOf(w.shape.slice(axis + 1));
  const extent = w.shape[axis] ?? 1;
  const values = w.stored().map((n, i) => n - scaleAt(zero, Math.floor(i / inner) % extent));
  const made = integers(w.name, w.shape, values);
  integerCache.set(w, made);
  return made;
};

/** Scale of each row of a weight; null when it is on no grid, or on one along another axis than `axis`. */
const rowScales = ({ grid }: Weight, axis: number): Scale | null =>
  grid !== null && (grid.axis === axis || (grid.scale.length === 1 && grid.zero.length === 1))
    ? grid.scale
    : null;

/** Scale of what each row reads, or null when one reads channels of different scales. */
const sourceScale = (x: Scale, rows: number, groups: number): Scale | null => {
  if (x.length === 1) return x;
  const perGroup = x.length / groups;
  const scales = Array.from({ length: rows }, (_, o) => {
    const first = Math.floor((o * groups) / rows) * perGroup;
    const read = x.slice(first, first + perGroup);
    return read.every((s) => s === read[0]) ? (read[0] ?? null) : null;
  });
  const known = scales.filter((s) => s !== null);
  return known.length === rows ? known : null;
};

interface Layer {
  readonly node: TensorNode;
  readonly x: LatticeValue;
  readonly weight: Weight;
  readonly bias: Weight | null;
  /** Axis of the weight that the rows lie on. */
  readonly axis: number;
  /** Output channels, and groups of input channels that they divide into. */
  readonly rows: number;
  readonly groups: number;
  readonly map: (weight: Weight) => LinearMap;
}

/** A bias on the grid of its sums keeps the grid's scale; the last digits of the product of the scales may differ. */
const sumScale = (bias: Weight | null, product: Scale, rows: number): Scale => {
  const stated = bias === null ? null : rowScales(bias, 0);
  if (stated === null || (stated.length !== 1 && stated.length !== rows)) return product;
  const fits = Array.from({ length: rows }, (_, o) => agree(scaleAt(stated, o), scaleAt(product, o)));
  return fits.includes(false) ? product : stated;
};

interface Offset {
  /** Whole units, in as few entries as say them. */
  readonly whole: Entries | null;
  readonly rest: Entries | null;
}

const farthestBias = 2 ** 44;

/** A real constant as whole units and a rest of half a unit at most; what no unit can hold is rest altogether. */
const offsetOf = (constant: Entries, scale: Scale, shape: Shape): Offset => {
  const size = sizeOf(shape);
  const all = perElementOf(constant, shape);
  const units = all.map((b, i) => {
    const n = Math.floor(b / entryAt(scale, size, i) + 0.5);
    return Math.abs(n) <= farthestBias ? n + 0 : 0;
  });
  const rests = all.map((b, i) => {
    const s = entryAt(scale, size, i);
    const n = units[i] ?? 0;
    return agree(b, n * s) || Math.abs(b - n * s) <= 1e-12 * s ? 0 : b - n * s;
  });
  return {
    whole: units.every((n) => n === 0) ? null : fewest(units, shape),
    rest: rests.every((r) => r === 0) ? null : fewest(rests, shape),
  };
};

/** The rest of what a layer reads, through its weights: real, for every element it gives. */
const restThrough = (x: LatticeValue, map: LinearMap, own: Scale, rows: number): Entries | null => {
  if (x.rest === null) return null;
  const inner = sizeOf(map.to) / rows;
  const sums = apply(map, perElementOf(x.rest, map.from));
  return fewest(
    sums.map((s, i) => s * scaleAt(own, Math.floor(i / inner))),
    map.to,
  );
};

/** S = A x + b in integers. A bias that is on no grid is rounded to whole units, and the rest waits for the jump table. */
const layer = ({ node, x, weight, bias, axis, rows, groups, map }: Layer): IntegerValue => {
  const own = rowScales(weight, axis);
  if (own === null) return refuse(node, "its weights are on no grid", quantizeFirst);
  if (own.some((s) => !(s > 0)))
    return refuse(node, "a scale of its weights is not positive", "export it again");
  const source = sourceScale(x.scale, rows, groups);
  if (source === null) return refuse(node, "it mixes channels of different scales", oneScale);
  const length = Math.max(own.length, source.length);
  const product = Array.from({ length }, (_, o) => scaleAt(own, o) * scaleAt(source, o));
  const scale = sumScale(bias, product, rows);
  const whole = map(integersOf(weight));
  const stated = bias === null ? null : [...valuesOf(bias)];
  const constant = addedEntries(stated, restThrough(x, whole, own, rows));
  const offset = constant === null ? { whole: null, rest: null } : offsetOf(constant, scale, whole.to);
  return lattice(linearNode(node, x, whole, offset.whole, bias, scale), scale, offset.rest);
};

const linearNode = (
  node: TensorNode,
  x: LatticeValue,
  map: LinearMap,
  units: Entries | null,
  bias: Weight | null,
  scale: Scale,
): IntegerNode => {
  const data = units === null ? null : Float64Array.from(units);
  // Per channel even where all are equal: later stages look at one number a channel.
  const rows =
    data?.length === 1 && bias !== null ? new Float64Array(map.to[0] ?? 1).fill(item(data, 0)) : data;
  const name = bias?.name ?? "bias";
  const made = rows === null ? null : integers(name, [rows.length], rows);
  return makeInteger("linear", [x.node], { map, bias: made, scale }, node.origins);
};

export const lowerConv: Lower<"conv"> = (node, of) => {
  const x = wantLattice(node, of(node.inputs[0]));
  if (x.kind === "refused") return x;
  const { weight, bias, groups, strides, dilations, pads } = node.attrs;
  const map = (w: Weight): LinearMap => conv(x.node.type.shape, w, { groups, strides, dilations, pads });
  return layer({ node, x, weight, bias, axis: 0, rows: item(weight.shape, 0), groups, map });
};

/** The adjoint of the conv that reads what this gives, so its weight is [C, O / groups, k...]. */
export const lowerConvTranspose: Lower<"convTranspose"> = (node, of) => {
  const x = wantLattice(node, of(node.inputs[0]));
  if (x.kind === "refused") return x;
  const { weight, bias, groups, strides, dilations, pads } = node.attrs;
  const { shape } = node.type;
  const rows = item(shape, 0);
  if (groups > 1 && weight.grid !== null && weight.grid.scale.length > 1)
    return refuse(node, "it has groups and a scale per channel", "give all its weights one scale");
  const map = (w: Weight): LinearMap => {
    const back = conv(shape, w, { groups, strides, dilations, pads });
    return adjoint({ ...back, to: x.node.type.shape });
  };
  return layer({ node, x, weight, bias, axis: 1, rows, groups, map });
};

export const lowerDense: Lower<"dense"> = (node, of) => {
  const x = wantLattice(node, of(node.inputs[0]));
  if (x.kind === "refused") return x;
  const { weight, bias } = node.attrs;
  if (node.type.shape.length !== 1)
    return refuse(
      node,
      "it works along the last axis of a matrix",
      "write it as a convolution with kernel 1",
    );
  return layer({ node, x, weight, bias, axis: 0, rows: item(weight.shape, 0), groups: 1, map: dense });
};

/** An affine map whose factors are integers on a grid, one per channel: the identity branch of a sum. */
export const lowerDiagonal = (node: NodeNamed<"affine">, x: LatticeValue): IntegerValue => {
  const { scale, shift } = node.attrs;
  const rows = sizeOf(scale.shape);
  if (rows !== (x.node.type.shape[0] ?? 1))
    return refuse(node, `it has ${rows} factors on a grid`, "give one factor per channel");
  const map = (w: Weight): LinearMap => diagonal(x.node.type.shape, w);
  return layer({ node, x, weight: scale, bias: shift, axis: 0, rows, groups: rows, map });
};

const greatestDivisor = 2 ** 20;

export const lowerAveragePool: Lower<"averagePool"> = (node, of) => {
  const { divisor, factors } = averageOf(node);
  if (divisor > greatestDivisor)
    return refuse(node, `its windows only have the common divisor ${divisor}`, "use windows of one size");
  const { kernel, strides, dilations, pads, ceil } = node.attrs;
  const sum = windows(node.inputs[0].type.shape, kernel, { strides, dilations, pads }, ceil);
  const { shape } = node.type;
  const all = Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
    factors === null ? 1 : item(factors, i % factors.length),
  );
  const map =
    factors === null ? sum : compose(sum, diagonal(shape, integers("window counts", [all.length], all)));
  return valueThrough(node, of(node.inputs[0]), { map, divisor, keeps: true });
};
