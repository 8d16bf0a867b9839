import { expect, test } from "vitest";
import { importOnnx } from "../../../compiler/formats/onnx/index.ts";
import { nodesOf } from "../../../compiler/ir/core/index.ts";
import { runTensor } from "../../../runtime/tensor/index.ts";
import { codesOf } from "../../rejected.ts";
import { ints, type ModelSpec, type NodeSpec, type TensorSpec, writeModel } from "./write-model.ts";

type Case = Partial<ModelSpec> & { readonly nodes: readonly NodeSpec[] };

const codes = (spec: Case): readonly string[] => {
  const bytes = writeModel({ inputs: [{ name: "x", dims: [1, 4, 4] }], outputs: ["y"], ...spec });
  return codesOf(() => importOnnx(bytes, "m.onnx"));
};

const floats = (name: string, ...data: readonly number[]): TensorSpec => ({
  name,
  dims: [data.length],
  data,
});

const scalar = (name: string, value: number): TensorSpec => ({
  name,
  dims: [],
  kind: "int64",
  data: [value],
});

const op = (
  name: string,
  inputs: string,
  attributes: NonNullable<NodeSpec["attributes"]> = {},
): NodeSpec => ({
  op: name,
  inputs: inputs.split(" "),
  outputs: ["y"],
  attributes,
});

/** Files of some hundred bytes that ask for gigabytes or hours. */
const greedy: Readonly<Record<string, Case>> = {
  "a mask over 2^28 pairs": {
    inputs: [{ name: "x", dims: [1, 1, 16384, 1] }],
    nodes: [op("Attention", "x x x", { is_causal: 1 })],
  },
  "the places of 2^27 windows": {
    inputs: [{ name: "x", dims: [1, 1, 8192, 8192] }],
    nodes: [{ ...op("MaxPool", "x", { kernel_shape: [2, 2] }), outputs: ["unused", "y"] }],
  },
  "a range of 2^40 numbers": {
    nodes: [{ ...op("Range", "zero most one"), outputs: ["r"] }, op("Gather", "x r")],
    initializers: [scalar("zero", 0), scalar("most", 2 ** 40), scalar("one", 1)],
  },
  "a range of 2^27 numbers": {
    nodes: [{ ...op("Range", "zero most one"), outputs: ["r"] }, op("Gather", "x r")],
    initializers: [scalar("zero", 0), scalar("most", 2 ** 27), scalar("one", 1)],
  },
  "a function of 2^28 zeros": {
    nodes: [
      { ...op("ConstantOfShape", "shape"), outputs: ["zeros"] },
      { ...op("Exp", "zeros"), outputs: ["ones"] },
      op("Add", "x ones"),
    ],
    initializers: [ints("shape", 2 ** 28)],
  },
  "sums of products of 2^22 numbers": {
    nodes: [
      { ...op("ConstantOfShape", "shape"), outputs: ["a"] },
      { ...op("MatMul", "a a"), outputs: ["b"] },
      op("Add", "x b"),
    ],
    initializers: [ints("shape", 2048, 2048)],
  },
  "a kernel over 2^30 places": {
    inputs: [{ name: "x", dims: [1, 1, 2 ** 24] }],
    nodes: [op("Resize", "x _ scales", { mode: "linear", antialias: 1 })],
    initializers: [floats("_", 1, 1, 1), floats("scales", 1, 1, 2 ** -24)],
  },
  "an axis resized to 2^28 places": {
    inputs: [{ name: "x", dims: [1, 1, 2] }],
    nodes: [op("Resize", "x _ scales")],
    initializers: [floats("_", 1, 1, 1), floats("scales", 1, 1, 2 ** 26)],
  },
  "a batch of 2^20 sequences": {
    inputs: [{ name: "x", dims: [1, 2 ** 20, 1] }],
    nodes: [op("RNN", "x w r")],
    initializers: [
      { name: "w", dims: [1, 1, 1], data: [1] },
      { name: "r", dims: [1, 1, 1], data: [1] },
    ],
  },
};

test.each(Object.entries(greedy))("%s: refused before they are made", (_, spec) => {
  expect(codes(spec).filter((code) => code !== "onnx/limit")).toEqual([]);
  expect(codes(spec)).not.toEqual([]);
});

const quant = (scale: TensorSpec, zero: TensorSpec): Case => ({
  inputs: [{ name: "x", dims: [1, 4] }],
  nodes: [op("Quant", "x scale zero bits")],
  initializers: [scale, zero, floats("bits", 4)],
});

