import {
  bytesField,
  concat,
  float,
  floatBytes,
  int,
  message,
  packed,
  sampleModel,
  tensor as tensorFields,
  text,
} from "../../formats/onnx/decode/encode.ts";
import {
  attribute,
  domain,
  fn,
  graph,
  graphAttribute,
  integer,
  modelBytes,
  node,
} from "../../formats/onnx/prepare/models.ts";
import { ints } from "../../formats/onnx/write-model.ts";
import { repoBytes } from "../../shared-data.ts";
import { wholeModels } from "./seed-models.ts";
import { floats, model, op } from "./written.ts";

const convolutional = (): Uint8Array =>
  model(
    ["N", 2, 8, 8],
    [
      ...[floats("w", 4, 2, 3, 3), floats("b", 4), floats("s", 4), floats("m", 4), floats("g", 16, 3)],
      { name: "v", dims: [4], data: [1, 2, 1, 0.5] },
      ints("shape", 1, -1),
    ],
    [
      op("Conv", "x w b > a", { pads: [1, 1, 1, 1], strides: [2, 2], kernel_shape: [3, 3] }),
      op("BatchNormalization", "a s b m v > c", { epsilon: { float: 0.00001 } }),
      op("Relu", "c > d"),
      op("MaxPool", "d > e", { kernel_shape: [2, 2], strides: [2, 2] }),
      op("AveragePool", "e > f", { kernel_shape: [1, 1], ceil_mode: 1, count_include_pad: 1 }),
      op("Reshape", "f shape > h"),
      op("Gemm", "h g > i", { alpha: { float: 1 }, transB: 0 }),
      op("Softmax", "i > y", { axis: -1 }),
    ],
  );

const residual = (): Uint8Array =>
  model(
    [1, 4, 6, 6],
    [floats("w", 4, 1, 3, 3), floats("p", 4, 4, 1, 1), floats("low"), floats("k", 4, 1, 1)],
    [
      op("Conv", "x w > a", { group: 4, auto_pad: "SAME_UPPER" }),
      op("Clip", "a low > b"),
      op("Conv", "b p > c"),
      op("Add", "c x > d"),
      op("Mul", "d k > e"),
      op("GlobalAveragePool", "e > f"),
      op("Flatten", "f > h"),
      op("Concat", "h h > y", { axis: 1 }),
    ],
  );

const shapes = (): Uint8Array =>
  model(
    ["batch", 3, 4],
    [
      ints("zero", 0),
      ints("one", 1),
      ints("two", 2),
      ints("ends", 3),
      ints("rest", -1),
      ints("pads", 0, 0, 1, 0, 0, 1),
    ],
    [
      op("Shape", "x > s"),
      op("Slice", "s zero one > n"),
      op("Concat", "n rest > target", { axis: 0 }),
      op("Transpose", "x > t", { perm: [0, 2, 1] }),
      op("Slice", "t one ends one > u"),
      op("Pad", "u pads > p"),
      op("Unsqueeze", "p two > q"),
      op("Squeeze", "q two > r"),
      op("Reshape", "r target > v"),
      op("Split", "v > l m", { axis: 1 }),
      op("Sub", "l m > z"),
      op("ReduceMean", "z > y", { axes: [1], keepdims: 1 }),
    ],
    13,
  );

const mixed = (): Uint8Array =>
  model(
    [1, 4, 4],
    [
      floats("w", 4, 4),
      floats("slope", 1),
      ints("k", 2),
      ints("idx", 0, 2),
      floats("lw", 1, 8, 4),
      floats("lr", 1, 8, 2),
    ],
    [
      op("MatMul", "x w > a"),
      op("PRelu", "a slope > b"),
      op("Gather", "b idx > c", { axis: 1 }),
      op("LeakyRelu", "c > d", { alpha: { float: 0.1 } }),
      op("Sigmoid", "d > e"),
      op("LSTM", "e lw lr > f", { hidden_size: 2 }),
      op("TopK", "e k > g h", { axis: -1 }),
      op("Where", "h g g > i"),
      op("Cast", "i > j", { to: 1 }),
      op("Tanh", "j > m"),
      op("Identity", "m > y"),
    ],
  );

