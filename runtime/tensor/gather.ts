import { unreachable } from "../../compiler/diagnostics/index.ts";
import { item, type NodeOf, type Numbers, type Shape, sizeOf } from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";
import { type Blocks, blockPositions, elementPositions, indexInto } from "../kernels/indexed.ts";

const blocksAt = (x: Numbers, { at, length }: Blocks, shape: Shape): Numbers => {
  const data = new Float64Array(at.length * length);
  at.forEach((from, row) => {
    data.set(x.data.subarray(from, from + length), row * length);
  });
  return { shape, data };
};

/** Slices of `axis` in the order of the indices. */
const taken = (x: Numbers, index: Numbers, axis: number, shape: Shape): Numbers => {
  const extent = item(x.shape, axis);
  const length = sizeOf(x.shape.slice(axis + 1));
  const before = sizeOf(x.shape.slice(0, axis));
  const picks = index.data.map((value) => indexInto(extent, value));
  const at = new Float64Array(before * picks.length).map((_, row) => {
    const block = Math.floor(row / picks.length);
    return (block * extent + item(picks, row % picks.length)) * length;
  });
  return blocksAt(x, { at, length }, shape);
};

/** Reads x at computed indices: ONNX Gather, GatherElements, GatherND. */
export const gather = ({ attrs, type }: NodeOf<Tensor, "gather">, x: Numbers, index: Numbers): Numbers => {
  switch (attrs.mode) {
    case "take":
      return taken(x, index, attrs.axis, type.shape);
    case "elements":
      return {
        shape: type.shape,
        data: elementPositions(x.shape, index, attrs.axis).map((at) => item(x.data, at)),
      };
    case "nd":
      return blocksAt(x, blockPositions(x.shape, index, attrs.axis), type.shape);
    default:
      return unreachable(attrs.mode);
  }
};
