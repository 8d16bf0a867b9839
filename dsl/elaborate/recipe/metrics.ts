import { type Kind, measured, real } from "../kinds.ts";
import type { Metric } from "./recipe.ts";

const shareOf = measured("share", "98%");
const memoryOf = measured("memory", "64 KiB");

interface Measure {
  /** How a limit is written. */
  readonly limit: Kind<number>;
  /** What `evaluate` has to give for it. */
  readonly needs: "nothing" | "data" | "labels";
  /** Builds of this version measure it. */
  readonly built: boolean;
}

const known = (limit: Kind<number>, needs: Measure["needs"] = "nothing"): Measure => ({
  limit,
  needs,
  built: true,
});

const later = (limit: Kind<number>): Measure => ({ limit, needs: "nothing", built: false });

/** The metrics of the language. */
export const metrics: Readonly<Record<Metric, Measure>> = {
  accuracy: known(shareOf, "labels"),
  agreement: known(shareOf, "data"),
  drop: known(shareOf, "labels"),
  cores: known(real),
  chips: known(real),
  neurons: known(real),
  synapses: known(real),
  spikes: known(real, "data"),
  steps: known(real),
  parameters: known(real),
  macs: known(real),
  memory: later(memoryOf),
  core_memory: later(memoryOf),
  energy: known(measured("energy", "50 uJ"), "data"),
  power: known(measured("power", "5 mW"), "data"),
  latency: known(measured("time", "20 ms"), "data"),
  throughput: known(measured("frequency", "100 Hz"), "data"),
};

export const isMetric = (name: string): name is Metric => Object.hasOwn(metrics, name);

export const metricNames: readonly Metric[] = Object.keys(metrics).filter(isMetric);

/** Metrics that a build of this version answers. */
export const builtMetrics: readonly Metric[] = metricNames.filter((name) => metrics[name].built);
