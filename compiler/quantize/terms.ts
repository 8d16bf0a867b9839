import { integers, item, type Shape, sizeOf } from "../ir/core/index.ts";
import { type IntegerNode, makeInteger, rangeOfNode } from "../ir/integer/index.ts";
import { diagonal, type LinearMap, reshaped } from "../ir/linear/index.ts";
import type { TensorNode } from "../ir/tensor/index.ts";
import { fineGrid } from "./common-grid.ts";
import {
  addedEntries,
  type Entries,
  entryAt,
  fewest,
  finest,
  mappedEntries,
  perElementOf,
  pickedBy,
} from "./entries.ts";
import {
  type IntegerValue,
  isRefused,
  type LatticeValue,
  lattice,
  oneScale,
  type Refused,
  refuse,
  type Scale,
  sumOf,
  wantTerms,
} from "./integer-values.ts";

/** Least and greatest proved integer of each of `parts` equal parts of the elements. */
export const partBounds = (
  node: IntegerNode,
  parts: number,
): ((part: number) => readonly [number, number]) => {
  const { low, high } = rangeOfNode(node);
  const inner = low.length / parts;
  return (part) => {
    let [least, most] = [Infinity, -Infinity];
    for (let i = part * inner; i < (part + 1) * inner; i++) {
      least = Math.min(least, low[i] ?? 0);
      most = Math.max(most, high[i] ?? 0);
    }
    return [least, most];
  };
};

/** The node times whole numbers, one for all, one per channel, or one per element. */
export const multipliedBy = (node: IntegerNode, factors: Entries, scale: Scale): IntegerNode => {
  if (factors.every((f) => f === 1) && scale === node.type.scale) return node;
  const { shape } = node.type;
  const few = fewest(perElementOf(factors, shape), shape);
  const weight = integers("alignment", few.length === 1 ? [1] : [few.length], Float64Array.from(few));
  return makeInteger("linear", [node], { map: diagonal(shape, weight), scale }, node.origins);
};

const finerBits = 12;

/** The rest as whole numbers of a 2^-bits-th of the unit; half of such a part at most is lost. */
export const finerBy = (x: LatticeValue, bits = finerBits): LatticeValue => {
  if (x.rest === null) return x;
  const { shape } = x.node.type;
  const parts = 2 ** bits;
  const size = sizeOf(shape);
  const units = perElementOf(x.rest, shape).map((r, i) =>
    Math.floor((r / entryAt(x.scale, size, i)) * parts + 0.5),
  );
  if (bits === 0 && units.every((u) => u === 0)) return lattice(x.node, x.scale);
  const few = fewest(units, shape);
  const scale = x.scale.map((s) => s / parts);
  const bias = integers("rest", [few.length], Float64Array.from(few));
  const map = diagonal(shape, integers("parts", [1], Float64Array.of(parts)));
  return lattice(makeInteger("linear", [x.node], { map, bias, scale }, x.node.origins), scale);
};

/** One lattice value for a sum; see `common-grid.ts` for what is lost (nothing, or less than a 2^-20th of a jump). */
export const settled = (terms: readonly LatticeValue[]): LatticeValue => {
  const [first, ...more] = terms;
  if (first === undefined) throw new Error("a sum has no summands");
  if (more.length === 0) return first;
  const parts = finest(...terms.map((t) => t.scale.length));
  const bounds = terms.map((t) => partBounds(t.node, parts));
  const grids = Array.from({ length: parts }, (_, c) =>
    fineGrid(
      terms.map((t, i) => {
        const [low, high] = item(bounds, i)(c);
        return { scale: entryAt(t.scale, parts, c), low, high };
      }),
    ),
  );
  const scale = grids.map((g) => g.unit);
  const moved = terms.map((t, i) =>
    multipliedBy(
      t.node,
      grids.map((g) => item(g.multipliers, i)),
      scale,
    ),
  );
  const rest = terms.reduce<Entries | null>((sum, t) => addedEntries(sum, t.rest), null);
  return lattice(makeInteger("add", moved, {}, first.node.origins), scale, rest);
};