/** An int8 weight with its scale, as quantization tools write it. */
const quantized = (): Uint8Array => {
  const scalar = (name: string, value: number) =>
    message(5, tensorFields(name, 1, []), bytesField(9, floatBytes(value)));
  const main = concat(
    message(1, node("QuantizeLinear", "x s z > q")),
    message(1, node("DequantizeLinear", "q s z > d")),
    message(1, node("DequantizeLinear", "w ws wz > v", integer("axis", 1))),
    message(1, node("MatMul", "d v > y")),
    message(5, tensorFields("w", 3, [4, 2]), bytesField(9, Uint8Array.of(1, 255, 2, 254, 3, 253, 4, 252))),
    message(5, tensorFields("z", 3, []), bytesField(9, Uint8Array.of(0))),
    message(5, tensorFields("wz", 3, [2]), packed(5, 0, 0)),
    message(5, tensorFields("ws", 1, [2]), bytesField(9, floatBytes(0.5, 0.25))),
    message(5, tensorFields("i4", 22, [3]), bytesField(9, Uint8Array.of(0x21, 0x03))),
    message(5, tensorFields("h", 10, [2]), packed(5, 0x3c00, 0x4000)),
    scalar("s", 0.125),
    message(
      11,
      text(1, "x"),
      message(2, message(1, int(1, 1), message(2, message(1, int(1, 1)), message(1, int(1, 4))))),
    ),
    message(12, text(1, "y")),
  );
  return modelBytes(main);
};

/** Local functions, a branch, a sparse weight and a reference to an attribute. */
const nested = (): Uint8Array => {
  const inner = fn({
    name: "act",
    inputs: "a",
    outputs: "b",
    nodes: [
      node("LeakyRelu", "a > t", attribute("alpha", text(21, "slope"), int(20, 1))),
      node("Identity", "t > b"),
    ],
    more: [message(11, text(1, "slope"), float(2, 0.25), int(20, 1))],
  });
  const outer = fn({
    name: "block",
    inputs: "p",
    outputs: "q r",
    nodes: [
      node("act", "p > m", domain("f")),
      node("Add", "m p > q"),
      node("act", "q > r", domain("f"), attribute("slope", float(2, 0.5), int(20, 1))),
    ],
  });
  const constant = node(
    "Constant",
    "> c",
    attribute("value", message(5, tensorFields("", 9, []), bytesField(9, Uint8Array.of(1))), int(20, 4)),
  );
  const branches = [
    graphAttribute("then_branch", graph("", "t", node("Relu", "h > t"))),
    graphAttribute("else_branch", graph("", "e", node("act", "h > e", domain("f")))),
  ];
  const sparse = message(
    15,
    message(1, tensorFields("w", 1, [2]), bytesField(9, floatBytes(1, 2))),
    message(2, tensorFields("", 7, [2]), packed(7, 0, 5)),
    packed(3, 3, 2),
  );
  const main = concat(
    ...[
      constant,
      node("block", "x > g h", domain("f")),
      node("If", "c > i", ...branches),
      node("MatMul", "i w > y"),
    ].map((one) => message(1, one)),
    sparse,
    message(
      11,
      text(1, "x"),
      message(2, message(1, int(1, 1), message(2, message(1, text(2, "N")), message(1, int(1, 3))))),
    ),
    message(12, text(1, "y")),
  );
  return modelBytes(main, outer, inner);
};

/** Models to change, all valid but the sample, which only decodes; the last is a real one, and larger. */
export const seeds = (): readonly [Uint8Array, ...Uint8Array[]] => [
  convolutional(),
  residual(),
  shapes(),
  mixed(),
  quantized(),
  nested(),
  sampleModel(),
  ...wholeModels(),
  repoBytes("examples/mnist/mnist-cntk.onnx"),
];
