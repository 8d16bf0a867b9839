import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Diagnostic, renderAll } from "../../../compiler/diagnostics/index.ts";
import { importOnnx } from "../../../compiler/formats/onnx/index.ts";
import { faultsOf } from "../../rejected.ts";
import { repoBytes } from "../../shared-data.ts";
import { type ModelSpec, type NodeSpec, type TensorSpec, writeModel } from "./write-model.ts";

const fileFaults = (bytes: Uint8Array): readonly Diagnostic[] =>
  faultsOf(() => importOnnx(bytes, "net.onnx"));

const faults = (spec: Partial<ModelSpec>): readonly Diagnostic[] =>
  fileFaults(writeModel({ inputs: [{ name: "x", dims: ["N", 4] }], outputs: ["y"], nodes: [], ...spec }));

const codes = (spec: Partial<ModelSpec>): readonly string[] => faults(spec).map(({ code }) => code);

const one = (op: string, more: Partial<NodeSpec> = {}): NodeSpec => ({
  op,
  inputs: ["x"],
  outputs: ["y"],
  name: "it",
  ...more,
});

const weight = (name: string, dims: readonly number[], data?: readonly number[]): TensorSpec => ({
  name,
  dims,
  data: data ?? Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => 1),
});

test("unsupported operators come all at once, one message an operator with all its nodes", () => {
  const found = faults({
    nodes: [
      { op: "Mystery", inputs: ["x"], outputs: ["a"], name: "first" },
      { op: "Relu", inputs: ["a"], outputs: ["b"], name: "between" },
      { op: "Riddle", inputs: ["b"], outputs: ["c"], name: "riddle" },
      { op: "Mystery", inputs: ["c"], outputs: ["y"] },
      { op: "Relu", inputs: ["x"], outputs: ["d"], domain: "elsewhere" },
      { op: "Scan", inputs: ["x"], outputs: ["unused"] },
    ],
    outputs: ["y", "d"],
  });
  expect(found.map(({ code, what, why }) => [code, what, why])).toEqual([
    [
      "onnx/unsupported-op",
      "operator Mystery is not supported",
      `2 of the model's nodes use it: "first", "y"`,
    ],
    ["onnx/unsupported-op", "operator elsewhere.Relu is not supported", `1 of the model's nodes use it: "d"`],
    ["onnx/unsupported-op", "operator Riddle is not supported", `1 of the model's nodes use it: "riddle"`],
  ]);
});

test("faults of independent nodes, of wiring and of operators come together", () => {
  const found = codes({
    nodes: [
      { op: "Mystery", inputs: ["x"], outputs: ["a"] },
      { op: "Softmax", inputs: ["x"], outputs: ["b"], attributes: { axis: 9 } },
      { op: "Relu", inputs: ["nothing"], outputs: ["c"] },
      { op: "Transpose", inputs: ["x"], outputs: ["d"] },
    ],
    outputs: ["a", "b", "c", "d"],
    opset: 99,
  });
  expect(found).toEqual(["onnx/opset", "onnx/undefined-value", "onnx/attribute", "onnx/unsupported-op"]);
});

test("a node that reads a broken value is not blamed", () => {
  const nodes: readonly NodeSpec[] = [
    { op: "Flatten", inputs: ["x"], outputs: ["a"], attributes: { axis: 7 } },
    { op: "Relu", inputs: ["a"], outputs: ["y"] },
  ];
  expect(codes({ nodes })).toEqual(["onnx/attribute"]);
});

const wiring: Readonly<Record<string, readonly [Partial<ModelSpec>, string]>> = {
  "a circle of nodes": [
    {
      nodes: [
        { op: "Add", inputs: ["x", "b"], outputs: ["a"], name: "left" },
        { op: "Relu", inputs: ["a"], outputs: ["b"], name: "right" },
        { op: "Relu", inputs: ["x"], outputs: ["y"] },
      ],
    },
    "onnx/cycle",
  ],
  "a value made by two nodes": [{ nodes: [one("Relu"), one("Tanh")] }, "onnx/duplicate-value"],
  "two inputs of one name": [
    {
      nodes: [one("Relu")],
      inputs: [
        { name: "x", dims: [1, 4] },
        { name: "x", dims: [1, 4] },
      ],
    },
    "onnx/duplicate-value",
  ],
  "an output listed twice": [{ nodes: [one("Relu")], outputs: ["y", "y"] }, "onnx/duplicate-value"],
  "an output that nobody makes": [{ nodes: [] }, "onnx/undefined-value"],
  "no output": [{ nodes: [one("Relu")], outputs: [] }, "onnx/no-output"],
  "too many inputs": [{ nodes: [one("Relu", { inputs: ["x", "x"] })] }, "onnx/input-count"],
  "an empty name for a needed input": [{ nodes: [one("Relu", { inputs: [""] })] }, "onnx/missing-input"],
  "a second output that is read": [
    { nodes: [one("Relu", { outputs: ["y", "more"] })], outputs: ["y", "more"] },
    "onnx/unsupported-form",
  ],
  "an opset that is too new": [{ nodes: [one("Relu")], opset: 99 }, "onnx/opset"],
};

