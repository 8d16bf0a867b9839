import { defineDiagnostics } from "../diagnostics/index.ts";

/** Messages of quantization and of the lowering to integers. */
export const quantizeDiagnostics = defineDiagnostics("quantize", {
  unsupported: {
    severity: "error",
    what: "{op} has no integer form here",
    why: "{reason}",
    fix: "{remedy}",
  },
  option: {
    severity: "error",
    what: "{name} cannot be {value}",
    why: "whole numbers from {low} to {high} are possible",
    fix: "choose a value in that range",
  },
  "input-scale": {
    severity: "error",
    what: "the input scale cannot be {value}",
    why: "it is the real value of one input level, a number above 0",
    fix: "give a positive number, or leave it out",
  },
  "not-finite": {
    severity: "error",
    what: "the float network gives values that are no numbers",
    why: "over {samples} calibration samples the values of this node reach {value}",
    fix: "check the weights of the model and the scale of the calibration data",
  },
  "coarse-weights": {
    severity: "warning",
    what: "the weights keep only {bits} of {wanted} bits",
    why: "sums of one sign must stay within {limit} in one step of the targets",
    fix: "use fewer input bits or levels, or leave out the target with that limit",
  },
  "sum-overflow": {
    severity: "error",
    what: "integer sums of this layer would not be exact",
    why: "they may reach {sum}, and doubles hold whole numbers up to {bound}",
    fix: "use weights and levels of fewer bits, or check the scales of its weights and bias",
  },
  "own-levels": {
    severity: "note",
    what: "{layers} layers and {values} values keep the quantization that they came with",
    why: "their weights are integers with scales of their own; levels and weight bits of the compile are for the rest",
    fix: "give the float model to choose levels and weight bits here",
  },
  "sum-limit": {
    severity: "error",
    what: "sums of {count} neurons do not fit into one step of the targets",
    why: "at the coarsest threshold they reach {sum}, the limit is {limit}",
    fix: "lower the levels, or leave out the target with that limit",
  },
});
