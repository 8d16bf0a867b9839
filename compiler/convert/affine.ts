import {
  apply,
  embedded,
  integers,
  isIdentity,
  type LinearMap,
  type PopulationId,
  reshaped,
  type Shape,
  sizeOf,
  spreadTo,
  valuesOf,
  type Weight,
} from "../ir/index.ts";

/** Levels of one population through a linear map. */
export interface Term {
  readonly from: PopulationId;
  readonly map: LinearMap;
}

/** sum of A_i p_i + constant over levels p_i of populations: what a value is before a neuron reads it. */
export interface Affine {
  readonly shape: Shape;
  readonly terms: readonly Term[];
  /** One entry, one per channel or one per element; null is zero. */
  readonly constant: Weight | null;
}

const partsOf = (map: LinearMap): readonly LinearMap[] => (map.kind === "chain" ? map.maps : [map]);

/** `second` after `first`. Projections only need ends of equal size, so reshapes vanish. */
const after = (first: LinearMap, second: LinearMap): LinearMap => {
  const maps = [...partsOf(first), ...partsOf(second)].filter((part) => !isIdentity(part));
  const [only] = maps;
  if (only === undefined) return reshaped(first.from, second.to);
  return maps.length === 1 ? only : { kind: "chain", from: first.from, to: second.to, maps };
};

const elements = (constant: Weight, shape: Shape): Float64Array =>
  spreadTo(valuesOf(constant), sizeOf(shape));

const bias = (shape: Shape, data: Float64Array): Weight | null =>
  data.every((n) => n === 0) ? null : integers("bias", shape, data);

const plus = (shape: Shape, a: Weight | null, b: Weight | null): Weight | null => {
  if (a === null || b === null) return a ?? b;
  const other = elements(b, shape);
  return bias(
    shape,
    elements(a, shape).map((n, i) => n + (other[i] ?? 0)),
  );
};

/** The levels of a population as they are. */
export const levelsOf = (from: PopulationId, shape: Shape): Affine => ({
  shape,
  terms: [{ from, map: reshaped(shape, shape) }],
  constant: null,
});

/** A x + b. */
export const throughMap = (x: Affine, map: LinearMap, added: Weight | null): Affine => {
  const constant = x.constant === null ? null : bias(map.to, apply(map, elements(x.constant, x.shape)));
  return {
    shape: map.to,
    terms: x.terms.map((term) => ({ from: term.from, map: after(term.map, map) })),
    constant: plus(map.to, constant, added),
  };
};

/** Sum of values of one shape. */
export const summed = (shape: Shape, values: readonly Affine[]): Affine => ({
  shape,
  terms: values.flatMap((x) => x.terms),
  constant: values.reduce<Weight | null>((sum, x) => plus(shape, sum, x.constant), null),
});

/** Values one after the other along an axis: each is put into zeros of the whole shape. */
export const joined = (shape: Shape, axis: number, values: readonly Affine[]): Affine => {
  let offset = 0;
  const parts = values.map((x) => {
    const starts = shape.map((_, a) => (a === axis ? offset : 0));
    offset += x.shape[axis] ?? 0;
    return throughMap(x, embedded(x.shape, starts, shape), null);
  });
  return summed(shape, parts);
};
