import { expect, test } from "vitest";
import { decodeModel, type OnnxModel } from "../../../../compiler/formats/onnx/decode/index.ts";
import { bindDims } from "../../../../compiler/formats/onnx/prepare/index.ts";
import { faultsOf } from "../../../rejected.ts";
import { type ValueSpec, writeModel } from "../write-model.ts";

const modelOf = (...inputs: readonly ValueSpec[]): OnnxModel =>
  decodeModel(writeModel({ inputs, outputs: ["y"], nodes: [] }), "m.onnx");

const dimsOf = (model: OnnxModel) => model.graph.inputs.map(({ dims }) => dims);

const bound = (bindings: Readonly<Record<string, number>>, ...inputs: readonly ValueSpec[]) =>
  dimsOf(bindDims(modelOf(...inputs), new Map(Object.entries(bindings))).model);

const saidBy = (run: () => unknown): readonly string[] =>
  faultsOf(run).map(({ code, why }) => `${code}: ${why}`);

test("a symbolic first axis is a batch of 1, wherever its name stands", () => {
  expect(bound({}, { name: "x", dims: ["N", 3, "H"] }, { name: "m", dims: [1, "N"] })).toEqual([
    [1, 3, "H"],
    [1, 1],
  ]);
});

test("names are bound on every axis of every input", () => {
  expect(
    bound({ H: 8, N: 2 }, { name: "x", dims: ["N", "H", "W"] }, { name: "m", dims: ["H", "H"] }),
  ).toEqual([
    [2, 8, "W"],
    [8, 8],
  ]);
});

test("an open first axis without a name is a batch of 1, another one stays open", () => {
  expect(bound({}, { name: "x", dims: [-1, -1, 4] })).toEqual([[1, null, 4]]);
});

test("inputs without a shape and scalars stay as they are", () => {
  expect(bound({}, { name: "x", dims: null }, { name: "s", dims: [] })).toEqual([null, []]);
});

test("unknown names and impossible extents are told at once, with the names that exist", () => {
  const model = modelOf({ name: "x", dims: ["N", "height"] });
  const wrong = new Map([
    ["hieght", 8],
    ["N", 0],
    ["height", 1.5],
  ]);
  expect(saidBy(() => bindDims(model, wrong))).toEqual([
    'onnx/unknown-dim: the symbolic extents of the inputs are "N", "height"',
    "onnx/dim-value: an extent is a whole number from 1 to 2147483647",
    "onnx/dim-value: an extent is a whole number from 1 to 2147483647",
  ]);
  expect(saidBy(() => bindDims(modelOf({ name: "x", dims: [1] }), new Map([["N", 1]])))).toEqual([
    "onnx/unknown-dim: the symbolic extents of the inputs are none",
  ]);
});

test("a fixed batch is read as 1 with a note, when that is asked for", () => {
  const model = modelOf({ name: "x", dims: [16, 3] }, { name: "m", dims: [16, 16] });
  expect(dimsOf(bindDims(model, new Map()).model)).toEqual([
    [16, 3],
    [16, 16],
  ]);
  const { model: again, notes } = bindDims(model, new Map(), { rebatch: true });
  expect(dimsOf(again)).toEqual([
    [1, 3],
    [1, 16],
  ]);
  expect(notes.map(({ code, severity, why }) => [code, severity, why])).toEqual([
    ["onnx/batch-read-as-one", "note", 'these inputs have it: "x", "m"'],
  ]);
});

test("inputs that disagree on the batch keep theirs", () => {
  const model = modelOf({ name: "x", dims: [16, 3] }, { name: "m", dims: [2, 3] });
  const { model: same, notes } = bindDims(model, new Map(), { rebatch: true });
  expect([dimsOf(same), notes]).toEqual([
    [
      [16, 3],
      [2, 3],
    ],
    [],
  ]);
});

test("an initializer that is listed as an input has no batch and no names", () => {
  const model = decodeModel(
    writeModel({
      inputs: [
        { name: "x", dims: ["N", 2] },
        { name: "w", dims: ["K", 2] },
      ],
      initializers: [{ name: "w", dims: [3, 2], data: [1, 2, 3, 4, 5, 6] }],
      outputs: ["y"],
      nodes: [],
    }),
    "m.onnx",
  );
  expect(dimsOf(bindDims(model, new Map()).model)).toEqual([
    [1, 2],
    ["K", 2],
  ]);
  expect(saidBy(() => bindDims(model, new Map([["K", 3]])))).toHaveLength(1);
});
