import { integers, item, type Shape, sizeOf, stridesOf, valuesOf, type Weight } from "../ir/core/index.ts";
import { type LinearMap, sparse } from "../ir/linear/index.ts";

interface Triple {
  readonly row: number;
  readonly column: number;
  readonly weight: number;
}

/** A sparse map from its synapses; what is read twice adds up. */
const sparseMap = (name: string, from: Shape, to: Shape, triples: readonly Triple[]): LinearMap => {
  const sorted = [...triples].sort((a, b) => a.column - b.column || a.row - b.row);
  const of = (at: (t: Triple) => number): Float64Array => Float64Array.from(sorted, at);
  const weight = integers(
    `${name}.weight`,
    [sorted.length],
    of((t) => t.weight),
  );
  return sparse(from, to, { row: of((t) => t.row), column: of((t) => t.column) }, weight, `${name}.`);
};

/** Every element of `to` reads the element whose position on each axis `positions` names; -1 reads zero. */
export const indexMap = (from: Shape, to: Shape, positions: readonly (readonly number[])[]): LinearMap => {
  const strides = stridesOf(from);
  const triples: Triple[] = [];
  for (let i = 0; i < sizeOf(to); i++) {
    let rest = i;
    let column = 0;
    for (let axis = to.length - 1; axis >= 0 && column >= 0; axis--) {
      const extent = item(to, axis);
      const at = item(item(positions, axis), rest % extent);
      column = at < 0 ? -1 : column + at * item(strides, axis);
      rest = Math.floor(rest / extent);
    }
    if (column >= 0) triples.push({ row: i, column, weight: 1 });
  }
  return sparseMap("index", from, to, triples);
};

const mostDenominator = 1 << 12;

/** The least whole number that makes all of these whole, but for the rounding of float32; null when there is no small one. */
export const denominatorOf = (values: Float64Array): number | null => {
  for (let d = 1; d <= mostDenominator; d++)
    if (values.every((v) => Math.abs(v * d - Math.round(v * d)) <= 1e-6)) return d;
  return null;
};

/** A resampling of one axis: whole taps over a divisor. */
export const weightedMap = (
  from: Shape,
  axis: number,
  index: Weight,
  taps: Weight,
): { readonly map: LinearMap; readonly divisor: number } | null => {
  const divisor = denominatorOf(valuesOf(taps));
  if (divisor === null) return null;
  const [places, count] = [item(index.shape, 0), item(index.shape, 1)];
  const to = from.map((extent, a) => (a === axis ? places : extent));
  const inner = sizeOf(from.slice(axis + 1));
  const [positions, factors] = [valuesOf(index), valuesOf(taps)];
  const triples: Triple[] = [];
  for (let row = 0; row < sizeOf(to); row++) {
    const place = Math.floor(row / inner) % places;
    const outer = Math.floor(row / (inner * places));
    const add = new Map<number, number>();
    for (let k = 0; k < count; k++) {
      const at = item(positions, place * count + k);
      const weight = Math.round(item(factors, place * count + k) * divisor);
      if (at >= 0 && weight !== 0) add.set(at, (add.get(at) ?? 0) + weight);
    }
    for (const [at, weight] of add)
      triples.push({ row, column: (outer * item(from, axis) + at) * inner + (row % inner), weight });
  }
  return { map: sparseMap("resample", from, to, triples), divisor };
};
