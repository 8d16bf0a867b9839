import { carrierOf, costsOf, openMeter, reportCycles } from "../../runtime/cycle/index.ts";
import type { DataSet } from "../pass/index.ts";
import type { TargetBuild } from "../pipeline/build.ts";
import type { Target } from "../target/index.ts";
import { engineOf } from "./engines.ts";

/** A number per inference, or why there is none. */
export type Modelled = { readonly value: number } | { readonly unknown: string };

/** What inferences cost by the first profile of the target: joules, seconds, watts, inferences a second. */
export interface ModelledCosts {
  readonly energy: Modelled;
  readonly latency: Modelled;
  readonly power: Modelled;
  readonly throughput: Modelled;
}

/** Costs settle early: samples differ little in what they cost. */
const mostSamples = 16;

export const firstProfile = ({ profiles }: Target): Target["profiles"][string] =>
  Object.values(profiles)[0] ?? {};

/** Runs the first samples through the program of a target, core by core, and charges for them (docs/pipeline.md). */
export const modelledCosts = (
  { backend, program, integer, steps }: Pick<TargetBuild, "backend" | "program" | "integer" | "steps">,
  data: DataSet,
): ModelledCosts => {
  const costs = costsOf(firstProfile(backend.target));
  const meter = openMeter(program, costs);
  const count = Math.min(mostSamples, data.size);
  const samples = Array.from({ length: count }, (_, i) => data.sample(i));
  engineOf(program.network, integer, carrierOf(program, meter)).run(samples, () => undefined);
  const report = reportCycles(program, meter.finish(0), costs);
  const { seconds, energyPicojoule } = report;
  const energy: Modelled =
    energyPicojoule.kind === "unknown"
      ? { unknown: energyPicojoule.source }
      : { value: (energyPicojoule.total * 1e-12) / count };
  if (seconds.value === null) {
    const none = { unknown: seconds.source };
    return { energy, latency: none, power: none, throughput: none };
  }
  const each = seconds.value / count;
  return {
    energy,
    // Samples may follow each other before the first is done, so that one takes longer than its share of the time.
    latency: { value: (seconds.value / report.steps) * steps },
    power: "value" in energy ? { value: energy.value / each } : energy,
    throughput: { value: 1 / each },
  };
};
