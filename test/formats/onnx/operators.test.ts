import * as fc from "fast-check";
import { expect, test } from "vitest";
import { importOnnx } from "../../../compiler/formats/onnx/index.ts";
import { sizeOf, violationsOf } from "../../../compiler/ir/core/index.ts";
import { tensorInvariants } from "../../../compiler/ir/tensor/index.ts";
import { compareWithOnnxruntime } from "./oracle.ts";
import { ints, type ModelSpec, type NodeSpec, type TensorSpec, writeModel } from "./write-model.ts";

/** Whole eighths in -2..2, so that single precision keeps them. */
const values = (count: number, seed = 1): readonly number[] => {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return (state % 33) / 8 - 2;
  });
};

const tensor = (name: string, dims: readonly number[], seed = 7): TensorSpec => ({
  name,
  dims,
  data: values(sizeOf(dims), seed),
});

interface Case {
  readonly shape: readonly number[];
  readonly nodes: readonly NodeSpec[];
  readonly initializers?: readonly TensorSpec[];
  readonly opset?: number;
}

const modelOf = ({ shape, nodes, initializers = [], opset = 17 }: Case): ModelSpec => ({
  opset,
  inputs: [{ name: "x", dims: ["N", ...shape] }],
  nodes,
  outputs: [nodes.at(-1)?.outputs[0] ?? ""],
  initializers,
});

const check = async (given: Case): Promise<void> => {
  const bytes = writeModel(modelOf(given));
  expect(violationsOf(tensorInvariants, importOnnx(bytes, "written.onnx"))).toEqual([]);
  const sample = Float64Array.from(values(sizeOf(given.shape), 3));
  const { error } = await compareWithOnnxruntime(bytes, [sample]);
  expect(error).toBeLessThan(1e-5);
};

const node = (
  op: string,
  constants: readonly string[] = [],
  attributes: NonNullable<NodeSpec["attributes"]> = {},
): NodeSpec => ({ op, inputs: ["x", ...constants], outputs: ["y"], attributes });

