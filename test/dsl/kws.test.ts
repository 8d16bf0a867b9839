import { expect, test } from "vitest";
import { importOnnx } from "../../compiler/formats/onnx/index.ts";
import type { TensorGraph } from "../../compiler/ir/tensor/index.ts";
import { elaborateSpk, formatSpk, type SpkProgram } from "../../dsl/index.ts";
import { runTensor } from "../../runtime/tensor/index.ts";
import { repoBytes } from "../shared-data.ts";
import { memory, tensorsOf } from "./support.ts";

const bytes = (name: string): Uint8Array => repoBytes(`examples/kws/${name}`);

const text = new TextDecoder().decode(bytes("kws.spk"));

const model = importOnnx(bytes("alibaba-kws.onnx"), "alibaba-kws.onnx");

const target = { name: "simulator", modes: ["exact.graded"], payloadBits: 8, options: [] };

const program = (): SpkProgram => {
  const host = memory({ models: { "alibaba-kws.onnx": model } });
  return elaborateSpk("kws.spk", text, { ...host, targets: [target] });
};

const sounds = new Int8Array(bytes("mfcc.bin"));
const labels = bytes("labels.bin");
const size = 49 * 10;

const outputs = (graph: TensorGraph, index: number): readonly number[] => {
  const [input] = graph.inputs;
  const [output] = graph.outputs;
  if (input === undefined || output === undefined) throw new Error("a network has an input and an output");
  const data = Float64Array.from(
    sounds.subarray(index * size, (index + 1) * size),
    (q) => (q - 83) * 0.5847029,
  );
  const { name, shape } = input.attrs;
  return [...runTensor(graph, new Map([[name, { shape, data }]])).at(output.value).data];
};

test("the keyword example is written in the one style", () => {
  expect(formatSpk("kws.spk", text)).toBe(text);
});

test("the keyword example computes what its model computes, and knows 19 of the first 20 sounds", () => {
  const graph = tensorsOf(program().networks[0]);
  const found = Array.from({ length: 20 }, (_, i) => outputs(graph, i));
  expect(found).toEqual(Array.from({ length: 20 }, (_, i) => outputs(model, i)));
  const correct = found.filter((scores, i) => scores.indexOf(Math.max(...scores)) === labels[i]);
  expect(correct).toHaveLength(19);
});

test("the keyword example describes its sounds and how they are judged", () => {
  const { data, recipes } = program();
  expect(data.map(({ name, shape, offset, skip }) => [name, shape, offset, skip])).toEqual([
    ["sounds", [1, 49, 10], 83, 0],
    ["others", [1, 49, 10], 83, 200],
  ]);
  expect(recipes.map(({ network, requirements }) => [network, requirements.length])).toEqual([
    ["keyword", 2],
  ]);
});
