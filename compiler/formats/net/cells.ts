import { unreachable } from "../../diagnostics/index.ts";
import { floats, integers, type Weight } from "../../ir/core/index.ts";
import { membraneOf, type NeuronModel, toZero } from "../../ir/spiking/index.ts";
import { type NativeOp, native } from "../../native/index.ts";
import type { NetNeuron } from "./layer.ts";
import { limits } from "./limits.ts";

/** Thresholds and biases of membranes are mantissas of units of 2^6; states of sigma-delta neurons have 6 places more. */
const stateExponent = 6;

/** What a value of 1 is in the state of a sigma-delta neuron. */
export const valueUnit = (spikeExponent: number): number => 2 ** (stateExponent + spikeExponent);

/** The scale of states: a weight of 1 for a message of 1 adds this much of the finest unit. */
const unitOf = (neuron: NetNeuron, spikeExponent: number): number =>
  neuron.kind === "cuba" ? 2 ** stateExponent : valueUnit(spikeExponent);

const scaled = (name: string, values: Float64Array, unit: number): Weight =>
  integers(
    name,
    [values.length],
    values.map((x) => x * unit),
  );

/** What stays of a value in one step, in whole parts of 4096. */
const share = (decay: Float64Array): Weight =>
  floats(
    "decay",
    [decay.length],
    decay.map((d) => (limits.decay - d) / limits.decay),
  );

const modelOf = (neuron: NetNeuron, unit: number, drives: boolean): NeuronModel => {
  switch (neuron.kind) {
    case "cuba": {
      const { currentDecay, voltageDecay, threshold } = neuron;
      return membraneOf({
        currentDecay: drives || currentDecay.every((d) => d === limits.decay) ? null : share(currentDecay),
        decay: share(voltageDecay),
        threshold: scaled("threshold", threshold, unit),
        comparator: "above",
        reset: toZero,
      });
    }
    case "sigmaDelta":
      return {
        kind: "sigmaDelta",
        threshold: scaled("threshold", neuron.threshold, unit),
        rectify: !drives,
        shift: stateExponent,
      };
    // Changes of the sum, unrounded: what has been sent by then is the sum itself.
    case "sigma":
      return {
        kind: "sigmaDelta",
        threshold: scaled("threshold", Float64Array.of(0), 1),
        rectify: false,
        shift: 0,
      };
    default:
      return unreachable(neuron);
  }
};

/**
 * The population of a layer, which a restart of the sample reaches at step `start`. `drives`: the input layer, whose
 * messages are its bias (membranes) or changes of the value itself (sigma-delta neurons).
 */
export const cellOf = (
  neuron: NetNeuron,
  bias: Float64Array | null,
  start: number,
  spikeExponent: number,
  drives = false,
): NativeOp => {
  const unit = unitOf(neuron, spikeExponent);
  return native.cell(modelOf(neuron, unit, drives), {
    bias: bias === null ? null : scaled("bias", bias, unit),
    payload: neuron.kind !== "cuba",
    start,
  });
};

/** Entries of a neuron's parameters beside those that stand for all. */
export const entriesOf = (neuron: NetNeuron): readonly (readonly [field: string, count: number])[] => {
  switch (neuron.kind) {
    case "cuba":
      return [
        ["neuron/iDecay", neuron.currentDecay.length],
        ["neuron/vDecay", neuron.voltageDecay.length],
        ["neuron/vThMant", neuron.threshold.length],
      ];
    case "sigmaDelta":
      return [["neuron/vThMant", neuron.threshold.length]];
    case "sigma":
      return [];
    default:
      return unreachable(neuron);
  }
};
