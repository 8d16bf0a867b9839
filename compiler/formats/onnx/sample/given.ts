import { type Shape, sizeOf } from "../../../ir/core/index.ts";
import type { OnnxAttribute, ReadableElement } from "../decode/index.ts";

/**
 * A value that a network computes before the operator. `map` is [1, 4, 4, 4], `sums` is the same before its activation,
 * `positive` above 0; `pooled` is [1, 4, 1, 1], `vector` [1, 16], `sequence` [1, 3, 8], `steps` [3, 1, 8]; `truth`
 * compares a map with 0, `codes` are 8-bit integers.
 */
export type Flow =
  | "map"
  | "map2"
  | "sums"
  | "positive"
  | "pooled"
  | "vector"
  | "sequence"
  | "steps"
  | "truth"
  | "truth2"
  | "codes"
  | "codes2"
  | "vectorCodes";

/** A constant of the model. */
export interface Fixed {
  readonly shape: Shape;
  readonly data: readonly number[];
  readonly element: ReadableElement;
}

/** Null: an optional input that is left out. */
export type Given = Flow | Fixed | null;

/** Weights of some pattern, without structure and not all of one sign. */
export const filled = (shape: Shape, element: ReadableElement = "FLOAT"): Fixed => ({
  shape,
  data: Array.from({ length: sizeOf(shape) }, (_, i) =>
    element === "FLOAT" ? (((i * 5 + 3) % 7) - 2) / 8 : (i * 5 + 3) % 7,
  ),
  element,
});

/** One number for every entry. */
export const constantOf = (value: number, shape: Shape = [], element: ReadableElement = "FLOAT"): Fixed => ({
  shape,
  data: Array.from({ length: sizeOf(shape) }, () => value),
  element,
});

/** Axes, indices, a shape. */
export const list = (...data: readonly number[]): Fixed => ({ shape: [data.length], data, element: "INT64" });

/** A scale of 1 / 8 and a zero point of 0 of unsigned bytes. */
export const scale: Fixed = constantOf(1 / 8);
export const zero: Fixed = constantOf(0, [], "UINT8");

export const int = (value: number): OnnxAttribute => ({ kind: "int", value });
export const ints = (...value: readonly number[]): OnnxAttribute => ({ kind: "ints", value });
export const string = (value: string): OnnxAttribute => ({ kind: "string", value });
