import type { Semantics } from "../convert/modes.ts";
import type { Obligation } from "../convert/obligation.ts";
import type { Diagnostic } from "../diagnostics/index.ts";
import type { IntegerGraph, MachineProgram, PopulationId, SpikingNetwork, TensorGraph } from "../ir/index.ts";
import type { Backend, ModeName } from "../target/index.ts";

/** x = (raw - offset) * scale: how stored data becomes the network's input. */
export interface Preparation {
  readonly scale: number;
  readonly offset: number;
}

/** Which population of the abstract network carries the value of an integer node (index in topological order). */
export interface ValuePair {
  readonly node: number;
  readonly value: PopulationId;
}

/** Cores and limits of a mapping. */
export interface MappingReport {
  readonly cores: number;
  readonly coresBound: number;
  readonly chips: number;
  readonly bindingLimit: string | null;
  readonly neurons: number;
  readonly synapses: number;
  readonly resources: readonly {
    readonly resource: string;
    readonly most: number;
    readonly total: number;
    readonly limit: number | null;
  }[];
  readonly coresByLayer: ReadonlyMap<PopulationId, number>;
}

/** One target's share of a compile. */
export interface TargetBuild {
  readonly backend: Backend;
  readonly mode: ModeName;
  readonly theorem: string;
  readonly semantics: Semantics;
  /** The integer network that was converted: the common one, after the target's own exact passes. */
  readonly integer: IntegerGraph;
  readonly abstract: SpikingNetwork;
  readonly network: SpikingNetwork;
  readonly program: MachineProgram;
  readonly mapping: MappingReport;
  readonly obligations: readonly Obligation[];
  /** For the common integer network, and for the target's own. */
  readonly pairs: readonly ValuePair[];
  readonly ownPairs: readonly ValuePair[];
  readonly steps: number;
  readonly spikeBound: number;
}

/** What one compile made, before it is written. */
export interface Build {
  readonly model: { readonly name: string; readonly sha256: string };
  readonly preparation: Preparation;
  readonly float: TensorGraph;
  readonly host: TensorGraph | null;
  readonly integer: IntegerGraph;
  readonly targets: readonly TargetBuild[];
  readonly warnings: readonly Diagnostic[];
}
