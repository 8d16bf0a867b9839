import {
  floats,
  type NodeOf,
  type Rules,
  rewrite,
  type Tensor,
  type TensorGraph,
  type TensorNode,
  tensorLevel,
  valuesOf,
} from "../../ir/index.ts";
import { scaleRows, vectorFor, vectorOf } from "./weights.ts";

/** A convolution or dense layer whose channels are those of the batch norm that alone reads it. */
export const isNormed = (linear: TensorNode, uses: number): linear is NodeOf<Tensor, "conv" | "dense"> =>
  uses === 1 && (linear.op === "conv" || (linear.op === "dense" && linear.type.shape.length === 1));

const constant = (name: string, size: number, value: number) =>
  floats(name, [size], new Float64Array(size).fill(value));

const rules: Rules<Tensor> = {
  // g (Wx + b - m) / s + h = g (W/s x + (b - m)/s) + h, with s = sqrt(variance + epsilon)
  batchNorm: (norm, { make, uses }) => {
    const [linear] = norm.inputs;
    if (!isNormed(linear, uses(linear))) return null;
    const { weight, bias } = linear.attrs;
    const { mean, variance, scale, shift, epsilon } = norm.attrs;
    const m = valuesOf(mean);
    const factor = valuesOf(variance).map((v) => 1 / Math.sqrt(v + epsilon));
    const b = vectorOf(bias, factor.length).map((v, c) => (factor[c] ?? 0) * (v - (m[c] ?? 0)));
    const scaled = { weight: scaleRows(weight, factor), bias: vectorFor(weight, "bias", b) };
    const inner =
      linear.op === "dense"
        ? make("dense", linear.inputs, scaled, linear.origins)
        : make("conv", linear.inputs, { ...linear.attrs, ...scaled }, linear.origins);
    const unit = {
      mean: constant(mean.name, factor.length, 0),
      variance: constant(variance.name, factor.length, 1),
    };
    return make("batchNorm", [inner], { scale, shift, ...unit, epsilon: 0 });
  },
};

/**
 * The same function with mean 0 and variance 1 in every batch norm behind a linear layer: what the layer gives then
 * has unit variance per channel on the training data, so its rows can be compared and averaged.
 */
export const normalizeBatchNorm = (graph: TensorGraph): TensorGraph => rewrite(tensorLevel, graph, rules);
