import type { Arithmetic, Membrane, Topology } from "../ir/index.ts";
import type { Fact } from "./fact.ts";

export const modeNames = [
  "exact.graded",
  "exact.radix",
  "exact.track",
  "exact.ttfs",
  "exact.spatial",
  "exact.rate",
  "approx.rate",
  "native",
] as const;

export type ModeName = (typeof modeNames)[number];

/** Integers that a synapse of the target can hold: mantissa * 2^exponent, mantissa a multiple of `step`. */
export interface WeightGrid {
  readonly low: number;
  readonly high: number;
  readonly step: number;
  readonly exponents: readonly [number, number];
}

/** The chip's own threshold neuron, as realized modes use it. Numbers are in units of the chip's membrane potential. */
export interface Cell {
  readonly arithmetic: Arithmetic;
  readonly comparator: Membrane["comparator"];
  readonly reset: Membrane["reset"];
  /** Least remaining part of v from one step to the next that the cell can be set to, as a factor. */
  readonly leastDecay: Fact;
  /** Potential that one weight unit adds at the coarsest and at the finest setting: powers of two, coarsest first. */
  readonly units: readonly number[];
  /** Weights are this multiple of the integer weight, because mixed-sign weights lose their last bit. */
  readonly weightFactor: number;
  /** Threshold when the least sum that fires is 1: `threshold` and `drive` for a given unit. */
  readonly fireAtOne: (unit: number) => {
    readonly threshold: number;
    readonly drive: number;
    readonly floor: number | null;
  };
  /** A threshold that no sum reaches, for read-out neurons. */
  readonly silent: number;
  /** Greatest sum of the positive, and of the negative, contributions of one step, in units of potential. */
  readonly signedSumLimit: Fact;
  /** Greatest extra delay of a synapse in steps. */
  readonly maxDelay: Fact;
  /** Steps from a spike to its effect that the mapping plans for. */
  readonly hop: number;
  /** Steps between two samples. */
  readonly interval: number;
}

/** Neurons of a chip with a state of their own. Numbers are in units of its membrane potential. */
export interface Compartment {
  /** Greatest weight, in units that each add `weightUnit` of potential. */
  readonly weight: Fact;
  readonly weightUnit: number;
  readonly threshold: Fact;
  /** A bias is mantissa * 2^exponent. */
  readonly bias: { readonly mantissa: Fact; readonly exponent: Fact };
  /** Steps after a spike in which a neuron can rest. */
  readonly refractory: Fact;
}

/** How a target runs neurons of a network that spikes by itself. */
export type Dynamics =
  /** Every model, in the arithmetic that the dynamics ask for. */
  | { readonly kind: "any" }
  /** Membranes in the chip's own integers, with a hard reset to 0; its arithmetic, delays and grid are those of `cell`. */
  | { readonly kind: "compartments"; readonly compartment: Compartment };

/** A system of the family that can be had or was built. */
export interface System {
  readonly name: string;
  readonly chips: Fact;
  /** Where several of them join to one machine: the greatest number of chips. */
  readonly joined?: Fact;
}

/** What a compile may use of a machine; no pass knows a target by name. */
export interface Target {
  readonly name: string;
  readonly summary: string;
  /** Modes in order of preference. */
  readonly modes: readonly ModeName[];
  /** Null: the target runs abstract codes. */
  readonly cell: Cell | null;
  /** For networks that spike by themselves; left out: it runs none. */
  readonly dynamics?: Dynamics;
  readonly grid: WeightGrid;
  /** Shape of the machine with so many chips, or the smallest machine that holds so many cores. */
  readonly topology: (cores: number) => Topology;
  readonly coresPerChip: Fact;
  /** Systems of the family, the smallest first. */
  readonly systems?: readonly System[];
  /** Keys that a neuron owns on machines that route by key, a power of two; 1 when left out. */
  readonly keysPerNeuron?: Fact;
  /** Per core, by resource; the mapper knows no name but checks them all. */
  readonly capacity: Readonly<Record<string, Fact>>;
  /** Energy (pJ) and time (ns) per event, by profile and event. */
  readonly profiles: Readonly<Record<string, Readonly<Record<string, Fact>>>>;
}
