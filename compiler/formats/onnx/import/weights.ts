import { floats, item, type Shape, stridesOf, type Weight, weight } from "../../../ir/core/index.ts";
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

/** The same numbers in another shape of the same size. */
export const reshapedWeight = (w: Weight, shape: Shape): Weight =>
  sameNumbers(weight({ name: w.name, shape, dtype: w.dtype, data: w.stored }), w);

/** Element (i...) of the result is element `sum_k i_k strides[k]` of the source. */
const viewed = (w: Weight, shape: Shape, strides: readonly number[]): Weight => {
  const made = weight({
    name: w.name,
    shape,
    dtype: w.dtype,
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
  return viewed(
    w,
    order.map((axis) => item(w.shape, axis)),
    order.map((axis) => item(strides, axis)),
  );
};

/** Repeats axes of extent 1; `w` has the rank of `shape` and each extent is 1 or that of `shape`. */
export const expandedWeight = (w: Weight, shape: Shape): Weight => {
  const strides = stridesOf(w.shape);
  return viewed(
    w,
    shape,
    shape.map((_, axis) => (item(w.shape, axis) === 1 ? 0 : item(strides, axis))),
  );
};

/** Every number through a function; kept as doubles, since the results need not be single precision. */
export const mappedWeight = (w: Weight, map: (x: number) => number): Weight =>
  weight({ name: w.name, shape: w.shape, dtype: "f64", data: () => w.stored().map((x) => map(x)) });

/** A single number. */
export const single = (name: string, value: number): Weight => floats(name, [1], Float64Array.of(value));
