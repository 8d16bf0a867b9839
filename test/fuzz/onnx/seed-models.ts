import {
  bytesField,
  concat,
  floatBytes,
  int,
  message,
  packed,
  tensor,
  text,
} from "../../formats/onnx/decode/encode.ts";
import { graph, graphAttribute, integer, modelBytes, node } from "../../formats/onnx/prepare/models.ts";
import { ints } from "../../formats/onnx/write-model.ts";
import { floats, model, op } from "./written.ts";

const recurrent = (): Uint8Array =>
  model(
    [1, 5, 3],
    [
      ...[floats("w", 2, 8, 3), floats("r", 2, 8, 2), floats("b", 2, 16), floats("h", 2, 1, 2)],
      ...[floats("gw", 1, 6, 4), floats("gr", 1, 6, 2), floats("nw", 1, 2, 2), floats("nr", 1, 2, 2)],
      ints("axes", 1),
      ints("to", 5, 1, 4),
    ],
    [
      op("Transpose", "x > t", { perm: [1, 0, 2] }),
      op("LSTM", "t w r b _ h > y1 h1 c1", { hidden_size: 2, direction: "bidirectional" }),
      op("Reshape", "y1 to > z1"),
      op("GRU", "z1 gw gr > y2 h2", { hidden_size: 2, linear_before_reset: 1, clip: { float: 1 } }),
      op("Squeeze", "y2 axes > z2"),
      op("RNN", "z2 nw nr > y3 h3", { activations: { strings: ["Relu"] }, direction: "reverse" }),
      op("Squeeze", "h3 axes > s3"),
      op("Flatten", "c1 > f"),
      op("Concat", "s3 s3 > g", { axis: 0 }),
      op("Concat", "f g > y", { axis: 0 }),
    ],
    14,
  );

/** A loop, a scan and a branch inside each other's graphs. */
const flows = (): Uint8Array => {
  const scalar = (name: string, value: number) => message(5, tensor(name, 7, []), packed(7, value));
  const truth = message(5, tensor("going", 9, []), bytesField(9, Uint8Array.of(1)));
  const branch = (op: string) => graph("", "k", node(op, "m > k"));
  const body = graph(
    "i c v",
    "c w e",
    node("Add", "v x > m"),
    node(
      "If",
      "c > w",
      graphAttribute("then_branch", branch("Relu")),
      graphAttribute("else_branch", branch("Tanh")),
    ),
    node("Mul", "w two > e"),
  );
  const step = graph("s t", "u o", node("Add", "s t > u"), node("Identity", "u > o"));
  const main = concat(
    message(1, node("Loop", "most going x > a list", graphAttribute("body", body))),
    message(
      1,
      node("Scan", "zero list > last sums", graphAttribute("body", step), integer("num_scan_inputs", 1)),
    ),
    message(1, node("Add", "last a > y")),
    ...[scalar("most", 3), truth],
    message(5, tensor("two", 1, [1]), bytesField(9, floatBytes(2))),
    message(5, tensor("zero", 1, [1, 2]), bytesField(9, floatBytes(0, 0))),
    message(
      11,
      text(1, "x"),
      message(2, message(1, int(1, 1), message(2, message(1, int(1, 1)), message(1, int(1, 2))))),
    ),
    message(12, text(1, "y")),
  );
  return modelBytes(main);
};

const attention = (): Uint8Array =>
  model(
    [1, 4, 8],
    [floats("q", 8, 8), floats("k", 8, 8), floats("s", 8), floats("b", 8), floats("mask", 4, 4)],
    [
      op("LayerNormalization", "x s b > n", { axis: -1 }),
      op("MatMul", "n q > q1"),
      op("MatMul", "n k > k1"),
      op("Attention", "q1 k1 n mask > a", { q_num_heads: 2, kv_num_heads: 2, is_causal: 1 }),
      op("Add", "x a > r"),
      op("Gelu", "r > g", { approximate: "tanh" }),
      op("RMSNormalization", "g s > m"),
      op("ReduceMean", "m > p", { keepdims: 0, noop_with_empty_axes: 1 }),
      op("MatMul", "g q > e0"),
      op("ReduceMean", "e0 > e", { axes: [2] }),
      op("Add", "e p > y"),
    ],
    23,
  );

/** Changes of resolution, pools of every kind, and normalisations. */
const images = (): Uint8Array =>
  model(
    [1, 4, 6, 6],
    [
      ...[floats("w", 4, 2, 3, 3), floats("s", 4), floats("b", 4), ints("sizes", 1, 2, 11, 11)],
      ...[floats("scales", 4), ints("k", 2), ints("pads", 1, 1, 0, 2)],
      ints("axes", 2, 3),
    ],
    [
      op("InstanceNormalization", "x s b > n"),
      op("ConvTranspose", "n w > t", { strides: [2, 2], pads: [1, 1, 1, 1] }),
      op("Resize", "t _ _ sizes > r", { mode: "cubic", antialias: 1 }),
      op("MaxPool", "r > m i", { kernel_shape: [2, 2], strides: [2, 2] }),
      op("LpPool", "m > l", { kernel_shape: [2, 2], p: 2 }),
      op("Pad", "l pads _ axes > p", { mode: "reflect" }),
      op("DepthToSpace", "n > d", { blocksize: 2 }),
      op("GlobalMaxPool", "d > g"),
      op("LRN", "p > q", { size: 3 }),
      op("GroupNormalization", "x s b > gn", { num_groups: 2 }),
      op("GlobalAveragePool", "gn > ga"),
      op("ReduceMax", "q > h", { keepdims: 1 }),
      op("Add", "h g > o"),
      op("Concat", "o ga > y", { axis: 1 }),
    ],
    21,
  );

/** Operators of QONNX and quantized layers. */
const levels = (): Uint8Array =>
  model(
    [1, 4],
    [
      { name: "sc", dims: [], data: [0.25] },
      { name: "z", dims: [], data: [0] },
      { name: "bits", dims: [], data: [4] },
      { name: "from", dims: [], data: [8] },
      ...[floats("w", 4, 4), { name: "th", dims: [4, 3], data: [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2] }],
    ],
    [
      op("Quant", "x sc z bits > a", { signed: 1, narrow: 0, rounding_mode: "ROUND" }),
      op("Quant", "w sc z bits > v", { signed: 1, narrow: 1 }),
      op("MatMul", "a v > m"),
      op("MultiThreshold", "m th > t", { out_scale: { float: 0.5 }, out_bias: { float: -1 } }),
      op("BipolarQuant", "t sc > b"),
      op("Trunc", "m sc z from bits > u"),
      op("DynamicQuantizeLinear", "u > dq ds dz"),
      op("DequantizeLinear", "dq sc > dd"),
      op("Sum", "b u dd > y"),
    ],
  );

/** Valid models that use what the others do not. */
export const wholeModels = (): readonly Uint8Array[] => [
  recurrent(),
  flows(),
  attention(),
  images(),
  levels(),
];
