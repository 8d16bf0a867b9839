/** A number of a data sheet with its source, or an honest gap: what a target's profile holds. */
export type Measure =
  | { readonly value: number; readonly unit: string; readonly source: string }
  | { readonly unknown: string; readonly source: string };

/** Numbers of a target by event. Names: `docs/pipeline.md`. */
export type Profile = Readonly<Record<string, Measure>>;

/** Cycles between two events of one stage, and of a barrier. */
export interface StageCycles {
  readonly axonIn: number;
  readonly synapse: number;
  readonly dendrite: number;
  readonly soma: number;
  readonly axonOut: number;
  readonly barrier: number;
}

/** Picojoules an event. */
export interface EventEnergies {
  readonly synapse: number;
  readonly activeNeuron: number;
  readonly idleNeuron: number;
  readonly packet: number;
  readonly hopEastWest: number;
  readonly hopNorthSouth: number;
}

/** Nanoseconds an event. */
export interface EventTimes {
  readonly axonIn: number;
  readonly synapse: number;
  readonly activeNeuron: number;
  readonly idleNeuron: number;
  readonly axonOut: number;
  readonly barrier: number;
}

/** What the profile says about time and energy; null where it does not say enough. */
export interface Costs {
  readonly cycles: StageCycles;
  readonly energies: EventEnergies | null;
  readonly times: EventTimes | null;
  /** Where energies and times come from. */
  readonly source: string;
}

const numberOf = (profile: Profile, name: string): number | null => {
  const measure = profile[name];
  return measure !== undefined && "value" in measure ? measure.value : null;
};

/** Cycles of a stage; 1 where the profile does not count in cycles. */
const cyclesOf = (profile: Profile): StageCycles => {
  const cycles = (name: string): number => numberOf(profile, name) ?? 1;
  return {
    axonIn: cycles("axon in"),
    synapse: cycles("synapse"),
    dendrite: cycles("dendrite"),
    soma: cycles("soma"),
    axonOut: cycles("axon out"),
    barrier: cycles("barrier"),
  };
};

const energiesOf = (profile: Profile): EventEnergies | null => {
  const [synapse, activeNeuron, idleNeuron] = [
    "synapse energy",
    "neuron active energy",
    "neuron idle energy",
  ].map((name) => numberOf(profile, name) ?? null);
  if (synapse == null || activeNeuron == null || idleNeuron == null) return null;
  const optional = (name: string): number => numberOf(profile, name) ?? 0;
  return {
    synapse,
    activeNeuron,
    idleNeuron,
    packet: optional("spike energy"),
    hopEastWest: optional("hop east-west energy"),
    hopNorthSouth: optional("hop north-south energy"),
  };
};

const timesOf = (profile: Profile): EventTimes | null => {
  const [synapse, activeNeuron, idleNeuron, barrier] = [
    "synapse time",
    "neuron active time",
    "neuron idle time",
    "barrier time",
  ].map((name) => numberOf(profile, name) ?? null);
  if (synapse == null || activeNeuron == null || idleNeuron == null || barrier == null) return null;
  const optional = (name: string): number => numberOf(profile, name) ?? 0;
  return {
    axonIn: optional("axon in time"),
    synapse,
    activeNeuron,
    idleNeuron,
    axonOut: optional("axon out time"),
    barrier,
  };
};

const sourceOf = (profile: Profile): string =>
  [...new Set(Object.values(profile).map((m) => m.source.split(":")[0] ?? m.source))].join("; ");

/** Costs of a profile. Synapses, neurons and the barrier must be known for a time or an energy; what else is unknown counts nothing. */
export const costsOf = (profile: Profile): Costs => ({
  cycles: cyclesOf(profile),
  energies: energiesOf(profile),
  times: timesOf(profile),
  source: sourceOf(profile),
});
