import { expect } from "vitest";
import { named } from "../../compiler/diagnostics/index.ts";
import {
  integerInvariants,
  item,
  makeTensor,
  type Numbers,
  numbers,
  print,
  sizeOf,
  type TensorGraph,
  type TensorNode,
  tensorLevel,
  violationsOf,
  type Weight,
  weight,
} from "../../compiler/ir/index.ts";
import { differencesOn, lower } from "./support.ts";

/** float32 numbers, as files hold them. */
export const f32 = Math.fround;
export const here = [named("n")];

export interface Grid {
  readonly scale: number;
  readonly zero: number;
  readonly low: number;
  readonly high: number;
}

export const u8 = (scale: number, zero: number): Grid => ({ scale: f32(scale), zero, low: 0, high: 255 });
export const s8 = (scale: number, zero: number): Grid => ({ scale: f32(scale), zero, low: -128, high: 127 });

/** dequantize(quantize(x)) */
export const rounded = (x: TensorNode, { scale, zero, low, high }: Grid): TensorNode => {
  const grid = { scale: [scale], zero: [zero], axis: 0 };
  const q = makeTensor("quantize", [x], { ...grid, low, high }, here);
  return makeTensor("dequantize", [q], grid, here);
};

export const input = (shape: readonly number[]) => makeTensor("input", [], { name: "x", shape }, here);

export const graphOf = (x: ReturnType<typeof input>, value: TensorNode): TensorGraph => ({
  name: "t",
  inputs: [x],
  outputs: [{ name: "y", value }],
});

/** Integers in -7 .. 7 with a scale per index of `axis`. */
export const gridded = (shape: readonly number[], seed: number, axis = 0): Weight => {
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7 + seed) % 15) - 7);
  const scale = Array.from({ length: item(shape, axis) }, (_, o) => f32(0.01 + 0.003 * o));
  return weight({ name: "w", shape, dtype: "i8", grid: { scale, zero: [0], axis }, data });
};

/** Numbers between -reach and reach for the input x. */
export const values = (shape: readonly number[], seed: number, reach = 2): ReadonlyMap<string, Numbers> => {
  let state = seed * 2 + 1;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 2 * reach;
  };
  return new Map([["x", numbers(shape, Float64Array.from({ length: sizeOf(shape) }, next))]]);
};

/** The graph and its integers agree at every value, on twelve inputs; its integer graph keeps the invariants. */
export const agrees = (graph: TensorGraph, shape: readonly number[], reach = 2): void => {
  expect(violationsOf(integerInvariants, lower(graph).graph)).toEqual([]);
  for (let seed = 1; seed <= 12; seed++)
    expect(differencesOn(graph, values(shape, seed, reach)), print(tensorLevel, graph)).toEqual([]);
};