const inputs: Readonly<Record<string, readonly [Partial<ModelSpec>, string]>> = {
  "an input without a batch axis of 1": [
    { inputs: [{ name: "x", dims: [4, 4] }], nodes: [one("Relu")] },
    "onnx/batch",
  ],
  "an input with a second symbolic axis": [
    { inputs: [{ name: "x", dims: ["N", "C"] }], nodes: [one("Relu")] },
    "onnx/input-shape",
  ],
  "an input without a shape": [
    { inputs: [{ name: "x", dims: null }], nodes: [one("Relu")] },
    "onnx/input-shape",
  ],
  "an input of texts": [
    { inputs: [{ name: "x", dims: [1, 4], element: 8 }], nodes: [one("Relu")] },
    "onnx/input-type",
  ],
  "an input too large to hold": [
    { inputs: [{ name: "x", dims: [1, 65536, 65536] }], nodes: [one("Relu")] },
    "onnx/limit",
  ],
};

const map: Partial<ModelSpec> = { inputs: [{ name: "x", dims: [1, 2, 5, 5] }] };

const conv = (dims: readonly number[], attributes: NodeSpec["attributes"] = {}): Partial<ModelSpec> => ({
  ...map,
  nodes: [one("Conv", { inputs: ["x", "w"], attributes })],
  initializers: [weight("w", dims)],
});

const pool = (attributes: NodeSpec["attributes"] = {}): Partial<ModelSpec> => ({
  ...map,
  nodes: [one("MaxPool", { attributes })],
});

const normal = (variance: number, attributes: NodeSpec["attributes"] = {}): Partial<ModelSpec> => ({
  ...map,
  nodes: [one("BatchNormalization", { inputs: ["x", "s", "s", "s", "v"], attributes })],
  initializers: [weight("s", [2]), weight("v", [2], [1, variance])],
});

const forms: Readonly<Record<string, readonly [Partial<ModelSpec>, string]>> = {
  "weights that read other channels": [conv([3, 4, 3, 3]), "onnx/shape"],
  "weights of another rank": [conv([3, 2, 3]), "onnx/shape"],
  "a kernel larger than the map": [conv([3, 2, 6, 6]), "onnx/shape"],
  "a kernel shape that is not that of the weights": [
    conv([3, 2, 3, 3], { kernel_shape: [2, 2] }),
    "onnx/attribute",
  ],
  "strides of 0": [conv([3, 2, 3, 3], { strides: [0, 1] }), "onnx/attribute"],
  "pads for one axis of two": [conv([3, 2, 3, 3], { pads: [1, 1] }), "onnx/attribute"],
  "a group of 0": [conv([3, 2, 3, 3], { group: 0 }), "onnx/attribute"],
  "an unknown padding mode": [conv([3, 2, 3, 3], { auto_pad: "MOST" }), "onnx/attribute"],
  "an attribute of another kind": [conv([3, 2, 3, 3], { strides: 1 }), "onnx/attribute"],
  "an attribute that nobody reads": [conv([3, 2, 3, 3], { activation: "Relu" }), "onnx/attribute"],
  "output extents too large to hold": [
    conv([3, 2, 3, 3], { pads: [65536, 65536, 65536, 65536] }),
    "onnx/limit",
  ],
  "a pool without a window": [pool(), "onnx/attribute"],
  "a pool that may see padding only": [pool({ kernel_shape: [2, 2], pads: [2, 0, 0, 0] }), "onnx/attribute"],
  "a window list too large to hold": [
    pool({ kernel_shape: [65536, 65536], pads: [65535, 65535, 65535, 65535] }),
    "onnx/limit",
  ],
  "batch norm in training": [normal(1, { training_mode: 1 }), "onnx/unsupported-form"],
  "a negative variance": [normal(-1), "onnx/value"],
  "weights that are no numbers": [
    {
      nodes: [one("MatMul", { inputs: ["x", "w"] })],
      initializers: [weight("w", [4, 1], [1, Number.NaN, 1, 1])],
    },
    "onnx/value",
  ],
  "a reshape to another size": [
    {
      nodes: [one("Reshape", { inputs: ["x", "to"] })],
      initializers: [{ name: "to", dims: [2], kind: "int64", data: [1, 5] }],
    },
    "onnx/shape",
  ],
  "a computed shape": [{ nodes: [one("Reshape", { inputs: ["x", "x"] })] }, "onnx/unsupported-form"],
  "a transpose that does not permute": [
    { nodes: [one("Transpose", { attributes: { perm: [0, 0] } })] },
    "onnx/attribute",
  ],
  "a Gemm whose addend does not fit": [
    {
      nodes: [one("Gemm", { inputs: ["x", "w", "b"] })],
      initializers: [weight("w", [4, 2]), weight("b", [3])],
    },
    "onnx/shape",
  ],
};

