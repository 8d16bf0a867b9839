import type { Obligation } from "../../convert/obligation.ts";
import type { Diagnostic } from "../../diagnostics/index.ts";
import type { MachineProgram, SpikingNetwork } from "../../ir/index.ts";
import type { Artifact, Backend, DynamicsRead } from "../../target/index.ts";
import type { MappingReport, Preparation } from "../build.ts";

/** How a network of dynamics was read where its file leaves it open. */
export interface Dynamics extends DynamicsRead {
  /** Steps of a sample; 0: as many as the data have. */
  readonly steps: number;
}

/** One target's share of a native compile. */
export interface NativeTargetBuild {
  readonly backend: Backend;
  readonly dynamics: Dynamics;
  /** The network of dynamics as populations under a clock, in the arithmetic of the target. */
  readonly network: SpikingNetwork;
  readonly program: MachineProgram;
  /** Files of the network for other programs, where the target has such. */
  readonly exchanged: readonly Artifact[];
  readonly mapping: MappingReport;
  readonly obligations: readonly Obligation[];
  /** Most spikes of a sample; null where its steps are not known. */
  readonly spikeBound: number | null;
}

/** What a native compile made, before it is written. */
export interface NativeBuild {
  readonly kind: "native";
  readonly model: { readonly name: string; readonly sha256: string };
  readonly preparation: Preparation;
  readonly targets: readonly NativeTargetBuild[];
  readonly notes: readonly Diagnostic[];
}
