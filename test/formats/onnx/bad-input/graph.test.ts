import { expect, test } from "vitest";
import { concat, int, message, text } from "../decode/encode.ts";
import { graph, node } from "../prepare/models.ts";
import { type ModelSpec, type NodeSpec, writeModel } from "../write-model.ts";
import { fileCodes, fileFaults } from "./faults.ts";

const model = (spec: Partial<ModelSpec>): Uint8Array =>
  writeModel({ inputs: [{ name: "x", dims: ["N", 4] }], outputs: ["y"], nodes: [], ...spec });

const op = (name: string, input: string, output: string): NodeSpec => ({
  op: name,
  inputs: [input],
  outputs: [output],
});

test("B61: a circle, undefined values, an output that is not made and a value made twice are told at once", () => {
  const nodes = [
    op("Relu", "b", "a"),
    op("Relu", "a", "b"),
    op("Relu", "nothing", "c"),
    op("Relu", "x", "d"),
    op("Abs", "x", "d"),
  ];
  const found = fileCodes(model({ nodes, outputs: ["a", "c", "d", "missing"] }));
  expect([...found].sort()).toEqual([
    "onnx/cycle",
    "onnx/duplicate-value",
    "onnx/undefined-value",
    "onnx/undefined-value",
  ]);
});

test("B62: opsets 0 and 999, no opset, and an unknown domain are refused", () => {
  const bytes = (...opsets: readonly Uint8Array[]): Uint8Array => {
    const value = message(2, message(1, int(1, 1), message(2, message(1, int(1, 1)), message(1, int(1, 4)))));
    const main = concat(
      graph("", "", node("Relu", "x > y")),
      message(11, text(1, "x"), value),
      message(12, text(1, "y")),
    );
    return concat(message(7, main), ...opsets);
  };
  const opset = (version: number) => message(8, text(1, ""), int(2, version));
  expect(fileCodes(bytes(opset(17)))).toEqual([]);
  expect(fileCodes(bytes(opset(0)))).toEqual(["onnx/opset"]);
  expect(fileCodes(bytes(opset(999)))).toEqual(["onnx/opset"]);
  expect(fileCodes(bytes())).toEqual(["onnx/opset"]);
  const foreign = { ...op("Relu", "x", "y"), domain: "elsewhere" };
  expect(fileCodes(model({ nodes: [foreign] }))).toEqual(["onnx/unsupported-op"]);
});

test("B63: 12 kinds of unsupported operators are named in one go", () => {
  const kinds = Array.from({ length: 12 }, (_, i) => `Mystery${i}`);
  const nodes = kinds.map((kind, i) => op(kind, i === 0 ? "x" : `v${i}`, i === 11 ? "y" : `v${i + 1}`));
  const faults = fileFaults(model({ nodes }));
  expect(faults.map(({ code, what }) => [code, what])).toEqual(
    kinds.map((kind) => ["onnx/unsupported-op", `operator ${kind} is not supported`]),
  );
});
