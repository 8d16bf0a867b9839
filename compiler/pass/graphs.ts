import type {
  IntegerGraph,
  IntegerNode,
  MachineProgram,
  Numbers,
  PopulationId,
  SpikingNetwork,
  TensorGraph,
  TensorNode,
} from "../ir/index.ts";

/** The graph type of each level. */
export interface Graphs {
  readonly tensor: TensorGraph;
  readonly integer: IntegerGraph;
  readonly spiking: SpikingNetwork;
  readonly machine: MachineProgram;
}

/** Where a run of a level can be looked at. */
export interface Points {
  readonly tensor: TensorNode;
  readonly integer: IntegerNode;
  readonly spiking: PopulationId;
  readonly machine: PopulationId;
}

export type LevelName = keyof Graphs;

/** One input of a network: real numbers by input name, and the class where it is known. */
export interface Sample {
  readonly inputs: ReadonlyMap<string, Numbers>;
  readonly label: number | null;
}

export interface DataSet {
  readonly hash: string;
  readonly size: number;
  readonly sample: (index: number) => Sample;
}

export interface Trace<P> {
  readonly outputs: ReadonlyMap<string, Numbers>;
  readonly at: (point: P) => Numbers;
}

/** Runs a level; handed in by whoever composes, so that passes do not depend on the runtime. */
export interface Evaluator<L extends LevelName> {
  readonly level: L;
  readonly run: (graph: Graphs[L], sample: Sample) => Trace<Points[L]>;
}
