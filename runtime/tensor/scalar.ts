import { unreachable } from "../../compiler/diagnostics/index.ts";
import type { Scalar } from "../../compiler/ir/tensor/index.ts";

// Through tanh, because 1 / (1 + exp(-x)) in doubles falls between some neighbours and has no exact jump table.
const sigmoid = (x: number): number => 0.5 * (1 + Math.tanh(0.5 * x));

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
