import { sizeOf } from "../core/index.ts";
import type { TensorNode } from "./ops.ts";

/** Products that a node computes for one sample; 0 for what only adds, compares or moves. */
export const productsOf = (node: TensorNode): number => {
  const out = sizeOf(node.type.shape);
  switch (node.op) {
    case "dense":
    case "conv":
      return out * sizeOf(node.attrs.weight.shape.slice(1));
    case "convTranspose":
      return sizeOf(node.inputs[0].type.shape.slice(1)) * sizeOf(node.attrs.weight.shape);
    case "matmul":
      return out * (node.inputs[0].type.shape.at(-1) ?? 1);
    case "recurrent": {
      const { input, hidden } = node.attrs;
      return (node.inputs[0].type.shape[0] ?? 1) * (sizeOf(input.shape) + sizeOf(hidden.shape));
    }
    default:
      return 0;
  }
};