const cases: Readonly<Record<string, Case>> = {
  "Conv with asymmetric pads, strides, dilations and bias": {
    shape: [2, 9, 7],
    nodes: [node("Conv", ["w", "b"], { pads: [2, 0, 1, 1], strides: [2, 1], dilations: [1, 2] })],
    initializers: [tensor("w", [3, 2, 3, 2]), tensor("b", [3])],
  },
  "Conv in groups with SAME_LOWER": {
    shape: [4, 5, 6],
    nodes: [node("Conv", ["w"], { group: 2, auto_pad: "SAME_LOWER", strides: [2, 2] })],
    initializers: [tensor("w", [6, 2, 3, 2])],
  },
  "depthwise Conv with VALID": {
    shape: [3, 5, 5],
    nodes: [node("Conv", ["w"], { group: 3, auto_pad: "VALID" })],
    initializers: [tensor("w", [3, 1, 2, 2])],
  },
  "Conv over one axis with SAME_UPPER": {
    shape: [2, 11],
    nodes: [node("Conv", ["w", "b"], { auto_pad: "SAME_UPPER", strides: [3] })],
    initializers: [tensor("w", [4, 2, 4]), tensor("b", [4])],
  },
  "Conv over three axes": {
    shape: [2, 4, 3, 5],
    nodes: [node("Conv", ["w"], { pads: [0, 1, 0, 0, 1, 0] })],
    initializers: [tensor("w", [2, 2, 2, 3, 2])],
  },
  "Gemm with alpha, beta and a row as addend": {
    shape: [5],
    nodes: [node("Gemm", ["w", "b"], { alpha: { float: 0.5 }, beta: { float: 2 } })],
    initializers: [tensor("w", [5, 3]), tensor("b", [1, 3])],
  },
  "Gemm with transB and one number as addend": {
    shape: [5],
    nodes: [node("Gemm", ["w", "b"], { transB: 1 })],
    initializers: [tensor("w", [3, 5]), tensor("b", [1])],
  },
  "MatMul on the last of three axes": {
    shape: [4, 5],
    nodes: [node("MatMul", ["w"])],
    initializers: [tensor("w", [5, 3])],
  },
  "Add of a constant per channel, per row and per element": {
    shape: [2, 3, 4],
    nodes: [
      { op: "Add", inputs: ["x", "c"], outputs: ["a"] },
      { op: "Add", inputs: ["r", "a"], outputs: ["b"] },
      { op: "Add", inputs: ["b", "e"], outputs: ["y"] },
    ],
    initializers: [tensor("c", [2, 1, 1]), tensor("r", [1, 1, 4]), tensor("e", [1, 2, 3, 4])],
  },
  "Sub on both sides, Mul and Div by constants": {
    shape: [3, 2],
    nodes: [
      { op: "Sub", inputs: ["x", "c"], outputs: ["a"] },
      { op: "Sub", inputs: ["c", "a"], outputs: ["b"] },
      { op: "Mul", inputs: ["b", "m"], outputs: ["d"] },
      { op: "Div", inputs: ["d", "v"], outputs: ["y"] },
    ],
    initializers: [tensor("c", [3, 1]), tensor("m", [2], 11), { name: "v", dims: [], data: [0.3] }],
  },
  "Add and Sum of computed values": {
    shape: [6],
    nodes: [
      { op: "Relu", inputs: ["x"], outputs: ["a"] },
      { op: "Add", inputs: ["a", "x"], outputs: ["b"] },
      { op: "Sum", inputs: ["b", "c", "a", "x"], outputs: ["y"] },
    ],
    initializers: [tensor("c", [6])],
  },
  "scalar functions": {
    shape: [40],
    nodes: [
      { op: "LeakyRelu", inputs: ["x"], outputs: ["a"], attributes: { alpha: { float: 0.2 } } },
      { op: "Sigmoid", inputs: ["a"], outputs: ["b"] },
      { op: "Tanh", inputs: ["a"], outputs: ["c"] },
      { op: "Clip", inputs: ["a", "low"], outputs: ["d"] },
      { op: "Concat", inputs: ["b", "c", "d"], outputs: ["y"], attributes: { axis: -1 } },
    ],
    initializers: [{ name: "low", dims: [], data: [-0.25] }],
  },
  "Clip with attributes": {
    shape: [12],
    opset: 9,
    nodes: [node("Clip", [], { min: { float: -1 }, max: { float: 0.5 } })],
  },
  "MaxPool with pads, strides and dilations": {
    shape: [2, 9, 8],
    nodes: [
      node("MaxPool", [], { kernel_shape: [3, 2], pads: [1, 0, 2, 1], strides: [2, 3], dilations: [2, 1] }),
    ],
  },
  "MaxPool with ceil_mode": {
    shape: [2, 8, 7],
    nodes: [node("MaxPool", [], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1 })],
  },
  "AveragePool without pads in the mean": {
    shape: [2, 7, 6],
    nodes: [node("AveragePool", [], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 0, 1, 2] })],
  },
  "AveragePool with pads in the mean": {
    shape: [2, 7, 6],
    nodes: [node("AveragePool", [], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 })],
  },
  "AveragePool whose last window hangs over the pads": {
    shape: [1, 6, 6],
    opset: 19,
    nodes: [
      node("AveragePool", [], {
        kernel_shape: [3, 3],
        strides: [2, 2],
        pads: [1, 1, 0, 0],
        ceil_mode: 1,
        count_include_pad: 1,
      }),
    ],
  },
  "GlobalAveragePool, GlobalMaxPool and Flatten": {
    shape: [3, 4, 5],
    nodes: [
      { op: "GlobalAveragePool", inputs: ["x"], outputs: ["a"] },
      { op: "GlobalMaxPool", inputs: ["x"], outputs: ["b"] },
      { op: "Add", inputs: ["a", "b"], outputs: ["c"] },
      { op: "Flatten", inputs: ["c"], outputs: ["y"] },
    ],
  },
  BatchNormalization: {
    shape: [3, 2, 2],
    nodes: [node("BatchNormalization", ["s", "b", "m", "v"], { epsilon: { float: 0.01 } })],
    initializers: [
      tensor("s", [3]),
      tensor("b", [3], 11),
      tensor("m", [3], 13),
      { name: "v", dims: [3], data: [0.5, 1, 2] },
    ],
  },
  "Reshape, Transpose, Squeeze and Unsqueeze": {
    shape: [2, 3, 4],
    nodes: [
      { op: "Reshape", inputs: ["x", "to"], outputs: ["a"] },
      { op: "Transpose", inputs: ["a"], outputs: ["b"], attributes: { perm: [0, 3, 1, 2] } },
      { op: "Unsqueeze", inputs: ["b", "axes"], outputs: ["c"] },
      { op: "Squeeze", inputs: ["c", "axes"], outputs: ["d"] },
      { op: "Flatten", inputs: ["d"], outputs: ["y"], attributes: { axis: -3 } },
    ],
    initializers: [ints("to", 0, 3, -1, 2), ints("axes", 2, -1)],
  },
  "reshaped, transposed and squeezed weights": {
    shape: [6],
    nodes: [
      { op: "Reshape", inputs: ["w", "to"], outputs: ["a"] },
      { op: "Transpose", inputs: ["a"], outputs: ["b"] },
      { op: "Squeeze", inputs: ["b", "last"], outputs: ["c"] },
      { op: "Identity", inputs: ["c"], outputs: ["d"] },
      { op: "MatMul", inputs: ["x", "d"], outputs: ["y"] },
    ],
    initializers: [tensor("w", [2, 3, 4]), ints("to", 1, 4, 6), ints("last", -1)],
  },
  "Concat with a constant part": {
    shape: [2, 3],
    nodes: [{ op: "Concat", inputs: ["x", "c", "x"], outputs: ["y"], attributes: { axis: 1 } }],
    initializers: [tensor("c", [1, 1, 3])],
  },
  "Softmax along one axis": { shape: [4, 3], nodes: [node("Softmax", [], { axis: 1 })] },
  "Softmax over all axes from its axis on": {
    shape: [2, 3, 4],
    opset: 11,
    nodes: [node("Softmax", [], { axis: 2 })],
  },
  "Dropout and Constant": {
    shape: [4],
    nodes: [
      { op: "Constant", inputs: [], outputs: ["c"], attributes: { value_float: { float: 1.5 } } },
      { op: "Dropout", inputs: ["x"], outputs: ["a"] },
      { op: "Mul", inputs: ["c", "a"], outputs: ["y"] },
    ],
  },
};