/** The lattice value that `reader` needs, or why it gets none. */
export const wantLattice = (reader: TensorNode, value: IntegerValue): LatticeValue | Refused => {
  const terms = wantTerms(reader, value);
  return isRefused(terms) ? terms : settled(terms);
};

/** What a map without weights of its own does besides adding up. */
export interface Mapping {
  readonly map: LinearMap;
  /** Sums are divided by this. */
  readonly divisor: number;
  /** Element i of axis 0 only reads element i of axis 0. */
  readonly keeps: boolean;
}

const scaleBehind = (
  scale: Scale,
  { map, keeps, divisor }: Mapping,
  picked: Int32Array | null,
): Scale | null => {
  if (scale.length === 1 || (keeps && scale.length === map.from[0])) return scale.map((s) => s / divisor);
  if (picked === null) return null;
  const all = perElementOf(scale, map.from);
  const behind = fewest(
    Array.from(picked, (s) => item(all, s) / divisor),
    map.to,
  );
  return behind.length === 1 || behind.length === map.to[0] ? behind : null;
};

const termThrough = (
  term: LatticeValue,
  mapping: Mapping,
  picked: Int32Array | null,
): LatticeValue | null => {
  const { map, divisor } = mapping;
  const scale = scaleBehind(term.scale, mapping, picked);
  if (scale === null) return null;
  const rest = mappedEntries(map, term.rest);
  const attrs = { map, scale: scale };
  const node = makeInteger("linear", [term.node], attrs, term.node.origins);
  return lattice(node, scale, rest === null ? null : rest.map((r) => r / divisor));
};

/** Terms behind a map, each by itself. */
export const termsThrough = (
  node: TensorNode,
  terms: readonly LatticeValue[],
  mapping: Mapping,
): readonly LatticeValue[] | Refused => {
  const picked = terms.some((t) => t.scale.length > 1) ? pickedBy(mapping.map) : null;
  const moved = terms.map((t) => termThrough(t, mapping, picked));
  const known = moved.filter((t) => t !== null);
  return known.length === moved.length
    ? known
    : refuse(node, "it mixes channels of different scales", oneScale);
};

/** A value behind a map without weights: of sums, of functions of them that wait (if it only picks), or of levels. */
export const valueThrough = (node: TensorNode, value: IntegerValue, mapping: Mapping): IntegerValue => {
  const { map } = mapping;
  if (value.kind === "levels" && mapping.divisor === 1 && pickedBy(map) !== null) {
    const { scale } = value;
    const behind = scaleBehind(scale, mapping, scale.length > 1 ? pickedBy(map) : null);
    if (behind === null) return refuse(node, "it mixes channels of different scales", oneScale);
    const moved = makeInteger("linear", [value.node], { map, scale: behind }, node.origins);
    return { ...value, node: moved, scale: behind };
  }
  if (value.kind !== "function") {
    const terms = wantTerms(node, value);
    if (isRefused(terms)) return terms;
    const moved = termsThrough(node, terms, mapping);
    return isRefused(moved) ? moved : sumOf(moved);
  }
  const picked = pickedBy(map);
  if (picked === null || mapping.divisor !== 1)
    return refuse(node, "it computes with values that are not rounded to levels", "round them first");
  const of = termsThrough(node, value.of, mapping);
  if (isRefused(of)) return of;
  const { parts, at, course, plain } = value;
  if (parts === 1 || (mapping.keeps && parts === map.from[0])) return { ...value, of };
  const size = sizeOf(map.from);
  const partOf = (element: number): number => Math.floor((item(picked, element) * parts) / size);
  return {
    kind: "function",
    of,
    parts: picked.length,
    at: (element, x) => at(partOf(element), x),
    course: (element) => course(partOf(element)),
    plain,
  };
};

/** The same elements in another shape. */
export const flattened = (node: IntegerNode, to: Shape): IntegerNode =>
  makeInteger("linear", [node], { map: reshaped(node.type.shape, to), scale: [1] }, node.origins);
