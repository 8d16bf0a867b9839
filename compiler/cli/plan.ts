import type { DataDescription, Recipe, Step } from "../../dsl/index.ts";
import { nowhere, Rejected } from "../diagnostics/index.ts";
import type { TensorGraph } from "../ir/index.ts";
import type { DataSet } from "../pass/index.ts";
import type { Preparation } from "../pipeline/build.ts";
import type { CompileOptions } from "../pipeline/options.ts";
import { type ChoiceFlags, compileOptions, stepOf, usualInputBits } from "./compile-options.ts";
import { type InputPort, openData, openDescription } from "./data.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import type { NativeFlags } from "./native-plan.ts";
import { normalData } from "./normal-data.ts";

/** Flags of `compile`, as commander gives them. */
export interface CompileFlags extends NativeFlags, ChoiceFlags {
  readonly output: string;
  readonly target?: readonly string[];
  /** Compile sections of a `.spk` file by name; left out: all. */
  readonly recipe?: readonly string[];
  readonly mode: string;
  readonly calibrate?: string;
  readonly samples?: number;
  readonly data?: string;
  readonly labels?: string;
  readonly limit?: number;
  readonly inputScale?: number;
  readonly inputOffset?: number;
  readonly dim?: readonly string[];
  readonly rebatch?: boolean;
  readonly json?: boolean;
}

/** One compile with its data: flags win over the recipe, the recipe over the defaults. */
export interface CompilePlan {
  readonly options: CompileOptions;
  readonly preparation: Preparation;
  readonly calibration: DataSet | null;
  readonly evaluation: DataSet | null;
}

/** The one input that data feeds. */
export const portOf = (graph: TensorGraph): InputPort => {
  const [input, ...more] = graph.inputs;
  if (input === undefined || more.length > 0)
    throw new Rejected([cliDiagnostics.report("several-inputs", nowhere, { count: graph.inputs.length })]);
  return { name: input.attrs.name, shape: input.attrs.shape };
};

const describedBy = (recipe: Recipe | null): DataDescription | null => {
  const calibrate = stepOf(recipe, "calibrate");
  return stepOf(recipe, "evaluate")?.data ?? (calibrate?.from.kind === "data" ? calibrate.from.data : null);
};

const preparationOf = (flags: CompileFlags, recipe: Recipe | null): Preparation => {
  const described = describedBy(recipe);
  return {
    scale: flags.inputScale ?? described?.scale ?? 1,
    offset: flags.inputOffset ?? described?.offset ?? 0,
  };
};

/** One input level is one stored step, or several with fewer input bits, where the user said what a step is worth; else the data decide. */
const inputScaleOf = (
  flags: CompileFlags,
  recipe: Recipe | null,
  { scale, offset }: Preparation,
): number | null => {
  const stated = flags.inputScale !== undefined || describedBy(recipe) !== null;
  const steps = 2 ** (usualInputBits - (flags.inputBits ?? usualInputBits));
  return stated && offset === 0 ? scale * steps : null;
};

const calibrationData = (
  { from, skip }: Extract<Step, { readonly kind: "calibrate" }>,
  port: InputPort,
  samples: number,
): DataSet =>
  from.kind === "data"
    ? openDescription(from.data, port, { skip, take: samples })
    : normalData(from, port, skip, samples);

/** Ranges settle early: on the networks of the bench, 128 pictures give the accuracy of 512. */
const defaultSamples = 128;

/** Puts flags and recipe together and opens the data. Throws Rejected for data that does not fit. */
export const planCompile = (graph: TensorGraph, recipe: Recipe | null, flags: CompileFlags): CompilePlan => {
  const port = portOf(graph);
  const preparation = preparationOf(flags, recipe);
  const options = compileOptions(flags, recipe);
  const calibrate = stepOf(recipe, "calibrate");
  const evaluate = stepOf(recipe, "evaluate");
  const samples = flags.samples ?? calibrate?.samples ?? defaultSamples;
  const whole = { skip: 0, take: null };
  const described = calibrate === undefined ? null : calibrationData(calibrate, port, samples);
  const calibration =
    flags.calibrate === undefined
      ? described
      : openData({ inputs: flags.calibrate, labels: null }, port, preparation, { skip: 0, take: samples });
  const tested =
    evaluate === undefined
      ? null
      : openDescription(evaluate.data, port, {
          skip: evaluate.skip,
          take: Math.min(flags.limit ?? Infinity, evaluate.samples ?? Infinity),
        });
  const given =
    flags.data === undefined
      ? null
      : openData({ inputs: flags.data, labels: flags.labels ?? null }, port, preparation, {
          ...whole,
          take: flags.limit ?? null,
        });
  return {
    preparation,
    calibration,
    evaluation: given ?? tested,
    options: {
      ...options,
      quantize: { ...options.quantize, samples, inputScale: inputScaleOf(flags, recipe, preparation) },
    },
  };
};
