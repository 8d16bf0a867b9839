import type { TensorNode } from "../ir/tensor/index.ts";
import { isComparison } from "./compared.ts";
import type { NodeNamed } from "./gains.ts";

type Reason = readonly [reason: string, remedy: string];

const last = "let it stand at the end, where the host computes it";
const product: Reason = ["it multiplies two computed values, and neurons add up weighted levels", last];
const addressed: Reason = ["it reads places that are only known when it runs", last];

/** Why a node has no integer form wherever it stands on the chip, and what to do; null for ops that have one. */
export const reasonOf = (node: TensorNode): Reason | null => {
  switch (node.op) {
    case "constant":
      return ["constants that are no weights are not lowered", "fold it into a bias or a weight"];
    case "opaque":
      return [`${node.attrs.kind} has no equation`, "replace it by supported ops"];
    case "batchNorm":
      return ["batch norms are fused before quantization", "run fuse-batch-norm first"];
    case "softmax":
      return ["exponentials of a whole axis are not lowered", last];
    case "normalize":
      return ["it divides by a mean or norm that is only known when it runs", `${last}, or use a batch norm`];
    case "matmul":
      return product;
    case "binary":
      return binaryReason(node.attrs.fn);
    case "reduce":
      return ["sum", "mean", "max", "min"].includes(node.attrs.fn)
        ? null
        : [`a ${node.attrs.fn} over an axis is no weighted sum`, last];
    case "recurrent":
      return [
        "a recurrent cell keeps a state from step to step, and neurons of a sample start empty",
        "use layers over the whole window, a 1-D convolution for example, or spiking layers with a state",
      ];
    case "argmax":
    case "topK":
      return ["it compares all elements of an axis", last];
    case "gather":
    case "scatter":
      return addressed;
    case "select":
      return ["what it gives depends on a computed condition", last];
    default:
      return null;
  }
};

const binaryReason = (fn: NodeNamed<"binary">["attrs"]["fn"]): Reason | null => {
  if (isComparison(fn)) return null;
  return fn === "multiply" ? product : [`a ${fn} of two computed values is no weighted sum`, last];
};
