import type { Shape } from "../../ir/core/index.ts";
import type { H5Array } from "../hdf5/index.ts";

/** Neurons of a layer, in the integers of the chip: one entry for all, one a channel, or one each. */
export type NetNeuron =
  /**
   * Decays in parts of 4096, the threshold as a mantissa (times 64).
   * Rule: lava-nc/lava: src/lava/proc/lif/models.py, PyLifModelBitAcc.
   */
  | {
      readonly kind: "cuba";
      readonly currentDecay: Float64Array;
      readonly voltageDecay: Float64Array;
      readonly threshold: Float64Array;
    }
  /** Sends changes of at least the threshold. Rule: src/lava/proc/sdn/models.py. */
  | { readonly kind: "sigmaDelta"; readonly threshold: Float64Array }
  /** Keeps the sum of what arrived, which is read. */
  | { readonly kind: "sigma" };

export interface NetWindow {
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
}

/** Weights and biases are whole numbers; biases are mantissas (times 64). Shapes are channels, rows, columns. */
export type NetLayer =
  | {
      readonly type: "input";
      readonly shape: Shape;
      /** Null: spikes or messages come from outside. */
      readonly neuron: NetNeuron | null;
      /** What NetX names as the way from a value to the drive of a neuron. */
      readonly weight: number;
      readonly bias: number;
    }
  | { readonly type: "flatten" }
  /** Mean over equal groups of neighbours. */
  | { readonly type: "average"; readonly groups: number }
  | {
      readonly type: "dense";
      readonly size: number;
      /** [out, in] */
      readonly weight: H5Array;
      /** [out, out], from the layer to itself. */
      readonly recurrent: H5Array | null;
      readonly bias: Float64Array | null;
      /** Steps beyond the one that every synapse takes: one, [out], [in] or [out, in]. */
      readonly delay: H5Array | null;
      readonly neuron: NetNeuron;
    }
  | (NetWindow & {
      readonly type: "conv";
      readonly shape: Shape;
      /** [out, in / groups, rows, columns] */
      readonly weight: H5Array;
      readonly groups: number;
      readonly bias: Float64Array | null;
      readonly neuron: NetNeuron;
    })
  | (NetWindow & {
      readonly type: "pool";
      readonly shape: Shape;
      /** [rows, columns], the same for every channel. */
      readonly weight: H5Array;
      readonly neuron: NetNeuron;
    });

export type NetLayerOf<T extends NetLayer["type"]> = Extract<NetLayer, { readonly type: T }>;