for (const [title, given] of Object.entries(cases))
  test(`${title}: equal to onnxruntime`, () => check(given));

const small = (min: number, max: number) => fc.integer({ min, max });

const axis = fc.record({
  kernel: small(1, 4),
  stride: small(1, 3),
  dilation: small(1, 2),
  before: small(0, 2),
  after: small(0, 2),
  extra: small(0, 6),
});

const convolutions = fc
  .record({
    axes: fc.array(axis, { minLength: 1, maxLength: 2 }),
    groups: small(1, 3),
    inPerGroup: small(1, 2),
    outPerGroup: small(1, 5),
    mode: fc.constantFrom("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"),
  })
  .map(({ axes, groups, inPerGroup, outPerGroup, mode }): Case => {
    const padded = mode === "NOTSET";
    // The other runtime refuses SAME with dilations.
    const stretch = axes.map(({ dilation }) => (mode.startsWith("SAME") ? 1 : dilation));
    const space = axes.map(({ kernel, before, after, extra }, i) => {
      const reach = (stretch[i] ?? 1) * (kernel - 1) + 1;
      return Math.max(1, reach - (padded ? before + after : 0)) + extra;
    });
    const pads = [...axes.map(({ before }) => before), ...axes.map(({ after }) => after)];
    return {
      shape: [groups * inPerGroup, ...space],
      nodes: [
        node("Conv", ["w"], {
          group: groups,
          strides: axes.map(({ stride }) => stride),
          dilations: stretch,
          ...(padded ? { pads } : { auto_pad: mode }),
        }),
      ],
      initializers: [tensor("w", [groups * outPerGroup, inPerGroup, ...axes.map(({ kernel }) => kernel)])],
    };
  });

test("convolutions with any window are equal to onnxruntime", async () => {
  await fc.assert(fc.asyncProperty(convolutions, check), { numRuns: 150, seed: 1 });
});
