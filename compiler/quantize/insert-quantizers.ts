import { nodesOf, withInputs } from "../ir/core/index.ts";
import { makeTensor, type TensorGraph, type TensorNode, tensorLevel } from "../ir/tensor/index.ts";
import type { Points } from "./points.ts";
import type { Steps } from "./ranges.ts";

const rounded = (value: TensorNode, { scale, low, high }: Steps): TensorNode => {
  const grid = { scale, zero: [0], axis: 0 };
  const levels = makeTensor("quantize", [value], { ...grid, low, high }, value.origins);
  return makeTensor("dequantize", [levels], grid, value.origins);
};

/**
 * Puts `quantize` and `dequantize` behind every point that has steps; readers that do not need levels keep the plain value.
 *
 * Before: y = unary(x, fn=relu), z = conv(y, ..)
 * After:  y = unary(x, fn=relu), q = quantize(y, scale=[s_0, s_1, ..]), r = dequantize(q, ..), z = conv(r, ..)
 */
export const insertQuantizers = (
  graph: TensorGraph,
  { readsLevels }: Points,
  steps: ReadonlyMap<TensorNode, Steps>,
): TensorGraph => {
  const plain = new Map<TensorNode, TensorNode>();
  const levels = new Map<TensorNode, TensorNode>();
  const read = (reader: TensorNode, value: TensorNode): TensorNode =>
    (readsLevels(reader, value) ? levels.get(value) : undefined) ?? plain.get(value) ?? value;
  for (const node of nodesOf(graph)) {
    const moved = withInputs(
      tensorLevel,
      node,
      node.inputs.map((x) => read(node, x)),
    );
    plain.set(node, moved);
    const found = steps.get(node);
    if (found !== undefined) levels.set(node, rounded(moved, found));
  }
  const outputs = graph.outputs.map((o) => ({ name: o.name, value: plain.get(o.value) ?? o.value }));
  return outputs.every((o, i) => o.value === graph.outputs[i]?.value) ? graph : { ...graph, outputs };
};
