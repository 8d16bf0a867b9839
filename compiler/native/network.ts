import type { Origin } from "../diagnostics/index.ts";
import type { LinearMap, NeuronModel, Shape, Sliding, Weight } from "../ir/index.ts";

/** A number for all neurons, one per channel (first axis) or one each: see `given`. */
export type Parameter = Weight;

/**
 * A neuron in physical units: times in seconds, voltages without a unit. Every type of NIR is one of these:
 *   tauSyn i' = -i + wIn x        (no tauSyn: i = x)
 *   tauMem v' = vLeak - v + r i   (no tauMem: v' = r i)
 *   spike when v > threshold      (no threshold: v itself goes out in every step)
 */
export interface NeuronParameters {
  readonly tauSyn: Parameter | null;
  /** Null is 1. Read only where there is a tauSyn. */
  readonly wIn: Parameter | null;
  readonly tauMem: Parameter | null;
  /** Null is 1. */
  readonly r: Parameter | null;
  /** Null is 0. */
  readonly vLeak: Parameter | null;
  readonly threshold: Parameter | null;
  /** v after a spike where the reset is hard; null is 0. */
  readonly vReset: Parameter | null;
  /** `hard`: v becomes vReset; `soft`: the threshold is taken from v; null: what the options or the profile say. */
  readonly reset: Reset | null;
  /** Seconds after a spike in which v stays where the reset put it. */
  readonly refractory: number;
  /** The threshold grows by beta at a spike and comes back with tau. */
  readonly adaptation: { readonly tau: Parameter; readonly beta: Parameter } | null;
}

export type Reset = "hard" | "soft";

/** How the values of a sample become spikes or currents of a stream. `time` is in seconds, `peak` in Hz. */
export type InputCode =
  | { readonly kind: "rate"; readonly peak: number; readonly time: number; readonly seed: number }
  | { readonly kind: "latency"; readonly time: number }
  | { readonly kind: "current"; readonly time: number }
  | { readonly kind: "delta"; readonly threshold: number };

/**
 * What is read of a stream. `spikes`: how often each neuron fired, or the sum of what it sent; `firstSpike`: the first
 * step in which it sent something, or the number of steps; `last`, `mean`, `greatest`: of the potential.
 */
export type StreamRead = "spikes" | "firstSpike" | "last" | "mean" | "greatest";

/** What a node does. Shapes that are null are inferred from the neighbours. */
export type NativeOp =
  | { readonly kind: "input"; readonly shape: Shape; readonly code: InputCode | null }
  /** y = W x + b; weight [out, in], x is flattened if it must be. */
  | { readonly kind: "affine"; readonly weight: Weight; readonly bias: Weight | null }
  /** Correlation, weight [out, in / groups, k...]; `space` is the extent of the input where it is known. */
  | (Sliding & {
      readonly kind: "conv";
      readonly weight: Weight;
      readonly bias: Weight | null;
      readonly groups: number;
      readonly space: Shape | null;
    })
  /** Sum, or mean, over windows of each channel. */
  | (Sliding & { readonly kind: "pool"; readonly kernel: Shape; readonly mean: boolean })
  /** Elementwise factor: one, one per channel, one each. */
  | { readonly kind: "scale"; readonly factor: Parameter }
  /** Axes start..end become one; negative axes count from the end. */
  | { readonly kind: "flatten"; readonly start: number; readonly end: number }
  /** Any other linear map, a view or a sparse matrix. */
  | { readonly kind: "linear"; readonly map: LinearMap; readonly bias: Weight | null }
  /** The value of so many seconds, or steps, ago; 0 before. One number, one per channel or one each. */
  | { readonly kind: "delay"; readonly time: Parameter; readonly unit: "seconds" | "steps" }
  /** 1 in every step in which x > threshold. */
  | { readonly kind: "threshold"; readonly threshold: Parameter }
  | { readonly kind: "neuron"; readonly shape: Shape | null; readonly parameters: NeuronParameters }
  /** A population whose dynamics are given in steps and integers, as chips and their files have it; bias in its units. */
  | {
      readonly kind: "cell";
      readonly shape: Shape | null;
      readonly model: NeuronModel;
      readonly bias: Weight | null;
      /** Sends numbers instead of spikes. */
      readonly payload: boolean;
      /** Step at which a restart of every sample reaches it. */
      readonly start: number;
    }
  /** A place where edges meet: the sum of what comes in. */
  | { readonly kind: "join"; readonly shape: Shape | null }
  /** Null: spikes of neurons that spike, the last potential of others. */
  | { readonly kind: "output"; readonly read: StreamRead | null };

export interface NativeNode {
  /** Unique; nested graphs join names by dots. */
  readonly name: string;
  readonly op: NativeOp;
  readonly origins: readonly Origin[];
}

/** Several edges into a node are a sum; equal edges count as often as they stand; cycles are legal. */
export interface NativeEdge {
  readonly from: string;
  readonly to: string;
}

/** A network of dynamics before it meets a time step. Front ends build it, `lowerNative` makes a spiking network of it. */
export interface NativeNetwork {
  readonly name: string;
  readonly nodes: readonly NativeNode[];
  readonly edges: readonly NativeEdge[];
}
