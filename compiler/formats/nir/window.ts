import type { Sliding } from "../../ir/linear/index.ts";
import type { NirNodeOf, Padding } from "./graph.ts";

/** A kernel's extents and how it slides, by spatial axis. */
export interface Window extends Sliding {
  readonly kernel: readonly number[];
}

/** Both sides of each axis. `same` pads half of d(k - 1) before, the rest behind, as PyTorch does. */
const padsOf = (
  padding: Padding<readonly number[]>,
  kernel: readonly number[],
  dilations: readonly number[],
): Window["pads"] => {
  if (padding === "valid") return kernel.map(() => [0, 0] as const);
  if (padding !== "same") return padding.map((amount) => [amount, amount] as const);
  return kernel.map((extent, axis) => {
    const total = (dilations[axis] ?? 1) * (extent - 1);
    const before = Math.floor(total / 2);
    return [before, total - before] as const;
  });
};

const listed = (padding: Padding<number>): Padding<readonly number[]> =>
  typeof padding === "number" ? [padding] : padding;

export const windowOf = (node: NirNodeOf<"Conv1d" | "Conv2d" | "SumPool2d" | "AvgPool2d">): Window => {
  switch (node.type) {
    case "Conv1d": {
      const kernel = node.weight.shape.slice(2);
      const dilations = [node.dilation];
      const pads = padsOf(listed(node.padding), kernel, dilations);
      return { kernel, strides: [node.stride], dilations, pads };
    }
    case "Conv2d": {
      const kernel = node.weight.shape.slice(2);
      const pads = padsOf(node.padding, kernel, node.dilation);
      return { kernel, strides: node.stride, dilations: node.dilation, pads };
    }
    case "SumPool2d":
    case "AvgPool2d": {
      const pads = padsOf(node.padding, node.kernelSize, [1, 1]);
      return { kernel: node.kernelSize, strides: node.stride, dilations: [1, 1], pads };
    }
  }
};
