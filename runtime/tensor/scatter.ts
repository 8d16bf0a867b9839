import type { NodeOf, Numbers } from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";
import { blockPositions, elementPositions } from "../kernels/indexed.ts";

type Scatter = NodeOf<Tensor, "scatter">;

const combine: Readonly<Record<Scatter["attrs"]["combine"], (old: number, update: number) => number>> = {
  replace: (_, update) => update,
  add: (old, update) => old + update,
  multiply: (old, update) => old * update,
  min: Math.min,
  max: Math.max,
};

/** x with the updates combined in at computed indices, in their order: ONNX ScatterElements, ScatterND. */
export const scatter = ({ attrs }: Scatter, x: Numbers, index: Numbers, updates: Numbers): Numbers => {
  const { at, length } =
    attrs.mode === "elements"
      ? { at: elementPositions(x.shape, index, attrs.axis), length: 1 }
      : blockPositions(x.shape, index, 0);
  const put = combine[attrs.combine];
  const data = x.data.slice();
  at.forEach((to, row) => {
    for (let i = 0; i < length; i++)
      data[to + i] = put(data[to + i] ?? 0, updates.data[row * length + i] ?? 0);
  });
  return { shape: x.shape, data };
};
