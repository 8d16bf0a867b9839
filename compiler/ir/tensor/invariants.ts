import { graphInvariants, type Invariant, item, nodesOf, valuesOf, type Weight } from "../core/index.ts";
import { tensorLevel } from "./level.ts";
import type { TensorGraph, TensorNode } from "./ops.ts";

const perNode =
  (violation: (node: TensorNode) => string | null) =>
  (graph: TensorGraph): readonly string[] =>
    nodesOf(graph).flatMap((node) => {
      const said = violation(node);
      return said === null ? [] : [`${node.origins[0]?.name ?? node.op}: ${said}`];
    });

const fallingThreshold = (thresholds: Weight): string | null => {
  const count = thresholds.shape[1] ?? 1;
  const values = valuesOf(thresholds);
  const at = values.findIndex((v, i) => i % count > 0 && !(v >= item(values, i - 1)));
  return at < 0
    ? null
    : `threshold ${at % count} of channel ${Math.floor(at / count)} is below the one before it`;
};

/** D1 to D5, then T1 to T2 of the tensor level. */
export const tensorInvariants: readonly Invariant<TensorGraph>[] = [
  ...graphInvariants(tensorLevel),
  {
    name: "T1",
    says: "variance + epsilon > 0",
    violations: perNode((node) => {
      if (node.op !== "batchNorm") return null;
      const at = valuesOf(node.attrs.variance).findIndex((v) => !(v + node.attrs.epsilon > 0));
      return at < 0 ? null : `variance[${at}] + epsilon is not positive`;
    }),
  },
  {
    name: "T2",
    says: "scales are positive, low < high, thresholds rise",
    violations: perNode((node) => {
      if (node.op === "steps") return fallingThreshold(node.attrs.thresholds);
      if (node.op !== "quantize" && node.op !== "dequantize") return null;
      if (node.attrs.scale.some((s) => !(s > 0))) return "a scale is not positive";
      return node.op === "quantize" && node.attrs.low >= node.attrs.high
        ? `low ${node.attrs.low} is not below high ${node.attrs.high}`
        : null;
    }),
  },
];
