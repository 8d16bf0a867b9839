import {
  floats,
  item,
  weight as makeWeight,
  narrowest,
  sizeOf,
  valuesOf,
  type Weight,
} from "../../ir/index.ts";

/** Grids with one entry, or one per row. */
const isPerRow = ({ grid }: Weight): boolean =>
  grid !== null && (grid.axis === 0 || (grid.scale.length === 1 && grid.zero.length === 1));

/** The same integers with their scales times the factors; where a factor is negative the integers turn their sign. */
const scaleGrid = (weight: Weight, factor: Float64Array): Weight => {
  const { scale, zero } = weight.grid ?? { scale: [1], zero: [0] };
  const inner = sizeOf(weight.shape.slice(1));
  const at = (list: readonly number[], row: number): number => item(list, list.length === 1 ? 0 : row);
  const data = weight.stored().map((n, i) => {
    const row = Math.floor(i / inner);
    return Math.sign(item(factor, row)) * (n - at(zero, row)) + 0;
  });
  const scales = [...factor].map((f, row) => (f === 0 ? 1 : Math.abs(f)) * at(scale, row));
  const grid = { scale: scales, zero: [0], axis: 0 };
  return makeWeight({ name: weight.name, shape: weight.shape, dtype: narrowest(data), grid, data });
};

/** The weight with every number of row o (axis 0) times `factor[o]`. Integers on a grid stay integers. */
export const scaleRows = (weight: Weight, factor: Float64Array): Weight => {
  if (isPerRow(weight)) return scaleGrid(weight, factor);
  const inner = sizeOf(weight.shape.slice(1));
  const data = valuesOf(weight).map((w, i) => w * item(factor, Math.floor(i / inner)));
  return floats(weight.name, weight.shape, data);
};

/** Numbers of a vector, or zeros where there is none. */
export const vectorOf = (weight: Weight | null, size: number): Float64Array =>
  weight === null ? new Float64Array(size) : valuesOf(weight);

/** A parameter vector named after the weight that it belongs to. */
export const vectorFor = (weight: Weight, role: string, data: Float64Array): Weight =>
  floats(`${weight.name}_${role}`, [data.length], data);