const wrong: readonly (readonly [string, Case, string])[] = [
  ["a split into 2^40 parts", { nodes: [op("Split", "x", { num_outputs: 2 ** 40 })] }, "onnx/attribute"],
  [
    "a split into more parts than outputs",
    { nodes: [op("Split", "x parts", { axis: 1 })], initializers: [ints("parts", 1, 3)] },
    "onnx/shape",
  ],
  ["a quantizer without a scale", quant(floats("scale"), floats("zero", 0)), "onnx/shape"],
  [
    "a quantizer with a scale too many",
    quant(floats("scale", 1, 1, 1, 1, 1), floats("zero", 0)),
    "onnx/shape",
  ],
  ["a quantizer with a zero point too few", quant(floats("scale", 1), floats("zero", 0, 0, 0)), "onnx/shape"],
  [
    "a quantizer whose zero point is no number",
    quant(floats("scale", 1), floats("zero", Number.NaN)),
    "onnx/value",
  ],
  [
    "a quantizer whose scales and zero points differ along two axes",
    {
      inputs: [{ name: "x", dims: [1, 2, 2] }],
      nodes: [op("Quant", "x scale zero bits")],
      initializers: [
        { name: "scale", dims: [1, 2, 1], data: [1, 2] },
        { name: "zero", dims: [1, 1, 2], data: [0, 1] },
        floats("bits", 4),
      ],
    },
    "onnx/unsupported-form",
  ],
  ["a quantizer whose scale is 0", quant(floats("scale", 0), floats("zero", 0)), "onnx/value"],
  [
    "rotary positions that do not fit",
    {
      nodes: [op("RotaryEmbedding", "x cos sin", { num_heads: 1 })],
      initializers: [
        { name: "cos", dims: [1, 4, 3], data: Array.from({ length: 12 }, () => 1) },
        { name: "sin", dims: [1, 4, 3], data: Array.from({ length: 12 }, () => 1) },
      ],
    },
    "onnx/shape",
  ],
  [
    "an infinite factor of weights",
    {
      inputs: [{ name: "x", dims: [1, 2] }],
      nodes: [op("Gemm", "x w", { alpha: { float: Infinity } })],
      initializers: [{ name: "w", dims: [2, 2], data: [1, 2, 3, 4] }],
    },
    "onnx/attribute",
  ],
  [
    "padding that is no number",
    {
      nodes: [op("Pad", "x pads fill")],
      initializers: [ints("pads", 0, 1, 0, 0, 1, 0), floats("fill", Number.NaN)],
    },
    "onnx/value",
  ],
  [
    "an addend that is no number",
    { nodes: [op("Add", "x c")], initializers: [floats("c", 1, Number.NaN, 1, 1)] },
    "onnx/value",
  ],
  [
    "a constant output that is no number",
    { nodes: [op("Log", "c")], initializers: [floats("c", -1)] },
    "onnx/value",
  ],
];

test.each(wrong)("%s: refused where it stands", (_, spec, code) => {
  expect(codes(spec)).toEqual([code]);
});

test("a mask of minus infinity hides what it hides in onnxruntime", () => {
  const bytes = writeModel({
    inputs: [{ name: "x", dims: [1, 3] }],
    outputs: ["y"],
    nodes: [{ ...op("Add", "x mask"), outputs: ["s"] }, op("Softmax", "s", { axis: -1 })],
    initializers: [floats("mask", 0, -Infinity, 0)],
  });
  const { inputs, outputs, name } = importOnnx(bytes, "m.onnx");
  const x = { shape: [3], data: Float64Array.of(1, 100, 1) };
  const run = runTensor({ name, inputs, outputs }, new Map([["x", x]]));
  expect(Array.from(run.outputs.get("y")?.data ?? [])).toEqual([0.5, 0, 0.5]);
});

test("sums with one mask share what it becomes", () => {
  const bytes = writeModel({
    inputs: [{ name: "x", dims: [1, 3] }],
    outputs: ["y"],
    nodes: [{ ...op("Add", "x mask"), outputs: ["s"] }, op("Add", "s mask")],
    initializers: [floats("mask", 0, -Infinity, 2)],
  });
  const held = nodesOf(importOnnx(bytes, "m.onnx")).flatMap((one) =>
    one.op === "constant" ? [one.attrs.value] : [],
  );
  expect([held.length, new Set(held).size]).toEqual([4, 2]);
});

const at = (op: string, ...places: readonly number[]): Case => ({
  nodes: [{ op, inputs: ["x", "places"], outputs: ["y"] }],
  initializers: [{ name: "places", dims: [1, 1, 1, places.length], data: places }],
});

test.each([
  ["an index past the end of its axis", at("GatherND", 0, 1, 4), "onnx/value"],
  ["an index between two entries", at("GatherND", 0, 1, 0.5), "onnx/value"],
  [
    "an axis between two axes",
    { nodes: [op("Squeeze", "x axes")], initializers: [floats("axes", 0.375)] },
    "onnx/value",
  ],
  [
    "channels of an input without any",
    {
      inputs: [{ name: "x", dims: [1] }],
      nodes: [op("InstanceNormalization", "x s s")],
      initializers: [floats("s", 1)],
    },
    "onnx/shape",
  ],
] satisfies readonly (readonly [string, Case, string])[])("%s: refused where it stands", (_, spec, code) => {
  expect(codes(spec)).toEqual([code]);
});
