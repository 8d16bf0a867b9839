import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { importNir } from "../../compiler/formats/nir/index.ts";
import { tensorWeight } from "../../compiler/formats/onnx/decode/index.ts";
import { decodeModel, importOnnx } from "../../compiler/formats/onnx/index.ts";
import {
  encodeNumbers,
  nodesOf,
  sha256,
  valuesOf,
  violationsOf,
  type Weight,
  weightsOf,
} from "../../compiler/ir/core/index.ts";
import {
  type TensorGraph,
  type TensorNode,
  tensorInvariants,
  tensorLevel,
} from "../../compiler/ir/tensor/index.ts";
import { plan } from "../../compiler/pass/index.ts";
import { canonicalize } from "../../compiler/passes/tensor/canonicalize.ts";
import { testContext } from "../../compiler/testing/index.ts";
import { elaborateSpk, type SpkHost } from "../../dsl/index.ts";
import { repoFile, sharedData } from "../shared-data.ts";
import { targets, tensorsOf } from "./support.ts";

/** Path of a model beside the examples, or in the shared data; null when it is in neither. */
const modelFile = (path: string): string | null => {
  const name = path.split("/").at(-1) ?? path;
  const beside = repoFile(`examples/mnist/${name}`);
  return existsSync(beside) ? beside : sharedData(`models/${name}`);
};

const modelBytes = (path: string): Uint8Array => {
  const found = modelFile(path);
  if (found === null) throw new Error(`${path} is not there`);
  return new Uint8Array(readFileSync(found));
};

const initializers = (path: string): ReadonlyMap<string, Weight> => {
  const { graph } = decodeModel(modelBytes(path), path);
  return new Map(graph.initializers.map((tensor) => [tensor.name, tensorWeight(tensor, tensor.name)]));
};

const host: SpkHost = {
  readText: (path) => readFileSync(repoFile(path), "utf8"),
  readWeights: initializers,
  readModel: (path) => importOnnx(modelBytes(path), path),
  readNir: (path) => importNir(modelBytes(path), path),
  targets,
};

const hashOf = (w: Weight): string => sha256(encodeNumbers("f64", valuesOf(w)));

const isWeight = (value: unknown, all: readonly Weight[]): value is Weight => all.some((w) => w === value);

/** Ops, wiring, attributes, shapes and the values of weights; neither names nor places. */
const meaning = (graph: TensorGraph): readonly unknown[] => {
  const nodes = nodesOf(graph);
  const weights = weightsOf(tensorLevel, graph);
  const at = (node: TensorNode): number => nodes.indexOf(node);
  const spelled = (node: TensorNode): unknown => ({
    op: node.op,
    inputs: node.inputs.map(at),
    type: node.type,
    attrs: Object.entries(node.attrs)
      .filter(([name]) => name !== "name")
      .map(([name, value]) => [name, isWeight(value, weights) ? [value.shape, hashOf(value)] : value])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  });
  return [...nodes.map(spelled), graph.outputs.map(({ value }) => at(value))];
};

const canonical = (graph: TensorGraph): TensorGraph => plan(canonicalize, {}).run(graph, testContext(null));

const written = (text: string, file: string, from: SpkHost = host): TensorGraph => {
  const [network] = elaborateSpk(file, text, from).networks;
  return tensorsOf(network);
};

const examples = [
  ["examples/mnist/cntk.spk", "mnist-cntk.onnx"],
  ["test/fixtures/dsl/nxtf.spk", "nxtf-mnist.onnx"],
  ["test/fixtures/dsl/mlp-bn.spk", "mnist-mlp-bn.onnx"],
] as const;

for (const [file, model] of examples) {
  test.skipIf(modelFile(model) === null)(`${file} is the network that ${model} imports to`, () => {
    const own = written(readFileSync(repoFile(file), "utf8"), file);
    expect(violationsOf(tensorInvariants, own)).toEqual([]);
    const imported = importOnnx(modelBytes(model), model);
    expect(meaning(canonical(own))).toEqual(meaning(canonical(imported)));
  });
}

const named = `network mlp(input: [784]) -> logits: [10] {
  weights "mlp.npz" { dense1: "0", bn1: "1", dense2: "3", bn2: "4", dense3: "6", bn3: "7", dense4: "9" }
  logits = input -> dense(512) -> batch_norm -> relu -> dense(256) -> batch_norm -> relu
    -> dense(128) -> batch_norm -> relu -> dense(10)
}
`;

test.skipIf(modelFile("mnist-mlp-bn.onnx") === null)(
  "weights from an archive make the same network, weight for weight",
  () => {
    const model = "mnist-mlp-bn.onnx";
    const own = written(named, "mlp.spk", { ...host, readWeights: () => initializers(model) });
    const imported = importOnnx(modelBytes(model), model);
    expect(meaning(own)).toEqual(meaning(imported));
    expect(weightsOf(tensorLevel, own).map((w) => w.hash())).toEqual(
      weightsOf(tensorLevel, imported).map((w) => w.hash()),
    );
  },
);

test("a network written differently from its file is refused with both sides", () => {
  const text = readFileSync(repoFile("examples/mnist/cntk.spk"), "utf8").replace(
    "-> relu -> max_pool(3x3)",
    "-> tanh -> max_pool(3x3)",
  );
  expect(() => written(text, "examples/mnist/cntk.spk")).toThrow(
    "`tanh1` (line 6) is tanh, there it is relu (ReLU114)",
  );
});
