import {
  type Make,
  type Node,
  type NodeOf,
  type Rules,
  rewrite,
  type Tensor,
  tensorLevel,
  valuesOf,
} from "../../ir/index.ts";
import { definePass } from "../../pass/index.ts";
import { scaleRows, vectorFor, vectorOf } from "./weights.ts";

// Moves an inference batch norm into the convolution or dense layer before it.
//
// before:
//   tensor "t" {
//     weight w : f64[2, 1, 1, 1] = [1, 2]
//     weight g : f64[2] = [4, 6]
//     weight h : f64[2] = [0.5, 0.25]
//     weight m : f64[2] = [1, 2]
//     weight v : f64[2] = [4, 9]
//     x = input(name="x", shape=[1, 2, 2]) : f32(shape=[1, 2, 2]) @ "x"
//     conv = conv(x, weight=w) : f32(shape=[2, 2, 2]) @ "conv"
//     bn = batchNorm(conv, scale=g, shift=h, mean=m, variance=v, epsilon=0) : f32(shape=[2, 2, 2]) @ "bn"
//     output "y" = bn
//   }
// after:
//   tensor "t" {
//     weight w : f64[2, 1, 1, 1] = [2, 4]
//     weight w_bias : f64[2] = [-1.5, -3.75]
//     x = input(name="x", shape=[1, 2, 2]) : f32(shape=[1, 2, 2]) @ "x"
//     conv = conv(x, weight=w, bias=w_bias) : f32(shape=[2, 2, 2]) @ "conv" + "bn"
//     output "y" = conv
//   }
//
// Condition: nothing else reads the linear layer; a dense layer has one row of outputs, so that its channels are
// those of the norm. A batch norm after anything else becomes an affine, which has the same equation.
// Derivation: g (Wx + b - m) / s + h = (g / s) W x + (g / s) (b - m) + h with s = sqrt(variance + epsilon).
// Padding of a convolution comes before the sum, so it does not matter.

type BatchNorm = NodeOf<Tensor, "batchNorm">;

/** g / s of every channel. */
const gainOf = ({ attrs: { scale, variance, epsilon } }: BatchNorm): Float64Array => {
  const v = valuesOf(variance);
  return valuesOf(scale).map((g, c) => g / Math.sqrt((v[c] ?? 0) + epsilon));
};

/** gain (b - m) + h of every channel. */
const shiftOf = (
  { attrs: { shift, mean } }: BatchNorm,
  gain: Float64Array,
  bias: Float64Array,
): Float64Array => {
  const [h, m] = [valuesOf(shift), valuesOf(mean)];
  return gain.map((g, c) => g * ((bias[c] ?? 0) - (m[c] ?? 0)) + (h[c] ?? 0));
};

const asAffine = (norm: BatchNorm, make: Make<Tensor>): Node<Tensor> => {
  const gain = gainOf(norm);
  const { scale } = norm.attrs;
  const shift = shiftOf(norm, gain, new Float64Array(gain.length));
  return make("affine", norm.inputs, {
    scale: vectorFor(scale, "gain", gain),
    shift: vectorFor(scale, "shift", shift),
  });
};

const rules: Rules<Tensor> = {
  batchNorm: (norm, { make, uses }) => {
    const [linear] = norm.inputs;
    if (linear.op !== "conv" && linear.op !== "dense") return asAffine(norm, make);
    if (uses(linear) > 1 || (linear.op === "dense" && linear.type.shape.length > 1))
      return asAffine(norm, make);
    const gain = gainOf(norm);
    const { weight, bias } = linear.attrs;
    const fused = {
      weight: scaleRows(weight, gain),
      bias: vectorFor(weight, "bias", shiftOf(norm, gain, vectorOf(bias, gain.length))),
    };
    const origins = [...linear.origins, ...norm.origins];
    if (linear.op === "dense") return make("dense", linear.inputs, fused, origins);
    return make("conv", linear.inputs, { ...linear.attrs, ...fused }, origins);
  },
};

export const fuseBatchNorm = definePass({
  name: "fuse-batch-norm",
  level: "tensor",
  summary: "Moves a batch norm into the convolution or dense layer before it.",
  contract: { kind: "exact" },
  idempotent: true,
  options: {},
  run: (graph) => rewrite(tensorLevel, graph, rules),
});
