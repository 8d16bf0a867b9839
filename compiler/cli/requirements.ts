import type { Requirement } from "../../dsl/index.ts";
import { type Diagnostic, nowhere } from "../diagnostics/index.ts";
import { type IntegerGraph, integerLevel, nodesOf, rowsOf, sizeOf, weightsOfNode } from "../ir/index.ts";
import type { MappingReport } from "../pipeline/build.ts";
import type { Backend } from "../target/index.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import type { RunDocument } from "./documents.ts";

type Evaluation = Omit<RunDocument, "schema">;

const share = (correct: number | undefined, samples: number): number | null =>
  correct === undefined ? null : correct / samples;

/** Numbers that a compiled function stores, and products of one sample. */
const sizesOf = (integer: IntegerGraph): { readonly parameters: number; readonly macs: number } => {
  const layers = nodesOf(integer).filter((node) => node.op === "linear");
  const stored = new Set(layers.flatMap((node) => weightsOfNode(integerLevel, node)));
  return {
    parameters: [...stored].reduce((sum, w) => sum + sizeOf(w.shape), 0),
    macs: layers.reduce((sum, node) => sum + rowsOf(node.attrs.map).weight.length, 0),
  };
};

/** What requirements ask of one target of a build, exact or native. */
export interface Judged {
  readonly backend: Pick<Backend, "target">;
  readonly mapping: Pick<MappingReport, "cores" | "chips" | "neurons" | "synapses">;
  /** Null where the data say how many. */
  readonly steps: number | null;
  /** The function that was converted; left out for networks that spike by themselves. */
  readonly integer?: IntegerGraph;
}

/** The measured value of a metric on one target; null when this version does not measure it. */
const measured = (metric: Requirement["metric"], target: Judged, run: Evaluation | null): number | null => {
  switch (metric) {
    case "accuracy":
      return run === null ? null : share(run.levels.spiking.correct, run.samples);
    case "drop": {
      const float = run === null ? null : share(run.levels.float?.correct, run.samples);
      const spiking = run === null ? null : share(run.levels.spiking.correct, run.samples);
      return float === null || spiking === null ? null : float - spiking;
    }
    case "agreement":
      return run === null || run.equality.samples === 0
        ? null
        : 1 - run.equality.mismatchedSamples / run.equality.samples;
    case "cores":
      return target.mapping.cores;
    case "chips":
      return target.mapping.chips;
    case "neurons":
      return target.mapping.neurons;
    case "synapses":
      return target.mapping.synapses;
    case "steps":
      return target.steps ?? run?.cost.steps ?? null;
    case "spikes":
      return run === null ? null : run.cost.spikes;
    case "parameters":
      return target.integer === undefined ? null : sizesOf(target.integer).parameters;
    case "macs":
      return target.integer === undefined ? null : sizesOf(target.integer).macs;
    default:
      return null;
  }
};

const holds = (value: number, relation: Requirement["relation"], limit: number): boolean => {
  switch (relation) {
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
    case "==":
      return value === limit;
    case ">=":
      return value >= limit;
    case ">":
      return value > limit;
  }
};

/** Every requirement of a recipe that a build misses, or that cannot be judged. */
export const missedRequirements = (
  requirements: readonly Requirement[],
  target: Judged,
  run: Evaluation | null,
): readonly Diagnostic[] =>
  requirements.flatMap(({ metric, relation, limit, text }) => {
    const found = measured(metric, target, run);
    if (found === null) return [cliDiagnostics.report("requirement-unmeasured", nowhere, { metric })];
    if (holds(found, relation, limit)) return [];
    const holes = { target: target.backend.target.name, text, found };
    return [cliDiagnostics.report("requirement-missed", nowhere, holes)];
  });
