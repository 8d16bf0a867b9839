import fc from "fast-check";
import { type Mode, modes } from "../check/inputs.ts";
import { type GeneralStepName, generalSteps } from "./general-steps.ts";

/** Steps of networks that the integer level takes: each puts a node on top of the values that are there. */
export const tensorSteps = [
  "dense",
  "conv",
  "relu",
  "batchNorm",
  "depthwise",
  "clip",
  "affine",
  "add",
  "concat",
  "maxPool",
  "averagePool",
  "reshape",
  "transpose",
] as const;

export type TensorStepName = (typeof tensorSteps)[number] | GeneralStepName | "opaque";

/** Steps that make every op of the table but `opaque`, which no evaluator runs. */
export const allTensorSteps: readonly TensorStepName[] = [...tensorSteps, ...generalSteps];

/** A small record with numbers only; any such record can be built, so shrinking never leaves the valid recipes. */
export interface TensorStep {
  readonly op: TensorStepName;
  /** Values are counted back from the newest, modulo what exists. */
  readonly from: number;
  readonly other: number;
  readonly channels: number;
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilation: number;
  readonly pads: readonly [number, number, number, number];
  readonly bias: boolean;
  readonly seed: number;
}

export interface TensorRecipe {
  readonly mode: Mode;
  readonly shape: readonly [number, number, number];
  readonly steps: readonly TensorStep[];
  readonly classes: number;
}

export interface TensorOptions {
  /** Drawn per graph; all by default. */
  readonly modes?: readonly Mode[];
  /** Greatest number of steps, most of which are one node. Default 8. */
  readonly maxSteps?: number;
  /** Steps to draw from; default `tensorSteps`. One that is named twice comes twice as often. */
  readonly ops?: readonly TensorStepName[];
  /** Greatest extent of the input map; default 5. */
  readonly maxExtent?: number;
}

const extent = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });

/** Mostly the newest value, so that chains of ops are long enough for passes to match. */
const back = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(3) });

const stepArbitrary = (ops: readonly TensorStepName[]): fc.Arbitrary<TensorStep> =>
  fc.record({
    op: fc.constantFrom(...ops),
    from: back,
    other: fc.nat(3),
    channels: extent(5),
    kernel: fc.tuple(extent(3), extent(3)),
    strides: fc.tuple(extent(3), extent(3)),
    dilation: extent(2),
    pads: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)),
    bias: fc.boolean(),
    seed: fc.nat(0xffff),
  });

/** Recipes of tensor graphs; they shrink to few steps, small extents and small numbers. */
export const tensorRecipes = (options: TensorOptions = {}): fc.Arbitrary<TensorRecipe> => {
  const max = options.maxExtent ?? 5;
  return fc.record({
    mode: fc.constantFrom(...(options.modes ?? modes)),
    shape: fc.tuple(extent(3), extent(max), extent(max)),
    steps: fc.array(stepArbitrary(options.ops ?? tensorSteps), {
      minLength: 1,
      maxLength: options.maxSteps ?? 8,
    }),
    classes: extent(4),
  });
};
