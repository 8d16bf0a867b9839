import { batchNorm, clip, flatten, leakyRelu, relu, relu6, sigmoid, softmax, tanh } from "./activation.ts";
import type { Layer } from "./layer.ts";
import { conv, dense, depthwise } from "./linear.ts";
import { averagePool, globalAveragePool, maxPool } from "./pool.ts";

/** Layers of one input, by the word that the user writes. */
const layers: ReadonlyMap<string, Layer> = new Map(
  [conv, depthwise, dense, maxPool, averagePool, globalAveragePool, flatten]
    .concat([relu, relu6, clip, leakyRelu, sigmoid, tanh, softmax, batchNorm])
    .map((layer) => [layer.signature.owner, layer]),
);

/** Blocks of a conv without bias and a batch norm. */
const withNorm: ReadonlyMap<string, Layer> = new Map([
  ["conv_bn", conv],
  ["depthwise_bn", depthwise],
]);

const concat = "concat";

/** Words of the language that are layers, but not built yet. */
const later: readonly string[] = [
  ...[
    "local",
    "conv_transpose",
    "sum_pool",
    "global_max_pool",
    "reshape",
    "transpose",
    "split",
    "zero_pad",
    "upsample",
  ],
  ...["prelu", "abs", "hard_sigmoid", "silu", "hard_swish", "gelu", "elu", "softplus", "quant_relu"],
  ...[
    "layer_norm",
    "group_norm",
    "instance_norm",
    "lrn",
    "scale",
    "I",
    "LI",
    "CubaLI",
    "IF",
    "LIF",
    "CubaLIF",
    "ALIF",
  ],
  ...["threshold", "delay", "encode.rate", "encode.latency", "encode.current", "encode.delta", "previous"],
  ...["read.count", "read.mean", "read.last", "read.max", "read.first", "separable", "bottleneck"],
  ...["inverted_bottleneck", "residual", "squeeze_excite", "shuffle_unit", "fire", "factored", "gru", "lstm"],
];

/** What other frameworks call our layers. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ["linear", "dense"],
  ["gemm", "dense"],
  ["fc", "dense"],
  ["conv1d", "conv"],
  ["conv2d", "conv"],
  ["convolution", "conv"],
  ["maxpool2d", "max_pool"],
  ["avgpool2d", "avg_pool"],
  ["average_pool", "avg_pool"],
  ["global_average_pool", "global_avg_pool"],
  ["batchnorm2d", "batch_norm"],
  ["bn", "batch_norm"],
  ["hardtanh", "clip"],
  ["cat", "concat"],
]);

/** What a word in a pipe stands for. */
export type Found =
  | { readonly kind: "layer"; readonly layer: Layer }
  | { readonly kind: "block"; readonly layer: Layer }
  | { readonly kind: "concat" }
  | { readonly kind: "later" }
  | { readonly kind: "unknown"; readonly alias: string | null };

export const findLayer = (word: string): Found => {
  const layer = layers.get(word);
  if (layer !== undefined) return { kind: "layer", layer };
  const block = withNorm.get(word);
  if (block !== undefined) return { kind: "block", layer: block };
  if (word === concat) return { kind: "concat" };
  if (later.includes(word)) return { kind: "later" };
  return { kind: "unknown", alias: elsewhere.get(word.toLowerCase()) ?? null };
};

export const layerWords: readonly string[] = [...layers.keys(), ...withNorm.keys(), concat, ...later];
