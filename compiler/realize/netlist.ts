import type { Origin } from "../diagnostics/index.ts";
import {
  diagonal,
  integers,
  type Membrane,
  membraneOf,
  type Population,
  type PopulationId,
  type Projection,
  project,
  type Shape,
  spikes,
  toZero,
} from "../ir/index.ts";

/** Signals of the realized network while it grows: each fires (or is read) at one step of a sample. */
export interface Signal {
  readonly id: PopulationId;
  readonly shape: Shape;
  readonly step: number;
}

/** Populations and projections while a network is put together. */
export interface Netlist {
  readonly populations: Population[];
  readonly projections: Projection[];
  /** Relayed copies by source and step. */
  readonly relays: Map<string, Signal>;
}

export const emptyNetlist = (): Netlist => ({ populations: [], projections: [], relays: new Map() });

/** A stateless threshold neuron that is placed later on a cell: its parameters are filled in when the unit is known. */
export const placeholder: Membrane = membraneOf({
  decay: integers("decay", [1], Float64Array.of(0)),
  threshold: integers("threshold", [1], Float64Array.of(1)),
  comparator: "reached",
  reset: toZero,
});

export const addPopulation = (
  net: Netlist,
  signal: Signal,
  model: Population["model"],
  origins: readonly Origin[],
): void => {
  net.populations.push({
    id: signal.id,
    shape: signal.shape,
    model,
    code: spikes,
    bias: null,
    origins,
    start: signal.step,
  });
};

const one = integers("one", [1], Float64Array.of(1));

/** A copy of a signal that fires later: one synapse of weight 1 a neuron, as often as the delay limit asks. */
const relayed = (
  net: Netlist,
  source: Signal,
  step: number,
  idOf: (name: string) => PopulationId,
  origins: readonly Origin[],
): Signal => {
  const key = `${source.id}@${step}`;
  const known = net.relays.get(key);
  if (known !== undefined) return known;
  const copy: Signal = { id: idOf(`${source.id}.relay${step}`), shape: source.shape, step };
  net.relays.set(key, copy);
  addPopulation(net, copy, placeholder, origins);
  net.projections.push(
    project({
      from: source.id,
      to: copy.id,
      map: diagonal(source.shape, one),
      delay: step - source.step - 1,
    }),
  );
  return copy;
};

/** The signal that can reach `step` within `reach` steps: the source itself, or the last of a chain of relays. */
export const within = (
  net: Netlist,
  source: Signal,
  step: number,
  reach: number,
  idOf: (name: string) => PopulationId,
  origins: readonly Origin[],
): Signal => {
  let signal = source;
  while (step - signal.step > reach) signal = relayed(net, signal, signal.step + reach, idOf, origins);
  return signal;
};
