import type { Diagnostic } from "../diagnostics/index.ts";
import type { Fields, Numbers, Values } from "../ir/index.ts";
import type { Target } from "../target/index.ts";
import type { DataSet, Evaluator, Graphs, LevelName, Points } from "./graphs.ts";

export type Contract =
  /** Equal, bit for bit where numbers are integers. */
  | { readonly kind: "exact" }
  /** The pass states a bound, the run stays below it. */
  | { readonly kind: "bounded"; readonly norm: "max" | "relative" }
  /** Measured on calibration data, figure reported. */
  | { readonly kind: "lossy"; readonly budget: "accuracy" | "error" };

/** Everything a pass may depend on; same graph, options and context give the same result. */
export interface Context {
  /** All targets of the build: one integer network serves them all. */
  readonly targets: readonly Target[];
  readonly data: DataSet | null;
  readonly seed: number;
  /** Runs the tensor level, for statistics. */
  readonly tensor: Evaluator<"tensor">;
  readonly report: (diagnostic: Diagnostic) => void;
  /** A bounded pass states its bound. */
  readonly bound: (value: number) => void;
  /** A figure for the report. */
  readonly measure: (name: string, value: number) => void;
}

export interface Pass<L extends LevelName, F extends Fields = Fields> {
  /** `verb-what`, as its file. */
  readonly name: string;
  readonly level: L;
  readonly summary: string;
  readonly contract: Contract;
  readonly idempotent: boolean;
  readonly options: F;
  run(graph: Graphs[L], options: Values<F>, context: Context): Graphs[L];
}

export const definePass = <L extends LevelName, const F extends Fields>(pass: Pass<L, F>): Pass<L, F> => pass;

export type AnyPass = { readonly [L in LevelName]: Pass<L> }[LevelName];

/** A graph of the next level, and which points of both must agree. */
export interface Lowered<A extends LevelName, B extends LevelName> {
  readonly graph: Graphs[B];
  readonly pairs: ReadonlyMap<Points[A], Points[B]>;
}

export interface Lowering<A extends LevelName, B extends LevelName, F extends Fields = Fields> {
  readonly name: string;
  readonly from: A;
  readonly to: B;
  readonly options: F;
  run(graph: Graphs[A], options: Values<F>, context: Context): Lowered<A, B>;
  /** The same integers, or the same reals through the scale. */
  same(before: Numbers, after: Numbers, at: Points[A]): boolean;
}
