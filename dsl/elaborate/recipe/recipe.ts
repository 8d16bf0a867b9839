import type { Diagnostic, Origin, Span } from "../../../compiler/diagnostics/index.ts";
import type { DataDescription } from "../data.ts";

/** Which stages a pass touches; names are those of the network's nodes, or levels above them. */
export type Scope =
  | { readonly kind: "all" }
  | { readonly kind: "only" | "except"; readonly stages: readonly string[] };

export type CalibrationSource =
  | { readonly kind: "data"; readonly data: DataDescription }
  /** Synthetic inputs: independent normal values. */
  | { readonly kind: "normal"; readonly mean: number; readonly std: number; readonly seed: number | null };

/** Conversion modes of the language; what a target can run is data of the target. */
export const modes = [
  ...["exact.spatial", "exact.radix", "exact.rate", "exact.ttfs", "exact.track", "exact.graded"],
  "approx.rate",
] as const;

export type Mode = (typeof modes)[number];

/** One step with its options; null stands for the target's default. */
export type Step =
  | {
      readonly kind: "calibrate";
      readonly from: CalibrationSource;
      readonly samples: number | null;
      readonly skip: number;
      readonly span: Span;
    }
  | {
      readonly kind: "evaluate";
      readonly data: DataDescription;
      readonly samples: number | null;
      readonly skip: number;
      readonly span: Span;
    }
  | {
      readonly kind: "fold";
      /** Share of the channels that stay. */
      readonly keep: number;
      /** `ar` restores the variance of each channel, without data. */
      readonly repair: "none" | "ar";
      readonly scope: Scope;
      readonly span: Span;
    }
  | {
      readonly kind: "quantize";
      readonly weightBits: number | null;
      readonly levels: number | null;
      /** The stages that it is for; others take the defaults. */
      readonly scope: Scope;
      readonly span: Span;
    }
  | { readonly kind: "convert"; readonly mode: Mode; readonly span: Span };

/** What a requirement is measured in; limits are in the base unit: a share of 1, bytes, J, W, s, Hz, or a count. */
export type Metric =
  | "accuracy"
  | "agreement"
  | "drop"
  | "cores"
  | "chips"
  | "neurons"
  | "synapses"
  | "spikes"
  | "steps"
  | "parameters"
  | "macs"
  | "memory"
  | "core_memory"
  | "energy"
  | "power"
  | "latency"
  | "throughput";

export interface Requirement {
  readonly metric: Metric;
  readonly relation: "<" | "<=" | "==" | ">=" | ">";
  readonly limit: number;
  /** As written, for messages. */
  readonly text: string;
  readonly span: Span;
}

export interface TargetChoice {
  readonly name: string;
  readonly options: ReadonlyMap<string, number>;
}

/** One compile section: one build a target. */
export interface Recipe {
  readonly network: string;
  readonly targets: readonly TargetChoice[];
  /** In the order written, which the order rules of the language hold. */
  readonly steps: readonly Step[];
  readonly requirements: readonly Requirement[];
  /** Why it cannot be built: choices that are open, and what this version does not build. A build throws them. */
  readonly refused: readonly Diagnostic[];
  readonly origin: Origin;
}
