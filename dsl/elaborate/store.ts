import type { Span } from "../../compiler/diagnostics/index.ts";
import type { Weight } from "../../compiler/ir/core/index.ts";
import type { TensorNode } from "../../compiler/ir/tensor/index.ts";
import type { Fans, Init, Start } from "./init.ts";
import type { Clock } from "./native/clock.ts";
import type { Placed } from "./native/part.ts";

/** Where the numbers of a parameter come from. */
export type Source =
  /** What the network's `weights` line says. */
  | { readonly kind: "weights"; readonly start: Start }
  | { readonly kind: "init"; readonly init: Init; readonly fans: Fans }
  /** Computed from others, once they are known; `make` gets them in the order of `from`. */
  | {
      readonly kind: "derived";
      readonly from: readonly Weight[];
      /** The one of `from` whose numbers keep their places, as those of a sparse weight do; null when none does. */
      readonly base: Weight | null;
      readonly make: (given: readonly Weight[]) => Weight;
    };

/** A placeholder of a network's graph, and what will stand for it. */
export interface Parameter {
  readonly stage: string;
  /** What stands behind the stage in a name: `weight`, `bias`, `running_mean`; empty for a `param`, whose name is all. */
  readonly role: string;
  readonly span: Span;
  readonly source: Source;
  /** Of neurons: a file may hold one number, one a channel or one each. Null for weights of one shape. */
  readonly spread: Spread | null;
}

/** `otherwise` is the value of a parameter that a file leaves out; null: it must be there. */
export interface Spread {
  readonly otherwise: number | null;
}

/** A voltage as it was written, for the check that all have a unit or none. */
export interface Voltage {
  readonly name: string;
  readonly span: Span;
  readonly unit: string | null;
}

/** What a network collects while it is built. */
export interface Store {
  readonly parameters: Map<Weight, Parameter>;
  /** What keeps a state or leads into time and out of it, by the tensor that stands in for it. */
  readonly parts: Map<TensorNode, Placed>;
  /** Seconds of each synapse, in the shape of the weights, by the layer. */
  readonly delays: Map<TensorNode, Weight>;
  readonly clock: Clock;
  /** The first voltage with a unit, and the first without. */
  readonly voltages: Map<boolean, Voltage>;
}

export const makeStore = (clock: Clock): Store => ({
  parameters: new Map(),
  parts: new Map(),
  delays: new Map(),
  clock,
  voltages: new Map(),
});

/** The name that a file has for a parameter when no map says another one. */
export const fullName = ({ stage, role }: Pick<Parameter, "stage" | "role">): string =>
  role === "" ? stage : `${stage}.${role}`;
