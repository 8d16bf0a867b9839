import { graphInvariants, type Invariant, nodesOf, valuesOf } from "../core/index.ts";
import { tensorLevel } from "./level.ts";
import type { TensorGraph, TensorNode } from "./ops.ts";

const perNode =
  (violation: (node: TensorNode) => string | null) =>
  (graph: TensorGraph): readonly string[] =>
    nodesOf(graph).flatMap((node) => {
      const said = violation(node);
      return said === null ? [] : [`${node.origins[0]?.name ?? node.op}: ${said}`];
    });

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
    says: "scales are positive and low < high",
    violations: perNode((node) => {
      if (node.op !== "quantize" && node.op !== "dequantize") return null;
      if (node.attrs.scale.some((s) => !(s > 0))) return "a scale is not positive";
      return node.op === "quantize" && node.attrs.low >= node.attrs.high
        ? `low ${node.attrs.low} is not below high ${node.attrs.high}`
        : null;
    }),
  },
];
