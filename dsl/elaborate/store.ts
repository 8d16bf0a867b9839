import type { Span } from "../../compiler/diagnostics/index.ts";
import type { Weight } from "../../compiler/ir/core/index.ts";
import type { Fans, Init, Start } from "./init.ts";

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
}

/** What a network collects while it is built. */
export interface Store {
  readonly parameters: Map<Weight, Parameter>;
}

export const makeStore = (): Store => ({ parameters: new Map() });

/** The name that a file has for a parameter when no map says another one. */
export const fullName = ({ stage, role }: Pick<Parameter, "stage" | "role">): string =>
  role === "" ? stage : `${stage}.${role}`;
