import { type Numbers, numbers } from "../../compiler/ir/core/index.ts";
import type { PopulationId } from "../../compiler/ir/spiking/index.ts";
import type { Counters } from "./tally.ts";
import type { Wiring } from "./wiring.ts";

/** Integers of one sample: sums at read-outs, levels elsewhere. */
export interface SampleRun {
  /** By output name. */
  readonly outputs: ReadonlyMap<string, Numbers>;
  /** Level of a population that sends, sum of one that is read. In a realized network: of a value that lanes spell. */
  readonly at: (id: PopulationId) => Numbers;
}

export interface SpikingRun extends SampleRun {
  readonly counters: Counters;
}

/** Values of an abstract network: one array a site. */
export const sampleRun = ({ network, siteOf }: Wiring, values: readonly Float64Array[]): SampleRun => {
  const at = (id: PopulationId): Numbers => {
    const { index, population } = siteOf(id);
    return numbers(population.shape, values[index] ?? new Float64Array(0));
  };
  return { outputs: new Map(network.outputs.map((o) => [o.name, at(o.from)])), at };
};
