import type { Recipe, SpkNetwork } from "../../dsl/index.ts";
import type { TensorGraph } from "../ir/index.ts";
import type { NativeNetwork } from "../native/index.ts";
import type { NativeCompileOptions } from "../pipeline/index.ts";

/** A function of its input, to be quantized and converted exactly, with the recipe that the file gives for it. */
export interface ExactJob {
  readonly kind: "exact";
  readonly graph: TensorGraph;
  readonly recipe: Recipe | null;
}

/** A network that spikes by itself, with what its file says of the time and the dynamics. */
export interface NativeJob {
  readonly kind: "native";
  readonly network: NativeNetwork;
  readonly stated: NativeCompileOptions;
  readonly recipe: Recipe | null;
}

/** A network to compile. */
export type Job = ExactJob | NativeJob;

/** A file that leaves time and dynamics open. */
export const nothingStated: NativeCompileOptions = { profile: null, dt: null, reset: null, steps: null };

type Scope = Extract<Recipe["steps"][number], { readonly kind: "quantize" }>["scope"];

const covers = (scope: Scope, stage: string): boolean => {
  if (scope.kind === "all") return true;
  const named = scope.stages.some((name) => stage === name || stage.startsWith(`${name}.`));
  return named === (scope.kind === "only");
};

/** What `quantize(weights: 8 bits)` asks of a network that spikes by itself. */
const roundingOf = (recipe: Recipe | null): Pick<NativeCompileOptions, "rounding"> => {
  for (const step of recipe?.steps ?? [])
    if (step.kind === "quantize" && step.weightBits !== null)
      return { rounding: { bits: step.weightBits, chosen: (stage) => covers(step.scope, stage) } };
  return {};
};

/** A network of a `.spk` file. */
export const jobOf = (network: SpkNetwork, recipe: Recipe | null): Job => {
  if (network.kind === "tensor") return { kind: "exact", graph: network.graph, recipe };
  const { profile, step } = network;
  return {
    kind: "native",
    network: network.network,
    stated: { ...nothingStated, profile, dt: step, ...roundingOf(recipe) },
    recipe,
  };
};