for (const [title, [spec, code]] of Object.entries({ ...wiring, ...inputs, ...forms })) {
  test(`${title}: rejected as ${code}`, () => {
    expect(codes(spec)).toEqual([code]);
  });
}

test("a message names file, node, cause and remedy", () => {
  expect(renderAll(faults(conv([3, 4, 3, 3])))).toBe(
    [
      'net.onnx: node "it": error[onnx/shape]: the shapes at Conv do not fit',
      "  why: conv weights [3, 4, 3, 3] in 1 groups read 4 channels, the input has 2",
      "  fix: correct the shapes of its inputs ([1, 2, 5, 5] and [3, 4, 3, 3]), or export the model again",
    ].join("\n"),
  );
});

test("names from a model cannot write to the terminal", () => {
  const evil = "a\u001b[2Jb";
  const text = renderAll(faults({ nodes: [one("Relu", { inputs: [evil], name: evil })] }));
  expect(text).toContain("a\\u001b[2Jb");
  expect(text).not.toContain("\u001b");
});

test("a model cut at any byte is rejected or read, never worse", () => {
  const bytes = repoBytes("examples/mnist/mnist-cntk.onnx");
  fc.assert(
    fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), (end) => {
      expect(fileFaults(bytes.subarray(0, end)).length).toBeGreaterThan(0);
    }),
    { numRuns: 200, seed: 2 },
  );
});

test("a model with changed bytes is rejected or read, never worse", () => {
  const bytes = writeModel({
    inputs: [{ name: "x", dims: ["N", 2, 6, 6] }],
    nodes: [
      { op: "Conv", inputs: ["x", "w", "b"], outputs: ["a"], attributes: { pads: [1, 1, 1, 1], group: 1 } },
      { op: "BatchNormalization", inputs: ["a", "b", "b", "b", "b"], outputs: ["n"] },
      { op: "Clip", inputs: ["n", "", "c"], outputs: ["r"] },
      {
        op: "AveragePool",
        inputs: ["r"],
        outputs: ["p"],
        attributes: { kernel_shape: [2, 2], strides: [2, 2] },
      },
      { op: "Concat", inputs: ["p", "p"], outputs: ["q"], attributes: { axis: 1 } },
      { op: "Reshape", inputs: ["q", "to"], outputs: ["f"] },
      { op: "Gemm", inputs: ["f", "g"], outputs: ["s"], attributes: { alpha: { float: 2 } } },
      { op: "Softmax", inputs: ["s"], outputs: ["y"], attributes: { axis: 1 } },
    ],
    outputs: ["y"],
    initializers: [
      weight("w", [2, 2, 3, 3]),
      weight("b", [2]),
      weight("c", [], [4]),
      weight("g", [36, 2]),
      { name: "to", dims: [2], kind: "int64", data: [-1, 36] },
    ],
  });
  expect(fileFaults(bytes)).toEqual([]);
  const change = fc.tuple(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const changed = bytes.slice();
      for (const [at, value] of changes) changed[at] = value;
      for (const { what, why, fix } of fileFaults(changed)) expect([what, why, fix]).not.toContain("");
    }),
    { numRuns: 5000, seed: 3 },
  );
});
