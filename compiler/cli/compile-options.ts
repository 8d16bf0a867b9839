import type { Recipe, Step } from "../../dsl/index.ts";
import { nowhere, Rejected } from "../diagnostics/index.ts";
import type { CompileOptions } from "../pipeline/options.ts";
import { knownModes } from "../pipeline/target-stage.ts";
import { type ModeName, modeNames } from "../target/index.ts";
import { cliDiagnostics } from "./diagnostics.ts";

/** Flags that choose how a network is compiled, apart from its data. */
export interface ChoiceFlags {
  readonly mode?: string;
  readonly levels?: number;
  readonly weightBits?: number;
  readonly inputBits?: number;
  readonly fold?: number;
  readonly seed?: number;
  readonly skip?: readonly string[];
  readonly dumpAfter?: readonly string[];
  readonly stopAfter?: string;
  readonly verify?: boolean;
}

type StepOf<K extends Step["kind"]> = Extract<Step, { readonly kind: K }>;

const isStep =
  <K extends Step["kind"]>(kind: K) =>
  (step: Step): step is StepOf<K> =>
    step.kind === kind;

/** The step of a recipe of one kind. */
export const stepOf = <K extends Step["kind"]>(recipe: Recipe | null, kind: K): StepOf<K> | undefined =>
  recipe?.steps.find(isStep(kind));

const isMode = (name: string): name is ModeName => modeNames.some((m) => m === name);

const modeOf = (name: string): ModeName | "auto" => {
  if (name === "auto" || isMode(name)) return name;
  throw new Rejected([
    cliDiagnostics.report("unknown-mode", nowhere, { name, known: ["auto", ...knownModes].join(", ") }),
  ]);
};

/** Stages that a step is for; `only` null: all. */
const scopeArgs = (
  step: StepOf<"fold"> | StepOf<"quantize"> | undefined,
): { readonly only: readonly string[] | null; readonly except: readonly string[] } => {
  const scope = step?.scope ?? { kind: "all" };
  return {
    only: scope.kind === "only" ? scope.stages : null,
    except: scope.kind === "except" ? scope.stages : [],
  };
};

const foldOf = (flags: ChoiceFlags, recipe: Recipe | null): CompileOptions["fold"] => {
  const step = stepOf(recipe, "fold");
  const keep = flags.fold ?? step?.keep;
  return keep === undefined
    ? null
    : { keep, repair: step?.repair === "none" ? "none" : "variance", ...scopeArgs(step) };
};

/** Bits of an input value where nobody says it: those of stored images. */
export const usualInputBits = 8;

/** What one compile is asked to do: flags win over the recipe, the recipe over the defaults. Throws Rejected for an unknown mode. */
export const compileOptions = (flags: ChoiceFlags, recipe: Recipe | null): CompileOptions => {
  const asked = flags.mode ?? "auto";
  const quantize = stepOf(recipe, "quantize");
  return {
    mode: modeOf(asked === "auto" ? (stepOf(recipe, "convert")?.mode ?? "auto") : asked),
    fold: foldOf(flags, recipe),
    quantize: {
      levels: flags.levels ?? quantize?.levels ?? 15,
      weightBits: flags.weightBits ?? quantize?.weightBits ?? 8,
      inputBits: flags.inputBits ?? usualInputBits,
      ...scopeArgs(quantize),
    },
    seed: flags.seed ?? 0,
    skip: flags.skip ?? [],
    dumpAfter: flags.dumpAfter ?? [],
    stopAfter: flags.stopAfter ?? null,
    verify: flags.verify === true,
  };
};
