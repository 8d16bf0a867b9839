import { Rejected } from "../diagnostics/index.ts";
import { nodesOf } from "../ir/core/index.ts";
import { generalOps, type TensorGraph, type TensorNode } from "../ir/tensor/index.ts";
import { type Refused, refuse } from "./integer-values.ts";
import { hostNodes } from "./split-tail.ts";

/** Why an op has no integer form wherever it stands on the chip, and what to do; null for ops that have one. */
const reasonsOf = (op: TensorNode["op"]): readonly [reason: string, remedy: string] | null => {
  switch (op) {
    case "constant":
      return ["constants that are no weights are not lowered", "fold it into a bias or a weight"];
    case "opaque":
      return ["the op has no equation", "replace it by supported ops"];
    case "batchNorm":
      return ["batch norms are fused before quantization", "run fuse-batch-norm first"];
    case "softmax":
      return ["exponentials are not lowered", "let it stand at the end, where the host computes it"];
    default:
      return generalOps.some((general) => general === op)
        ? ["it has no integer form", "let it stand at the end, where the host computes it"]
        : null;
  }
};

/** Refuses an op that has no integer form anywhere. */
export const refuseOp = (node: TensorNode): Refused => {
  const [reason, remedy] = reasonsOf(node.op) ?? ["it has no integer form", "remove it"];
  return refuse(node, reason, remedy);
};

/** Throws Rejected with `quantize/unsupported` for every node before the host's part that has no integer form. */
export const refuseUnsupported = (graph: TensorGraph): void => {
  const onHost = hostNodes(graph);
  const wrong = nodesOf(graph).filter((node) => reasonsOf(node.op) !== null && !onHost.has(node));
  if (wrong.length > 0) throw new Rejected(wrong.flatMap((node) => refuseOp(node).faults));
};
