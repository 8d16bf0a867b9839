import { expect, test } from "vitest";
import { floats, IllTyped, type Shape, sizeOf, type Weight } from "../../../compiler/ir/core/index.ts";
import { makeTensor, type TensorNode } from "../../../compiler/ir/tensor/index.ts";

const w = (...shape: Shape): Weight => floats("w", shape, new Float64Array(sizeOf(shape)));
const input = (...shape: Shape): TensorNode => makeTensor("input", [], { name: "x", shape });
const map = input(2, 5, 6);

const typed: Readonly<Record<string, readonly [TensorNode, Shape]>> = {
  "dense on the last axis": [makeTensor("dense", [input(3, 4)], { weight: w(2, 4) }), [3, 2]],
  "conv with stride and one-sided pads": [
    makeTensor("conv", [map], {
      weight: w(4, 2, 3, 3),
      strides: [2, 1],
      pads: [
        [1, 0],
        [0, 2],
      ],
    }),
    [4, 2, 6],
  ],
  "conv in groups": [makeTensor("conv", [map], { weight: w(4, 1, 1, 1), groups: 2 }), [4, 5, 6]],
  "conv with dilation": [makeTensor("conv", [map], { weight: w(1, 2, 3, 2), dilations: [2, 5] }), [1, 1, 1]],
  "a pool of ceil": [
    makeTensor("maxPool", [map], { kernel: [2, 4], strides: [2, 3], ceil: true }),
    [2, 3, 2],
  ],
  "a pool of floor": [makeTensor("averagePool", [map], { kernel: [2, 4], strides: [2, 3] }), [2, 2, 1]],
  "a transpose": [makeTensor("transpose", [map], { order: [2, 0, 1] }), [6, 2, 5]],
  "a reshape": [makeTensor("reshape", [map], { shape: [4, 15] }), [4, 15]],
  "a concat": [makeTensor("concat", [map, input(2, 1, 6), map], { axis: 1 }), [2, 11, 6]],
  "an affine per channel": [makeTensor("affine", [map], { scale: w(2), shift: w(60) }), [2, 5, 6]],
};

for (const [title, [node, shape]] of Object.entries(typed)) {
  test(`${title}: ${shape.join("x")}`, () => expect(node.type).toEqual({ dtype: "f32", shape }));
}

test("quantized values are integers, dequantized ones floats", () => {
  const q = makeTensor("quantize", [map], { scale: [1, 2], zero: [0], low: 0, high: 1 });
  expect([q.type.dtype, makeTensor("dequantize", [q], { scale: [1], zero: [0] }).type.dtype]).toEqual([
    "i64",
    "f32",
  ]);
});

const refused: Readonly<Record<string, readonly [() => TensorNode, RegExp]>> = {
  "dense weights of three axes": [
    () => makeTensor("dense", [map], { weight: w(2, 3, 6) }),
    /dense weights are \[out, in\]/,
  ],
  "dense weights that read another extent": [
    () => makeTensor("dense", [map], { weight: w(2, 5) }),
    /do not fit input/,
  ],
  "a bias of another length": [
    () => makeTensor("dense", [map], { weight: w(2, 6), bias: w(3) }),
    /the bias has 3 entries, 2/,
  ],
  "conv weights of another rank": [
    () => makeTensor("conv", [map], { weight: w(2, 2, 3) }),
    /conv weights .* do not fit/,
  ],
  "conv weights that read other channels": [
    () => makeTensor("conv", [map], { weight: w(2, 3, 1, 1) }),
    /read 3 channels, the input has 2/,
  ],
  "outputs that do not divide into groups": [
    () => makeTensor("conv", [map], { weight: w(3, 1, 1, 1), groups: 2 }),
    /do not divide/,
  ],
  "a kernel that does not fit": [
    () => makeTensor("conv", [map], { weight: w(1, 2, 6, 1) }),
    /does not fit into/,
  ],
  "a stride of 0": [
    () => makeTensor("conv", [map], { weight: w(1, 2, 1, 1), strides: [0, 1] }),
    /does not fit into/,
  ],
  "a window of another rank": [() => makeTensor("maxPool", [map], { kernel: [2] }), /does not fit/],
  "a window larger than the map": [
    () => makeTensor("averagePool", [map], { kernel: [6, 1] }),
    /does not fit into/,
  ],
  "statistics of other channels": [
    () =>
      makeTensor("batchNorm", [map], { scale: w(2), shift: w(2), mean: w(2), variance: w(3), epsilon: 1 }),
    /3 entries, 2 are needed/,
  ],
  "an affine that fits no axis": [() => makeTensor("affine", [map], { scale: w(5) }), /5 entries/],
  "scales that fit no axis": [
    () => makeTensor("quantize", [map], { scale: [1, 1, 1], zero: [0], low: 0, high: 1 }),
    /3 scales do not fit/,
  ],
  "summands of two shapes": [() => makeTensor("add", [map, input(2, 5)], {}), /cannot add/],
  "no summand at all": [() => makeTensor("add", [], {}), /does not take 0 inputs/],
  "a softmax axis outside": [() => makeTensor("softmax", [map], { axis: 3 }), /axis 3 is outside/],
  "a reshape to another size": [() => makeTensor("reshape", [map], { shape: [7] }), /does not reshape/],
  "an order that does not permute": [
    () => makeTensor("transpose", [map], { order: [0, 0, 1] }),
    /does not permute/,
  ],
  "parts that differ off the axis": [
    () => makeTensor("concat", [map, input(2, 5, 5)], { axis: 1 }),
    /cannot join/,
  ],
  "a concat axis outside": [() => makeTensor("concat", [map, map], { axis: -1 }), /axis -1 is outside/],
};

for (const [title, [make, message]] of Object.entries(refused)) {
  test(`${title}: refused by the builder`, () => {
    expect(make).toThrow(IllTyped);
    expect(make).toThrow(message);
  });
}
