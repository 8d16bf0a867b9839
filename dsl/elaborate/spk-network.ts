import type { TensorGraph } from "../../compiler/ir/tensor/index.ts";
import type { NativeNetwork, ProfileName } from "../../compiler/native/index.ts";
import { toNumber } from "../rational.ts";
import type { SpkModel } from "./host.ts";
import type { Draft } from "./network.ts";
import type { Bound } from "./weights/bind.ts";

interface Elaborated {
  /** The name in the file that was asked for; an imported network may have another one in its own. */
  readonly name: string;
  /** False: no weights are named, so the network can be checked but not compiled. */
  readonly trained: boolean;
}

export type TensorNetwork = Elaborated & { readonly kind: "tensor"; readonly graph: TensorGraph };

/** A network with neurons, which runs in time. */
export type TimeNetwork = Elaborated & {
  readonly kind: "native";
  readonly network: NativeNetwork;
  /** What `dynamics` says, or its default; null for an imported file, which says none. */
  readonly profile: ProfileName | null;
  /** Seconds of a step; null for an imported file, which says none. */
  readonly step: number | null;
};

/** A network ready to compile, or with placeholders of zeros where it names no weights. */
export type SpkNetwork = TensorNetwork | TimeNetwork;

/** A network of a program, with its weights where they were read. */
export const networkFrom = (draft: Draft, bound: Bound, trained: boolean): SpkNetwork => {
  const { name } = draft;
  if (bound.kind === "tensor") return { kind: "tensor", name, trained, graph: bound.graph };
  if (draft.kind === "tensor") throw new Error(`${name} came to run in time with its weights`);
  const { profile, step } = draft.time.store.clock;
  const seconds = step === null ? null : toNumber(step);
  return { kind: "native", name, trained, network: bound.network, profile: profile.name, step: seconds };
};

/** The network of an imported file. */
export const networkOfModel = (name: string, model: SpkModel): SpkNetwork =>
  model.kind === "tensor"
    ? { kind: "tensor", name, trained: true, graph: model.graph }
    : { kind: "native", name, trained: true, network: model.network, profile: null, step: null };
