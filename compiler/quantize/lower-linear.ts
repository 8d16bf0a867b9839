import { integers, item, sizeOf, type Weight } from "../ir/core/index.ts";
import { makeInteger } from "../ir/integer/index.ts";
import { compose, conv, dense, diagonal, type LinearMap, windows } from "../ir/linear/index.ts";
import type { TensorNode } from "../ir/tensor/index.ts";
import { averageOf } from "./average-pool.ts";
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
  wantLattice,
} from "./integer-values.ts";

const integerCache = new WeakMap<Weight, Weight>();

/** The integers w - zero of a weight on a grid, without the grid; the same object for the same weight. */
const integersOf = (w: Weight): Weight => {
  const known = integerCache.get(w);
  if (known !== undefined) return known;
  const zero = w.grid?.zero ?? [0];
  const row = sizeOf(w.shape) / zero.length;
  const values = w.stored().map((n, i) => n - item(zero, Math.floor(i / row)));
  const made = integers(w.name, w.shape, values);
  integerCache.set(w, made);
  return made;
};

/** Scale of each row of a weight; null when it is on no grid, or on one along another axis. */
const rowScales = ({ grid }: Weight): Scale | null =>
  grid !== null && (grid.axis === 0 || (grid.scale.length === 1 && grid.zero.length === 1))
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
  /** Rows of the weight, and groups of input channels that they divide into. */
  readonly rows: number;
  readonly groups: number;
  readonly map: (weight: Weight) => LinearMap;
}

/** S = A x + b in integers. The scale of the sums is that of the bias, which must agree with weight scale x source scale. */
const layer = ({ node, x, weight, bias, rows, groups, map }: Layer): IntegerValue => {
  const own = rowScales(weight);
  if (own === null) return refuse(node, "its weights are on no grid", quantizeFirst);
  const source = sourceScale(x.scale, rows, groups);
  if (source === null) return refuse(node, "it mixes channels of different scales", oneScale);
  const length = Math.max(own.length, source.length);
  const product = Array.from({ length }, (_, o) => scaleAt(own, o) * scaleAt(source, o));
  const scale = bias === null ? product : rowScales(bias);
  const fits =
    scale !== null && Array.from({ length: rows }, (_, o) => agree(scaleAt(scale, o), scaleAt(product, o)));
  if (scale === null || !fits || fits.includes(false))
    return refuse(node, "its bias is not on the grid of its sums", quantizeFirst);
  const whole = bias === null ? null : integersOf(bias);
  const empty = whole?.stored().every((b) => b === 0) ?? true;
  const attrs = { map: map(integersOf(weight)), bias: empty ? null : whole, scale };
  return lattice(makeInteger("linear", [x.node], attrs, node.origins));
};

export const lowerConv: Lower<"conv"> = (node, of) => {
  const x = wantLattice(node, of(node.inputs[0]));
  if (x.kind === "refused") return x;
  const { weight, bias, groups, strides, dilations, pads } = node.attrs;
  const map = (w: Weight): LinearMap => conv(x.node.type.shape, w, { groups, strides, dilations, pads });
  return layer({ node, x, weight, bias, rows: item(weight.shape, 0), groups, map });
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
  return layer({ node, x, weight, bias, rows: item(weight.shape, 0), groups: 1, map: dense });
};

/** An affine map whose factors are integers on a grid, one per channel: the identity branch of a sum. */
export const lowerDiagonal = (node: NodeNamed<"affine">, x: LatticeValue): IntegerValue => {
  const { scale, shift } = node.attrs;
  const rows = sizeOf(scale.shape);
  if (rows !== (x.node.type.shape[0] ?? 1))
    return refuse(node, `it has ${rows} factors on a grid`, "give one factor per channel");
  const map = (w: Weight): LinearMap => diagonal(x.node.type.shape, w);
  return layer({ node, x, weight: scale, bias: shift, rows, groups: rows, map });
};

const greatestDivisor = 2 ** 20;

export const lowerAveragePool: Lower<"averagePool"> = (node, of) => {
  const x = wantLattice(node, of(node.inputs[0]));
  if (x.kind === "refused") return x;
  const { divisor, factors } = averageOf(node);
  if (divisor > greatestDivisor)
    return refuse(node, `its windows only have the common divisor ${divisor}`, "use windows of one size");
  const { kernel, strides, dilations, pads, ceil } = node.attrs;
  const sum = windows(x.node.type.shape, kernel, { strides, dilations, pads }, ceil);
  const { shape } = node.type;
  const all = Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
    factors === null ? 1 : item(factors, i % factors.length),
  );
  const map =
    factors === null ? sum : compose(sum, diagonal(shape, integers("window counts", [all.length], all)));
  return lattice(
    makeInteger("linear", [x.node], { map, scale: x.scale.map((s) => s / divisor) }, node.origins),
  );
};
