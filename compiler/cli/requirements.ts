import type { Requirement } from "../../dsl/index.ts";
import { type Diagnostic, nowhere } from "../diagnostics/index.ts";
import { type IntegerGraph, integerLevel, nodesOf, rowsOf, sizeOf, weightsOfNode } from "../ir/index.ts";
import type { MappingReport } from "../pipeline/build.ts";
import type { Backend } from "../target/index.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import type { Evaluation } from "./documents.ts";
import type { Modelled, ModelledCosts } from "./modelled.ts";

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
  /** Runs samples through the machine, for what they cost; null without data. */
  readonly costs?: () => ModelledCosts | null;
}

const noData = "nothing was evaluated";
const spiking = "it is not modelled for networks that spike by themselves";

/** The value of a metric on one target, or why it is not known. */
const measured = (metric: Requirement["metric"], target: Judged, run: Evaluation | null): Modelled => {
  const known = (value: number | null | undefined, unknown: string): Modelled =>
    value === null || value === undefined ? { unknown } : { value };
  const ran = (of: (run: Evaluation) => number | null): Modelled =>
    run === null ? { unknown: noData } : known(of(run), "the data have no labels, or were not compared");
  switch (metric) {
    case "accuracy":
      return ran(({ levels, samples }) => share(levels.spiking.correct, samples));
    case "drop":
      return ran(({ levels, samples }) => {
        const float = share(levels.float?.correct, samples);
        const spiking = share(levels.spiking.correct, samples);
        return float === null || spiking === null ? null : float - spiking;
      });
    case "agreement":
      return ran(({ equality }) =>
        equality.samples === 0 ? null : 1 - equality.mismatchedSamples / equality.samples,
      );
    case "cores":
    case "chips":
    case "neurons":
    case "synapses":
      return { value: target.mapping[metric] };
    case "steps":
      return known(target.steps ?? run?.cost.steps, noData);
    case "spikes":
      return ran(({ cost }) => cost.spikes);
    case "parameters":
    case "macs":
      return known(target.integer === undefined ? null : sizesOf(target.integer)[metric], spiking);
    case "energy":
    case "latency":
    case "power":
    case "throughput":
      return target.costs?.()?.[metric] ?? { unknown: target.costs === undefined ? spiking : noData };
    case "memory":
    case "core_memory":
      return { unknown: "this version does not measure it" };
  }
};

const units: Readonly<Partial<Record<Requirement["metric"], readonly [unit: string, factor: number]>>> = {
  accuracy: ["%", 100],
  agreement: ["%", 100],
  drop: ["%", 100],
  energy: [" uJ", 1e6],
  latency: [" ms", 1e3],
  power: [" mW", 1e3],
  throughput: [" Hz", 1],
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

/** A value as a recipe writes it. */
const shown = (metric: Requirement["metric"], value: number): string => {
  const [unit, factor] = units[metric] ?? ["", 1];
  return `${Number((value * factor).toPrecision(6))}${unit}`;
};

/** Every requirement of a recipe that a build misses, or that cannot be judged. */
export const missedRequirements = (
  requirements: readonly Requirement[],
  target: Judged,
  run: Evaluation | null,
): readonly Diagnostic[] =>
  requirements.flatMap(({ metric, relation, limit, text }) => {
    const found = measured(metric, target, run);
    const { name } = target.backend.target;
    if ("unknown" in found) {
      const holes = { metric, target: name, why: found.unknown };
      return [cliDiagnostics.report("requirement-unmeasured", nowhere, holes)];
    }
    if (holds(found.value, relation, limit)) return [];
    const holes = { target: name, text, found: shown(metric, found.value) };
    return [cliDiagnostics.report("requirement-missed", nowhere, holes)];
  });
