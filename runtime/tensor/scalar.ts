import { unreachable } from "../../compiler/diagnostics/index.ts";
import type { Scalar } from "../../compiler/ir/tensor/index.ts";

// Never takes the exponential of a large positive number.
const sigmoid = (x: number): number => {
  const e = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
};

/** The function of a `unary` node; the search for thresholds in quantization calls this very function. */
export const scalarFunction = (fn: Scalar): ((x: number) => number) => {
  switch (fn.kind) {
    case "relu":
      return (x) => Math.max(0, x);
    case "clip":
      return (x) => Math.min(fn.high, Math.max(fn.low, x));
    case "leakyRelu":
      return (x) => (x < 0 ? fn.slope * x : x);
    case "sigmoid":
      return sigmoid;
    case "tanh":
      return Math.tanh;
    default:
      return unreachable(fn);
  }
};
