import {
  floats,
  type Grid,
  item,
  type Shape,
  sizeOf,
  stridesOf,
  valuesOf,
  type Weight,
  weight,
} from "../../../ir/core/index.ts";
import { sameNumbers } from "../decode/index.ts";

/** Makes a weight from another one once per recipe, so that two nodes that share a parameter still share it. */
export type Derive = (from: Weight, recipe: string, make: (from: Weight) => Weight) => Weight;

export const derivation = (): Derive => {
  const known = new WeakMap<Weight, Map<string, Weight>>();
  return (from, recipe, make) => {
    const recipes = known.get(from) ?? new Map<string, Weight>();
    known.set(from, recipes);
    const made = recipes.get(recipe) ?? make(from);
    recipes.set(recipe, made);
    return made;
  };
};

/** The axis of `to` that counts what `axis` counts in `from`, or null. */
const sameAxis = (from: Shape, to: Shape, axis: number): number | null => {
  const before = sizeOf(from.slice(0, axis));
  const found = to.findIndex((extent, k) => extent === from[axis] && sizeOf(to.slice(0, k)) === before);
  return found < 0 ? null : found;
};

const isSingle = ({ scale, zero }: Grid): boolean => scale.length === 1 && zero.length === 1;

/** A weight without a grid: its real values in doubles. */
const onFloats = (w: Weight): Weight =>
  w.grid === null ? w : weight({ name: w.name, shape: w.shape, dtype: "f64", data: () => valuesOf(w) });

/** The same numbers in another shape of the same size; scales per channel stay where their axis stays whole. */
export const reshapedWeight = (w: Weight, shape: Shape): Weight => {
  const axis = w.grid === null || isSingle(w.grid) ? 0 : sameAxis(w.shape, shape, w.grid.axis);
  const from = axis === null ? onFloats(w) : w;
  const grid = from.grid === null ? null : { ...from.grid, axis: axis ?? 0 };
  return sameNumbers(weight({ name: w.name, shape, dtype: from.dtype, grid, data: from.stored }), from);
};

/** Element (i...) of the result is element `sum_k i_k strides[k]` of the source. */
const viewed = (w: Weight, shape: Shape, strides: readonly number[], grid: Grid | null): Weight => {
  const made = weight({
    name: w.name,
    shape,
    dtype: w.dtype,
    grid,
    data: () => {
      const from = w.stored();
      const size = shape.reduce((product, extent) => product * extent, 1);
      return new Float64Array(size).map((_, i) => {
        let rest = i;
        let at = 0;
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          const extent = item(shape, axis);
          at += (rest % extent) * item(strides, axis);
          rest = Math.floor(rest / extent);
        }
        return from[at] ?? 0;
      });
    },
  });
  return sameNumbers(made, w);
};

/** Axis k of the result is axis order[k] of the source. */
export const transposedWeight = (w: Weight, order: readonly number[]): Weight => {
  const strides = stridesOf(w.shape);
  const { grid } = w;
  return viewed(
    w,
    order.map((axis) => item(w.shape, axis)),
    order.map((axis) => item(strides, axis)),
    grid === null ? null : { ...grid, axis: Math.max(0, order.indexOf(grid.axis)) },
  );
};

/** Repeats axes of extent 1; `w` has the rank of `shape` and each extent is 1 or that of `shape`. */
export const expandedWeight = (w: Weight, shape: Shape): Weight => {
  const strides = stridesOf(w.shape);
  return viewed(
    onFloats(w),
    shape,
    shape.map((_, axis) => (item(w.shape, axis) === 1 ? 0 : item(strides, axis))),
    null,
  );
};

/** Part `index` of a weight that is cut into parts of `shape`, one behind the other. */
export const partOfWeight = (w: Weight, shape: Shape, index: number): Weight => {
  const size = sizeOf(shape);
  if (size === sizeOf(w.shape)) return reshapedWeight(w, shape);
  const from = onFloats(w);
  const data = (): Float64Array => from.stored().subarray(index * size, (index + 1) * size);
  return sameNumbers(weight({ name: `${w.name}.${index}`, shape, dtype: from.dtype, data }), from);
};

/** Every number through a function; kept as doubles, since the results need not be single precision. */
export const mappedWeight = (w: Weight, map: (x: number) => number): Weight =>
  weight({ name: w.name, shape: w.shape, dtype: "f64", data: () => valuesOf(w).map((x) => map(x)) });

/** A single number. */
export const single = (name: string, value: number): Weight => floats(name, [1], Float64Array.of(value));
