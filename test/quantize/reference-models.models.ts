import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { decodeModel, importModel, importOnnx } from "../../compiler/formats/onnx/index.ts";
import {
  type IntegerNode,
  item,
  type Numbers,
  nodesOf,
  numbers,
  sizeOf,
  type TensorGraph,
} from "../../compiler/ir/index.ts";
import { plan } from "../../compiler/pass/index.ts";
import { canonicalize } from "../../compiler/passes/tensor/canonicalize.ts";
import { fuseBatchNorm } from "../../compiler/passes/tensor/fuse-batch-norm.ts";
import { recognizeSteps } from "../../compiler/passes/tensor/recognize-steps.ts";
import { splitTail } from "../../compiler/quantize/index.ts";
import { testContext } from "../../compiler/testing/index.ts";
import { runInteger } from "../../runtime/integer/index.ts";
import { runTensor } from "../../runtime/tensor/index.ts";
import { withOutputs } from "../formats/onnx/write-model.ts";
import { sharedData } from "../shared-data.ts";
import { type Apart, forcedRun } from "./forced-levels.ts";
import { lower } from "./support.ts";

const bytesOf = (path: string): Uint8Array | null => {
  const full = sharedData(path);
  return full === null ? null : new Uint8Array(readFileSync(full));
};

const context = testContext(null);

const greatestAt = (data: Float64Array): number => data.indexOf(Math.max(...data));

const outputOf = (graph: TensorGraph, inputs: ReadonlyMap<string, Numbers>): Float64Array =>
  runTensor(graph, inputs).at(item(graph.outputs, 0).value).data;

type Draw = (index: number, size: number) => Float64Array;

const digits = (): Draw | null => {
  const packed = bytesOf("mnist/t10k-images-idx3-ubyte.gz");
  if (packed === null) return null;
  const images = new Uint8Array(gunzipSync(packed)).subarray(16);
  return (i, size) =>
    Float64Array.from(images.subarray(size * i, size * (i + 1)), (v) => Math.fround(v / 255));
};

const words = (): Draw | null => {
  const all = bytesOf("kws/mfcc-1000x49x10-int8.bin");
  if (all === null) return null;
  const signed = new Int8Array(all.buffer, all.byteOffset, all.byteLength);
  return (i, size) =>
    Float64Array.from(signed.subarray(size * i, size * (i + 1)), (q) => Math.fround((q - 83) * 0.5847029));
};

/** Blocks of grey and colour, whole numbers as pixels are. */
const pixels = (): Draw => (index, size) =>
  Float64Array.from({ length: size }, (_, i) => (Math.floor(i / 7) * (37 + index) + (i % 32) * 5) % 256);

/** QuantizeLinear outputs of a model that are levels of the integer network, by name. */
const levelNames = (values: ReadonlyMap<string, unknown>, graph: TensorGraph): readonly string[] => {
  const known = new Set<unknown>(nodesOf(graph).filter((n) => n.op === "quantize"));
  return [...values].filter(([, node]) => known.has(node)).map(([name]) => name);
};

const levelsIn = (tensor: unknown): Float64Array => {
  if (!(tensor instanceof Tensor)) throw new Error("no tensor");
  return Float64Array.from(tensor.data, Number);
};

interface Comparison {
  readonly tensors: number;
  readonly levels: number;
  readonly apart: Apart;
}

/** Every neuron on the levels that onnxruntime gives it, against the levels that onnxruntime makes of them. */
const compare = async (bytes: Uint8Array, draw: Draw, samples: number): Promise<Comparison> => {
  const { graph, values } = importModel(decodeModel(bytes, "model.onnx"));
  const { chip } = splitTail(graph);
  const { graph: integer, pairs } = lower(chip);
  const names = levelNames(values, chip);
  const session = await InferenceSession.create(withOutputs(bytes, names), {
    graphOptimizationLevel: "disabled",
    logSeverityLevel: 3,
  });
  const { name, shape } = item(graph.inputs, 0).attrs;
  const total = { count: 0, levels: 0, distance: 0 };
  let levels = 0;
  for (let i = 0; i < samples; i++) {
    const data = Float32Array.from(draw(i, sizeOf(shape)));
    const theirs = await session.run({ [name]: new Tensor("float32", data, [1, ...shape]) });
    const given = new Map<IntegerNode, Numbers>();
    for (const value of names) {
      const node = values.get(value);
      const neuron = node === undefined ? undefined : pairs.get(node);
      if (node?.op !== "quantize" || neuron === undefined) throw new Error(`${value} is no level`);
      const zero = item(node.attrs.zero, 0);
      given.set(neuron, { shape: neuron.type.shape, data: levelsIn(theirs[value]).map((q) => q - zero) });
    }
    for (const [neuron, { count, levels: most, distance }] of forcedRun(integer, given)) {
      levels += sizeOf(neuron.type.shape);
      total.count += count;
      total.levels = Math.max(total.levels, most);
      total.distance = Math.max(total.distance, distance);
    }
  }
  await session.release();
  return { tensors: names.length, levels, apart: total };
};

