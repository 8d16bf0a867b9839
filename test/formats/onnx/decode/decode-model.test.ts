import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeModel, tensorValues } from "../../../../compiler/formats/onnx/decode/index.ts";
import { repoBytes, repoFile, sharedData } from "../../../shared-data.ts";
import { digestOf, tensorLine } from "./digest.ts";

interface Expected {
  readonly digest: string;
  readonly initializers?: readonly string[];
}

// Written by make-fixture.py with Python onnx 1.23.
const expected: Readonly<Record<string, Expected>> = JSON.parse(
  readFileSync(repoFile("test/fixtures/onnx-decode.json"), "utf8"),
);

const cntk = () => decodeModel(repoBytes("examples/mnist/mnist-cntk.onnx"), "mnist-cntk.onnx");

const checkAgainstPython = (name: string, bytes: Uint8Array): void => {
  const model = decodeModel(bytes, name);
  const listed = expected[name]?.initializers;
  if (listed !== undefined) {
    expect(model.graph.initializers.map((tensor) => JSON.stringify(tensorLine(tensor)))).toEqual(listed);
  }
  expect(digestOf(model)).toBe(expected[name]?.digest);
};

test("reads the CNTK MNIST model as Python onnx does, float_data included", () => {
  checkAgainstPython("mnist-cntk.onnx", repoBytes("examples/mnist/mnist-cntk.onnx"));
});

test("the CNTK MNIST model keeps names, attributes and shapes", () => {
  const { irVersion, opsets, graph, producer } = cntk();
  expect([irVersion, producer.name, opsets]).toEqual([3, "CNTK", new Map([["", 8]])]);
  expect(graph.nodes.map((node) => node.opType)).toEqual([
    "Reshape",
    "Conv",
    "Add",
    "Relu",
    "MaxPool",
    "Conv",
    "Add",
    "Relu",
    "MaxPool",
    "Reshape",
    "MatMul",
    "Add",
  ]);
  const conv = graph.nodes[1];
  expect(conv?.attributes.get("auto_pad")).toEqual({ kind: "string", value: "SAME_UPPER" });
  expect(conv?.attributes.get("kernel_shape")).toEqual({ kind: "ints", value: [5, 5] });
  expect(graph.inputs[0]).toEqual({ name: "Input3", element: "FLOAT", dims: [1, 1, 28, 28] });
});

test("the values of a shape tensor come out as whole numbers", () => {
  const shape = cntk().graph.initializers.find(({ element }) => element === "INT64");
  expect(shape === undefined ? null : tensorValues(shape)).toEqual({
    shape: [2],
    dtype: "i64",
    data: Float64Array.of(1, 256),
  });
});

test("raw weights are views of the file, not copies", () => {
  const bytes = repoBytes("examples/mnist/mnist-cntk.onnx");
  const { initializers } = decodeModel(bytes, "x.onnx").graph;
  // CNTK writes packed float_data, whose bytes are those of raw_data, and int64_data, which are not.
  const buffers = initializers.map(({ storage }) => {
    if (storage.kind === "raw") return storage.bytes.buffer;
    return storage.kind === "typed" ? storage.message.buffer : null;
  });
  expect(initializers.map(({ storage }) => storage.kind)).toContain("raw");
  expect(new Set(buffers)).toEqual(new Set([bytes.buffer]));
});

for (const name of Object.keys(expected)) {
  const path = sharedData(`models/${name}`);
  test.skipIf(path === null)(`reads ${name} as Python onnx does`, () => {
    checkAgainstPython(name, new Uint8Array(readFileSync(path ?? "")));
  });
}
