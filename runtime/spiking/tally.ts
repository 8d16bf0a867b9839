import { item } from "../../compiler/ir/core/index.ts";
import type { PopulationId } from "../../compiler/ir/spiking/index.ts";
import type { Wiring } from "./wiring.ts";

/** What a run did. */
export interface Counters {
  readonly steps: number;
  /** Messages by population: a spike, or a payload, counts one. */
  readonly spikes: ReadonlyMap<PopulationId, number>;
  /** Synapses that messages walked. */
  readonly synapticOperations: number;
  /** Updates that the schedule asks for, idle neurons included. */
  readonly neuronUpdates: number;
  /** Sums that left the bits of their register and came back at the other end. */
  readonly wraps: number;
  /** Sums and states that stopped at the end of their register. */
  readonly saturations: number;
}

/** Counters while a run goes on. */
export interface Tally {
  steps: number;
  readonly spikes: Float64Array;
  synapses: number;
  updates: number;
  wraps: number;
  saturations: number;
}

export const openTally = ({ sites }: Wiring): Tally => ({
  steps: 0,
  spikes: new Float64Array(sites.length),
  synapses: 0,
  updates: 0,
  wraps: 0,
  saturations: 0,
});

export const countersOf = ({ sites }: Wiring, tally: Tally): Counters => ({
  steps: tally.steps,
  spikes: new Map(sites.map((site) => [site.id, item(tally.spikes, site.index)])),
  synapticOperations: tally.synapses,
  neuronUpdates: tally.updates,
  wraps: tally.wraps,
  saturations: tally.saturations,
});
