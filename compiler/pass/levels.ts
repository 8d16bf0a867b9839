import {
  type Invariant,
  integerInvariants,
  integerLevel,
  machine,
  machineInvariants,
  network,
  print,
  printNetlist,
  spikingInvariants,
  tensorInvariants,
  tensorLevel,
} from "../ir/index.ts";
import type { Graphs, LevelName } from "./graphs.ts";

/** What the manager needs of a level: its rules and its text form. */
export interface LevelTools<L extends LevelName> {
  readonly invariants: readonly Invariant<Graphs[L]>[];
  readonly print: (graph: Graphs[L]) => string;
}

export const levelTools: { readonly [L in LevelName]: LevelTools<L> } = {
  tensor: { invariants: tensorInvariants, print: (graph) => print(tensorLevel, graph) },
  integer: { invariants: integerInvariants, print: (graph) => print(integerLevel, graph) },
  spiking: { invariants: spikingInvariants, print: (graph) => printNetlist("spiking", network, graph) },
  machine: { invariants: machineInvariants, print: (graph) => printNetlist("machine", machine, graph) },
};
