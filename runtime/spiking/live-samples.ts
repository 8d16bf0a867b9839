import { item, numbers, sizeOf } from "../../compiler/ir/core/index.ts";
import type { PopulationId, ReadOut, Spelling } from "../../compiler/ir/spiking/index.ts";
import type { SampleRun } from "./result.ts";
import type { Wiring } from "./wiring.ts";

/** A lane as its population feeds it: value number `value` grows by `gain` when it spikes `step` steps after the sample entered. */
export interface Tap {
  readonly value: number;
  readonly gain: number;
  readonly step: number;
}

/** A read-out as its population gives it, at `step` of the sample. */
export interface Probe {
  readonly output: ReadOut;
  readonly site: number;
  readonly step: number;
}

/** Where the values of a sample come from, by site. */
export interface Collection {
  readonly spellings: readonly Spelling[];
  readonly taps: readonly (readonly Tap[])[];
  readonly probes: readonly Probe[];
  /** Last step of a sample at which something of it is read. */
  readonly last: number;
}

/** What is known of a sample that is under way. */
export interface LiveSample {
  readonly index: number;
  readonly values: readonly Float64Array[];
  readonly reads: Float64Array[];
}

export const collectionOf = ({ network, sites, siteOf }: Wiring): Collection => {
  const taps = sites.map((): Tap[] => []);
  network.spellings.forEach(({ lanes }, value) => {
    for (const { population, gain, step } of lanes)
      item(taps, siteOf(population).index).push({ value, gain, step });
  });
  const probes = network.outputs.map((output): Probe => {
    const { index, population } = siteOf(output.from);
    if (output.read !== "potential")
      throw new Error(`output ${output.name} reads a ${output.read} of membranes`);
    return { output, site: index, step: population.start };
  });
  const steps = [...taps.flat().map((tap) => tap.step), ...probes.map((probe) => probe.step)];
  return { spellings: network.spellings, taps, probes, last: steps.reduce((a, b) => Math.max(a, b), 0) };
};

export const openSample = (
  { spellings, probes }: Collection,
  { sites }: Wiring,
  index: number,
): LiveSample => ({
  index,
  values: spellings.map(({ shape }) => new Float64Array(sizeOf(shape))),
  reads: probes.map(({ site }) => new Float64Array(item(sites, site).size)),
});

/** A sample whose last step is over. */
export const closeSample = (
  { spellings, probes }: Collection,
  { network, siteOf }: Wiring,
  sample: LiveSample,
): SampleRun => {
  const spelled = new Map<PopulationId, number>(spellings.map(({ value }, i) => [value, i]));
  const read = new Map<PopulationId, number>(probes.map(({ output }, i) => [output.from, i]));
  const at: SampleRun["at"] = (id) => {
    const value = spelled.get(id);
    if (value !== undefined) return numbers(item(spellings, value).shape, item(sample.values, value));
    const probe = read.get(id);
    if (probe === undefined) throw new Error(`${network.name} neither spells nor reads ${id}`);
    return numbers(siteOf(id).population.shape, item(sample.reads, probe));
  };
  return { outputs: new Map(network.outputs.map((o) => [o.name, at(o.from)])), at };
};
