import { type Kind, measured, real } from "../kinds.ts";
import type { Metric } from "./recipe.ts";

const shareOf = measured("share", "98%");
const memoryOf = measured("memory", "64 KiB");

interface Measure {
  /** How a limit is written. */
  readonly limit: Kind<number>;
  /** Builds of this version measure it. */
  readonly built: boolean;
}

const known = (limit: Kind<number>): Measure => ({ limit, built: true });

const later = (limit: Kind<number>): Measure => ({ limit, built: false });

/** The metrics of the language. */
export const metrics: Readonly<Record<Metric, Measure>> = {
  accuracy: known(shareOf),
  agreement: known(shareOf),
  drop: known(shareOf),
  cores: known(real),
  chips: known(real),
  neurons: known(real),
  synapses: known(real),
  spikes: known(real),
  steps: known(real),
  parameters: known(real),
  macs: known(real),
  memory: later(memoryOf),
  core_memory: later(memoryOf),
  energy: later(measured("energy", "50 uJ")),
  power: later(measured("power", "5 mW")),
  latency: later(measured("time", "20 ms")),
  throughput: later(measured("frequency", "100 Hz")),
};

export const isMetric = (name: string): name is Metric => Object.hasOwn(metrics, name);

export const metricNames: readonly Metric[] = Object.keys(metrics).filter(isMetric);

/** Metrics that a build of this version answers. */
export const builtMetrics: readonly Metric[] = metricNames.filter((name) => metrics[name].built);
