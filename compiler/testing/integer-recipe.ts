import fc from "fast-check";
import { type Mode, modes } from "../check/inputs.ts";

/** What a step of a recipe puts on top of the values that are there. */
export const integerSteps = [
  "conv",
  "dense",
  "depthwise",
  "averagePool",
  "maxPool",
  "residual",
  "add",
  "concat",
] as const;

export type IntegerStepName = (typeof integerSteps)[number];

/** A small record with numbers only; any such record can be built, so shrinking never leaves the valid recipes. */
export interface IntegerStep {
  readonly op: IntegerStepName;
  /** Values are counted back from the newest, modulo what exists. */
  readonly from: number;
  readonly other: number;
  readonly channels: number;
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilation: number;
  readonly pads: readonly [number, number, number, number];
  /** Index into `levels` of the options. */
  readonly levels: number;
  /** Greatest weight, in percent of the limit. */
  readonly magnitude: number;
  /** Thresholds as a jump table instead of a theta. */
  readonly table: boolean;
  readonly perChannel: boolean;
  readonly bias: boolean;
  readonly seed: number;
}

export interface IntegerRecipe {
  readonly mode: Mode;
  readonly input: {
    readonly shape: readonly [number, number, number];
    readonly high: number;
    readonly signed: boolean;
  };
  readonly steps: readonly IntegerStep[];
  readonly classes: number;
  readonly levels: readonly number[];
  readonly weightLimit: number;
}

export interface IntegerOptions {
  /** Drawn per graph; all by default. */
  readonly modes?: readonly Mode[];
  /** Greatest number of steps; a step makes one to four nodes. Default 6. */
  readonly maxSteps?: number;
  /** Greatest levels of neurons; default 1, 3, 7, 15. */
  readonly levels?: readonly number[];
  /** Greatest levels of inputs; default `levels` and 255. */
  readonly inputLevels?: readonly number[];
  /** Inputs may go below zero; default false. */
  readonly signedInputs?: boolean;
  /** Greatest absolute weight; default 7. */
  readonly weightLimit?: number;
  /** Ops to draw from; default all. */
  readonly ops?: readonly IntegerStepName[];
  /** Jump tables beside thetas; default true. */
  readonly tables?: boolean;
  /** Greatest extent of the input maps; default 6. */
  readonly maxExtent?: number;
}

const extent = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });

const stepArbitrary = (options: IntegerOptions, levels: number): fc.Arbitrary<IntegerStep> =>
  fc.record({
    op: fc.constantFrom(...(options.ops ?? integerSteps)),
    from: fc.nat(3),
    other: fc.nat(3),
    channels: extent(4),
    kernel: fc.tuple(extent(3), extent(3)),
    strides: fc.tuple(extent(3), extent(3)),
    dilation: extent(2),
    pads: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)),
    levels: fc.nat(levels - 1),
    magnitude: fc.integer({ min: 1, max: 100 }),
    table: options.tables === false ? fc.constant(false) : fc.boolean(),
    perChannel: fc.boolean(),
    bias: fc.boolean(),
    seed: fc.nat(0xffff),
  });

/** Recipes of integer graphs; they shrink to few steps, small extents and small numbers. */
export const integerRecipes = (options: IntegerOptions = {}): fc.Arbitrary<IntegerRecipe> => {
  const levels = options.levels ?? [1, 3, 7, 15];
  const inputs = options.inputLevels ?? [...levels, 255];
  const max = options.maxExtent ?? 6;
  return fc.record({
    mode: fc.constantFrom(...(options.modes ?? modes)),
    input: fc.record({
      shape: fc.tuple(extent(3), extent(max), extent(max)),
      high: fc.constantFrom(...inputs),
      signed: options.signedInputs === true ? fc.boolean() : fc.constant(false),
    }),
    steps: fc.array(stepArbitrary(options, levels.length), {
      minLength: 1,
      maxLength: options.maxSteps ?? 6,
    }),
    classes: extent(4),
    levels: fc.constant(levels),
    weightLimit: fc.constant(options.weightLimit ?? 7),
  });
};
