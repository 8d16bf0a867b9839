import { type Shape, sizeOf } from "../ir/index.ts";

/**
 * A shape whose axes `start` to `end` are one; negative axes count from the end, a lone axis stays as it is. Null where
 * there are no such axes.
 */
export const joinedAxes = (shape: Shape, start: number, end: number): Shape | null => {
  if (shape.length === 0) return [1];
  const at = (axis: number): number => (axis < 0 ? axis + shape.length : axis);
  const [first, last] = [at(start), at(end)];
  if (first < 0 || last < first || last >= shape.length) return null;
  return [...shape.slice(0, first), sizeOf(shape.slice(first, last + 1)), ...shape.slice(last + 1)];
};
