import { expect, test } from "vitest";
import { decodeModel, importModel, importOnnx } from "../../../compiler/formats/onnx/index.ts";
import { nodesOf, parse, print, storeOf, violationsOf, weightsOf } from "../../../compiler/ir/core/index.ts";
import { type TensorGraph, tensorInvariants, tensorLevel } from "../../../compiler/ir/tensor/index.ts";
import { repoBytes } from "../../shared-data.ts";
import { type ModelSpec, writeModel } from "./write-model.ts";

const opsOf = (graph: TensorGraph): readonly (readonly [string, string | undefined])[] =>
  nodesOf(graph).map(({ op, origins }) => [op, origins[0]?.name]);

const read = (spec: Partial<ModelSpec>): TensorGraph =>
  importOnnx(
    writeModel({ inputs: [{ name: "x", dims: ["N", 4] }], outputs: ["y"], nodes: [], ...spec }),
    "dir/net.onnx",
  );

test("the CNTK MNIST model keeps its operators one to one, under their ONNX names", () => {
  const graph = importOnnx(repoBytes("examples/mnist/mnist-cntk.onnx"), "mnist-cntk.onnx");
  expect(graph.name).toBe("CNTKGraph");
  expect(opsOf(graph)).toEqual([
    ["input", "Input3"],
    ["conv", "Convolution28"],
    ["affine", "Plus30"],
    ["unary", "ReLU32"],
    ["maxPool", "Pooling66"],
    ["conv", "Convolution110"],
    ["affine", "Plus112"],
    ["unary", "ReLU114"],
    ["maxPool", "Pooling160"],
    ["reshape", "Times212_reshape0"],
    ["dense", "Times212"],
    ["affine", "Plus214"],
  ]);
  expect(graph.outputs.map(({ name }) => name)).toEqual(["Plus214_Output_0"]);
  expect(violationsOf(tensorInvariants, graph)).toEqual([]);
});

test("an imported graph prints and parses back to the same text", () => {
  const graph = importOnnx(repoBytes("examples/mnist/mnist-cntk.onnx"), "mnist-cntk.onnx");
  const text = print(tensorLevel, graph);
  const store = storeOf(weightsOf(tensorLevel, graph));
  expect(print(tensorLevel, parse(tensorLevel, text, store))).toBe(text);
});

test("a node without a name is called by its output", () => {
  const graph = read({ nodes: [{ op: "Relu", inputs: ["x"], outputs: ["y"] }] });
  expect(opsOf(graph)).toEqual([
    ["input", "x"],
    ["unary", "y"],
  ]);
});

test("values are found by their ONNX names, behind Identity and Dropout too", () => {
  const bytes = writeModel({
    inputs: [{ name: "x", dims: [1, 4] }],
    nodes: [
      { op: "Relu", inputs: ["x"], outputs: ["a"] },
      { op: "Identity", inputs: ["a"], outputs: ["b"] },
      { op: "Dropout", inputs: ["b"], outputs: ["y"] },
    ],
    outputs: ["y"],
  });
  const { graph, values } = importModel(decodeModel(bytes, "net.onnx"));
  const relu = values.get("a");
  expect(relu?.op).toBe("unary");
  expect([values.get("b") === relu, values.get("y") === relu, graph.outputs[0]?.value === relu]).toEqual([
    true,
    true,
    true,
  ]);
});

test("nodes may stand in any order", () => {
  const graph = read({
    nodes: [
      { op: "Tanh", inputs: ["a"], outputs: ["y"] },
      { op: "Relu", inputs: ["x"], outputs: ["a"] },
    ],
  });
  expect(opsOf(graph).map(([op]) => op)).toEqual(["input", "unary", "unary"]);
});

test("nodes that no output needs are not read, inputs that no node reads stay", () => {
  const graph = read({
    inputs: [
      { name: "x", dims: [1, 4] },
      { name: "spare", dims: [1, 2] },
    ],
    nodes: [
      { op: "Relu", inputs: ["x"], outputs: ["y"] },
      { op: "Mystery", inputs: ["y"], outputs: ["z"] },
    ],
  });
  expect(opsOf(graph).map(([, name]) => name)).toEqual(["x", "spare", "y"]);
});

test("an input with an initializer is a weight", () => {
  const graph = read({
    inputs: [
      { name: "x", dims: [1, 2] },
      { name: "w", dims: [2, 1] },
    ],
    nodes: [{ op: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
    initializers: [{ name: "w", dims: [2, 1], data: [3, 5] }],
  });
  expect(graph.inputs.map(({ attrs }) => attrs.name)).toEqual(["x"]);
});

test("layers that share an initializer share the weight, also when it is transposed", () => {
  const graph = read({
    nodes: [
      { op: "MatMul", inputs: ["x", "w"], outputs: ["a"] },
      { op: "MatMul", inputs: ["a", "w"], outputs: ["b"] },
      { op: "Gemm", inputs: ["b", "w"], outputs: ["c"] },
      { op: "Gemm", inputs: ["c", "w"], outputs: ["y"], attributes: { transB: 1 } },
    ],
    initializers: [{ name: "w", dims: [4, 4], data: Array.from({ length: 16 }, (_, i) => i) }],
  });
  const weights = nodesOf(graph).flatMap((node) => (node.op === "dense" ? [node.attrs.weight] : []));
  expect(new Set(weights).size).toBe(2);
  expect(weights.map((w) => Array.from(w.stored()).slice(0, 4))).toEqual([
    [0, 4, 8, 12],
    [0, 4, 8, 12],
    [0, 4, 8, 12],
    [0, 1, 2, 3],
  ]);
});

test("a reshape to the same shape leaves no node", () => {
  const graph = read({
    nodes: [
      { op: "Reshape", inputs: ["x", "to"], outputs: ["a"] },
      { op: "Relu", inputs: ["a"], outputs: ["y"] },
    ],
    initializers: [{ name: "to", dims: [2], kind: "int64", data: [0, -1] }],
  });
  expect(opsOf(graph).map(([op]) => op)).toEqual(["input", "unary"]);
});

test("a constant output becomes a node", () => {
  const graph = read({ outputs: ["c"], initializers: [{ name: "c", dims: [1, 2], data: [3, 4] }] });
  expect(graph.outputs[0]?.value.op).toBe("constant");
  expect(graph.outputs[0]?.value.type.shape).toEqual([2]);
});

test("an import gives the same text each time", () => {
  const bytes = repoBytes("examples/mnist/mnist-cntk.onnx");
  const text = (): string => print(tensorLevel, importOnnx(bytes, "mnist-cntk.onnx"));
  expect(text()).toBe(text());
});
