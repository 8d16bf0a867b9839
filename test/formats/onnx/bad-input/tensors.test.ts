import { expect, test } from "vitest";
import { bytesField, floatBytes, modelWith, tensor } from "../decode/encode.ts";
import { ints, type ModelSpec, type NodeSpec, type TensorSpec, writeModel } from "../write-model.ts";
import { fileCodes, fileFaults, seconds } from "./faults.ts";

const ones = (name: string, ...dims: readonly number[]): TensorSpec => ({
  name,
  dims,
  data: Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => 1),
});

const one = (
  op: string,
  inputs: readonly string[],
  initializers: readonly TensorSpec[],
  attributes: NonNullable<NodeSpec["attributes"]> = {},
  shape: readonly (number | string)[] = ["N", 4, 8, 8],
): ModelSpec => ({
  inputs: [{ name: "x", dims: shape }],
  outputs: ["y"],
  initializers,
  nodes: [{ op, inputs, outputs: ["y"], name: "it", attributes }],
});

const codesOf = (...given: Parameters<typeof one>): readonly string[] => fileCodes(writeModel(one(...given)));

const conv = (attributes: NonNullable<NodeSpec["attributes"]>) =>
  codesOf("Conv", ["x", "w"], [ones("w", 4, 4, 3, 3)], attributes);

test("B13-B14: bytes that are not those of the shape are refused with both numbers", () => {
  const few = modelWith(tensor("w", 1, [1_000_000]), bytesField(9, floatBytes(1)));
  expect(fileFaults(few).map(({ code, why }) => [code, why])).toEqual([
    ["onnx/tensor-size", "shape [1000000] of FLOAT needs 4000000 bytes, the file holds 4"],
  ]);
  expect(fileCodes(modelWith(tensor("w", 1, [2]), bytesField(9, new Uint8Array(7))))).toEqual([
    "onnx/tensor-size",
  ]);
});

test("B15-B16: extents that overflow, are negative or missing are refused", () => {
  expect(fileCodes(modelWith(tensor("w", 1, [2n ** 63n - 1n, 1024])))).toEqual(["onnx/dimension"]);
  expect(fileCodes(modelWith(tensor("w", 1, [2n ** 32n, 2n ** 32n])))).toEqual(["onnx/dimension"]);
  expect(fileCodes(modelWith(tensor("w", 1, [-1n])))).toEqual(["onnx/dimension"]);
  // Without extents it is one number, and there are two.
  expect(fileCodes(modelWith(tensor("w", 1, []), bytesField(9, floatBytes(1, 2))))).toEqual([
    "onnx/tensor-size",
  ]);
});

test("B16: a weight without values is refused where it is used", () => {
  const faults = codesOf("Conv", ["x", "w"], [ones("w", 0, 4, 3, 3)]);
  expect(faults).toHaveLength(1);
  expect(codesOf("Gemm", ["x", "w"], [ones("w", 0, 3)], {}, ["N", 0])).not.toEqual([]);
});

test("B17: shapes of 2^40 values are refused before anything is allocated", () => {
  const huge = 2 ** 20;
  const expand = codesOf("Expand", ["x", "s"], [ints("s", 1, huge, huge)], {}, ["N", 1, 1]);
  const fill: ModelSpec = {
    inputs: [{ name: "x", dims: ["N", 1] }],
    outputs: ["y"],
    initializers: [ints("s", huge, huge)],
    nodes: [
      { op: "ConstantOfShape", inputs: ["s"], outputs: ["c"] },
      { op: "Add", inputs: ["x", "c"], outputs: ["y"] },
    ],
  };
  const tile = codesOf("Tile", ["x", "s"], [ints("s", 1, huge, huge)], {}, ["N", 1, 1]);
  const time = seconds(() => {
    expect([expand, fileCodes(writeModel(fill)), tile].map((list) => list.length > 0)).toEqual([
      true,
      true,
      true,
    ]);
  });
  expect(time).toBeLessThan(1);
  expect(codesOf("Reshape", ["x", "s"], [ints("s", 1, huge, huge)])).toEqual(["onnx/shape"]);
});

test("B18: kernels, pads, strides, dilations and groups that cannot be are refused", () => {
  const wrong: readonly NonNullable<NodeSpec["attributes"]>[] = [
    { pads: [10 ** 9, 0, 0, 0] },
    { pads: [-1, 0, 0, 0] },
    { pads: [0, 0] },
    { strides: [0, 1] },
    { strides: [-1, 1] },
    { dilations: [0, 1] },
    { dilations: [10 ** 9, 10 ** 9] },
    { group: 0 },
    { group: -1 },
    { group: 3 },
    { kernel_shape: [5, 5] },
    { kernel_shape: [10 ** 9, 10 ** 9] },
    { auto_pad: "SAME" },
  ];
  for (const attributes of wrong)
    expect([attributes, conv(attributes).length > 0]).toEqual([attributes, true]);
  const pool = (attributes: NonNullable<NodeSpec["attributes"]>) => codesOf("MaxPool", ["x"], [], attributes);
  for (const attributes of [
    { kernel_shape: [10 ** 9, 10 ** 9] },
    { kernel_shape: [0, 1] },
    { kernel_shape: [2, 2], strides: [0, 0] },
    { kernel_shape: [2, 2], pads: [10 ** 9, 0, 0, 0] },
    {},
  ])
    expect([attributes, pool(attributes).length > 0]).toEqual([attributes, true]);
});

test("B19: a weight that is NaN or infinite is named with the index", () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const w = { ...ones("w", 4, 3), data: [...Array.from({ length: 11 }, () => 1), bad] };
    const faults = fileFaults(writeModel(one("Gemm", ["x", "w"], [w], {}, ["N", 4])));
    expect(faults.map(({ code, what, why }) => [code, what, why])).toEqual([
      ["onnx/value", 'a number in "w" cannot be used', `entry 11 is ${bad}; weights are finite numbers`],
    ]);
  }
});

test("B20: a variance below zero, or zero without epsilon, is refused; a denormal weight is not", () => {
  const norm = (variance: number, epsilon: number) =>
    codesOf(
      "BatchNormalization",
      ["x", "s", "b", "m", "v"],
      [ones("s", 1), ones("b", 1), ones("m", 1), { ...ones("v", 1), data: [variance] }],
      { epsilon: { float: epsilon } },
      ["N", 1, 2],
    );
  expect(norm(-1, 1e-5)).toEqual(["onnx/value"]);
  expect(norm(0, 0)).toEqual(["onnx/value"]);
  expect(norm(0, 1e-5)).toEqual([]);
  const tiny = { ...ones("w", 4, 1), data: [1e-45, -1e-45, 1e-40, 0] };
  expect(codesOf("Gemm", ["x", "w"], [tiny], {}, ["N", 4])).toEqual([]);
});
