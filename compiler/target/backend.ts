import type { Diagnostic } from "../diagnostics/index.ts";
import type { Format, MachineProgram } from "../ir/index.ts";
import type { NativeNetwork, ProfileName, Reset } from "../native/index.ts";
import type { Target } from "./target.ts";

/** A file of a build: its bytes are made when it is written. */
export interface Artifact {
  readonly path: string;
  readonly bytes: () => Iterable<Uint8Array>;
}

/** What synapses and axons cost on a core of the target. */
export interface SynapseCost {
  /** Bits of one synapse on a core with `slots` slots, whose longest delay is `delay` extra steps. */
  readonly width: (slots: number, delay: number) => number;
  /** Number 0..30 of the chip's own format for a synapse: kinds with equal numbers share one. */
  readonly formatOf: (exponent: number, delay: number) => number;
  /** Words of one list with `count` synapses of `width` bits in `formats` of the chip's formats. */
  readonly words: (count: number, formats: number, width: number) => number;
  /** Entries of a sender's output table for one receiving core. */
  readonly outputEntries: (sameChip: boolean) => number;
  /** The kinds of a core with their bit widths filled in. */
  readonly layout: (formats: readonly Format[], slots: number) => readonly Format[];
}

/** How a network of dynamics is read where its file leaves it open. */
export interface DynamicsRead {
  readonly profile: ProfileName;
  /** Seconds of a step; null where nothing depends on it. */
  readonly dt: number | null;
  /** Reset of neurons that do not say one. */
  readonly reset: Reset;
}

/** Files of a network of dynamics for other programs, and what of it they do not say. */
export interface Exchanged {
  readonly files: readonly Artifact[];
  readonly notes: readonly Diagnostic[];
}

/** A target with its writer and its own checker; found through one lazy table. */
export interface Backend {
  readonly target: Target;
  readonly cost: SynapseCost;
  /** Files of the target's folder. Throws Rejected when the program breaks a limit that only the writer sees. */
  readonly write: (program: MachineProgram) => readonly Artifact[];
  /**
   * Networks of dynamics as they are, in time constants and voltages, beside the program; left out: none. Throws
   * Rejected with all that has no form there.
   */
  readonly exchange?: (network: NativeNetwork, read: DynamicsRead) => Exchanged;
  /** Re-reads written files (by path in the target's folder) and reports what is wrong with them. */
  readonly validate: (files: ReadonlyMap<string, Uint8Array>) => readonly Diagnostic[];
}
