import type { MachineProgram } from "../../compiler/ir/machine/index.ts";
import type { Totals } from "./meter.ts";
import type { Costs } from "./profile.ts";
import { type Traffic, trafficOf } from "./traffic.ts";

/** A number with how it is known. */
export interface Figure {
  readonly value: number | null;
  readonly kind: "modelled" | "unknown";
  readonly source: string;
}

/** Picojoules of all events; `static` is what passes without events, which no profile gives. */
export interface Energy {
  readonly total: number;
  readonly synapse: number;
  readonly neuron: number;
  readonly network: number;
  readonly static: number;
  readonly kind: Figure["kind"];
  readonly source: string;
}

/** What a run cost on a machine. */
export interface CycleReport {
  readonly steps: number;
  readonly cycles: number;
  readonly seconds: Figure;
  readonly energyPicojoule: Energy;
  readonly traffic: Traffic;
  /** Index of the core that was busy longest; the first of equals. */
  readonly busiestCore: number;
}

const energyOf = ({ energies, source }: Costs, totals: Totals, traffic: Traffic): Energy => {
  if (energies === null)
    return {
      total: 0,
      synapse: 0,
      neuron: 0,
      network: 0,
      static: 0,
      kind: "unknown",
      source: "the profile has no energies",
    };
  const synapse = totals.synapses * energies.synapse;
  const neuron = totals.activeUpdates * energies.activeNeuron + totals.idleUpdates * energies.idleNeuron;
  const network =
    traffic.packets * energies.packet +
    traffic.hopsEastWest * energies.hopEastWest +
    traffic.hopsNorthSouth * energies.hopNorthSouth;
  return {
    total: synapse + neuron + network,
    synapse,
    neuron,
    network,
    static: 0,
    kind: "modelled",
    source: `${source}; without leakage and links between chips`,
  };
};

const secondsOf = ({ times, source }: Costs, totals: Totals): Figure =>
  times === null
    ? { value: null, kind: "unknown", source: "the profile has no times" }
    : { value: totals.nanoseconds / 1e9, kind: "modelled", source };

const busiestOf = (busy: Float64Array): number =>
  busy.reduce((best, b, c) => (b > (busy[best] ?? 0) ? c : best), 0);

/** Time, energy and traffic of everything that a meter saw. */
export const reportCycles = (program: MachineProgram, totals: Totals, costs: Costs): CycleReport => {
  const traffic = trafficOf(program, totals.messages);
  return {
    steps: totals.steps,
    cycles: totals.cycles,
    seconds: secondsOf(costs, totals),
    energyPicojoule: energyOf(costs, totals, traffic),
    traffic,
    busiestCore: busiestOf(totals.busy),
  };
};
