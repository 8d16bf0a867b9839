import { build, type OpName, transform, type Weight } from "../../../compiler/ir/core/index.ts";
import {
  type Tensor,
  type TensorGraph,
  type TensorNode,
  tensorLevel,
} from "../../../compiler/ir/tensor/index.ts";

/** What a weight file gives to a graph of placeholders. */
export interface Binding {
  /** By placeholder. */
  readonly weights: ReadonlyMap<Weight, Weight>;
  /** Biases of convs that have none in the program: the exporter folded the batch norm behind them into both. */
  readonly foldedBias: ReadonlyMap<TensorNode, Weight>;
  /** Those batch norms; they become the identity. */
  readonly gone: ReadonlySet<TensorNode>;
}

export const onlyWeights = (weights: ReadonlyMap<Weight, Weight>): Binding => ({
  weights,
  foldedBias: new Map(),
  gone: new Set(),
});

/** The graph with each placeholder exchanged for its weight. */
export const replaceWeights = (graph: TensorGraph, { weights, foldedBias, gone }: Binding): TensorGraph => {
  const known: ReadonlyMap<unknown, Weight> = weights;
  return transform<Tensor>(tensorLevel, graph, (node, inputs) => {
    const [input] = inputs;
    if (gone.has(node) && input !== undefined) return input;
    const bias = foldedBias.get(node);
    const entries = Object.entries(node.attrs);
    if (bias === undefined && !entries.some(([, value]) => known.has(value))) return null;
    const exchanged = Object.fromEntries(entries.map(([name, value]) => [name, known.get(value) ?? value]));
    const attrs = bias === undefined ? exchanged : { ...exchanged, bias };
    return build<Tensor, OpName<Tensor>>(tensorLevel, node.op, inputs, attrs, node.origins);
  });
};
