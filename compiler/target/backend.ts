import type { Diagnostic } from "../diagnostics/index.ts";
import type { Format, MachineProgram } from "../ir/index.ts";
import type { Target } from "./target.ts";

/** A file of a build: its bytes are made when it is written. */
export interface Artifact {
  readonly path: string;
  readonly bytes: () => Iterable<Uint8Array>;
}

/** What the synapses of one axon cost on a core, counted by format. */
export interface SynapseCost {
  /** Words of one list with `count` synapses in `formats` formats on a core with `slots` slots. */
  readonly words: (count: number, formats: number, slots: number) => number;
  /** The formats with their bit widths filled in for a core with `slots` slots. */
  readonly layout: (formats: readonly Format[], slots: number) => readonly Format[];
}

/** A target with its writer and its own checker; found through one lazy table. */
export interface Backend {
  readonly target: Target;
  readonly cost: SynapseCost;
  /** Files of the target's folder. Throws Rejected when the program breaks a limit that only the writer sees. */
  readonly write: (program: MachineProgram) => readonly Artifact[];
  /** Re-reads written files (by path in the target's folder) and reports what is wrong with them. */
  readonly validate: (files: ReadonlyMap<string, Uint8Array>) => readonly Diagnostic[];
}