/**
 * The share of levels that may differ. Our sums are exact, so a tie is a tie and goes to even; float32 adds up
 * dequantized values and may end on either side of it. Means of four levels lie on a tie often, other sums hardly ever.
 */
const models = [
  ["mnist-cnn-qdq", digits, 5e-3],
  ["mnist-cnn-qdq-w4", digits, 1e-5],
  ["mlperf-tiny-kws_dscnn_int8_qdq", words, 2e-5],
  ["mlperf-tiny-resnet8_int8_qdq", pixels, 1e-5],
] as const;

for (const [model, source, share] of models) {
  const bytes = bytesOf(`models/${model}.onnx`);
  const draw = source();

  test.skipIf(bytes === null || draw === null)(
    `${model}: levels are those of onnxruntime but where float32 misses a tie`,
    async () => {
      if (bytes === null || draw === null) return;
      const found = await compare(bytes, draw, 1);
      expect(found.levels).toBeGreaterThan(40_000);
      expect(found.apart.count / found.levels).toBeLessThan(share);
      expect(found.apart.levels).toBeLessThanOrEqual(1);
      expect(found.apart.distance).toBeLessThan(2e-5);
    },
  );
}

const finn = bytesOf("models/finn-kws-w3a3-qonnx.onnx");
const labels = bytesOf("kws/labels-1000-uint8.bin");
const word = words();

test.skipIf(finn === null || labels === null || word === null)(
  "finn-kws-w3a3-qonnx in integers has the accuracy of its authors, 82.3 %",
  () => {
    if (finn === null || labels === null || word === null) return;
    const graph = importOnnx(finn, "finn.onnx");
    const fused = plan(canonicalize, {}).run(plan(fuseBatchNorm, {}).run(graph, context), context);
    const { graph: integer } = lower(splitTail(fused).chip);
    const { name, shape } = item(integer.inputs, 0).attrs;
    const output = item(integer.outputs, 0);
    let [right, same] = [0, 0];
    for (let i = 0; i < 1000; i++) {
      const rows = word(i, 490);
      // 49 frames of 10 numbers, turned.
      const data = rows.map((_, at) => item(rows, (at % 49) * 10 + Math.floor(at / 49)));
      const inputs = new Map([[name, numbers(shape, data)]]);
      const own = greatestAt(runInteger(integer, inputs).at(output.value).data);
      if (own === labels[i]) right += 1;
      if (i < 100 && own === greatestAt(outputOf(graph, inputs))) same += 1;
    }
    expect([right, same]).toEqual([823, 100]);
  },
);

const qcfs = bytesOf("models/mnist-cnn-qcfs.onnx");
const digit = digits();

test.skipIf(qcfs === null || digit === null)(
  "mnist-cnn-qcfs: the recognised levels are what onnxruntime floors, but next to a jump",
  async () => {
    if (qcfs === null || digit === null) return;
    const { graph } = importModel(decodeModel(qcfs, "qcfs.onnx"));
    const found = plan(recognizeSteps, {}).run(plan(canonicalize, {}).run(graph, context), context);
    const quantizers = nodesOf(found).filter((n) => n.op === "quantize");
    expect(quantizers.map(({ attrs: { low, high, round } }) => [low, high, round])).toEqual([
      [0, 8, "up"],
      [0, 8, "up"],
      [0, 8, "up"],
    ]);
    const steps = nodesOf(found).flatMap((n) => (n.op === "dequantize" ? n.attrs.scale : []));
    expect(steps.map((s) => Math.round(8000 * s) / 1000)).toEqual([1.905, 2.771, 2.505]);
    const names = ["/1/Floor_output_0", "/3/Floor_output_0", "/6/Floor_output_0"];
    const session = await InferenceSession.create(withOutputs(qcfs, names), {
      graphOptimizationLevel: "disabled",
      logSeverityLevel: 3,
    });
    let [apart, total] = [0, 0];
    for (let i = 0; i < 10; i++) {
      const data = digit(i, 784);
      const ours = runTensor(found, new Map([["input", numbers([1, 28, 28], data)]]));
      const theirs = await session.run({
        input: new Tensor("float32", Float32Array.from(data), [1, 1, 28, 28]),
      });
      quantizers.forEach((node, k) => {
        const [own, other] = [ours.at(node).data, levelsIn(theirs[item(names, k)])];
        own.forEach((q, at) => {
          total += 1;
          if (q !== other[at]) apart += 1;
        });
      });
    }
    await session.release();
    expect(apart / total).toBeLessThan(2e-5);
  },
);
