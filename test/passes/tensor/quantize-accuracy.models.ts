import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { importOnnx } from "../../../compiler/formats/onnx/index.ts";
import { item, numbers, type TensorGraph } from "../../../compiler/ir/index.ts";
import { type DataSet, plan } from "../../../compiler/pass/index.ts";
import { canonicalize } from "../../../compiler/passes/tensor/canonicalize.ts";
import { fuseBatchNorm } from "../../../compiler/passes/tensor/fuse-batch-norm.ts";
import { quantize } from "../../../compiler/passes/tensor/quantize.ts";
import { splitTail } from "../../../compiler/quantize/index.ts";
import { testContext } from "../../../compiler/testing/index.ts";
import { runInteger } from "../../../runtime/integer/index.ts";
import { runTensor } from "../../../runtime/tensor/index.ts";
import { lowering } from "../../quantize/support.ts";
import { sharedData } from "../../shared-data.ts";

const idx = (name: string, header: number): Uint8Array | null => {
  const path = sharedData(`mnist/${name}.gz`);
  return path === null ? null : new Uint8Array(gunzipSync(readFileSync(path))).subarray(header);
};

const mnist = (split: string, graph: TensorGraph, scale: number): DataSet | null => {
  const [images, labels] = [idx(`${split}-images-idx3-ubyte`, 16), idx(`${split}-labels-idx1-ubyte`, 8)];
  const { name, shape } = item(graph.inputs, 0).attrs;
  if (images === null || labels === null) return null;
  return {
    hash: split,
    size: labels.length,
    sample: (i) => {
      const data = Float64Array.from(images.subarray(784 * i, 784 * (i + 1)), (v) => v * scale);
      return { inputs: new Map([[name, numbers(shape, data)]]), label: item(labels, i) };
    },
  };
};

const prepared = (model: string): TensorGraph | null => {
  const path = sharedData(`models/${model}.onnx`);
  if (path === null) return null;
  const context = testContext(null);
  const graph = importOnnx(new Uint8Array(readFileSync(path)), model);
  return splitTail(plan(canonicalize, {}).run(plan(fuseBatchNorm, {}).run(graph, context), context)).chip;
};

const greatestAt = (data: Float64Array): number => data.indexOf(Math.max(...data));

const models = [
  ["mnist-cntk", 1],
  ["nxtf-mnist", 1 / 255],
  ["mnist-mlp-bn", 1 / 255],
] as const;

for (const [model, scale] of models) {
  const graph = prepared(model);
  const train = graph === null ? null : mnist("train", graph, scale);
  const digits = graph === null ? null : mnist("t10k", graph, scale);

  test.skipIf(graph === null || train === null || digits === null)(
    `${model} keeps its accuracy, and its integers are those of the quantized network`,
    () => {
      if (graph === null || train === null || digits === null) return;
      for (const options of [{}, { levels: 7, sumLimit: 65_535 }]) {
        const made = plan(quantize, { samples: 128, ...options }).run(graph, testContext(train));
        const { graph: integer, pairs } = lowering.run(made, {}, testContext(null));
        const output = item(integer.outputs, 0).name;
        let [float, right] = [0, 0];
        for (let i = 0; i < 250; i++) {
          const { inputs, label } = digits.sample(i);
          const after = runInteger(integer, inputs);
          const logits = after.outputs.get(output)?.data ?? new Float64Array();
          if (greatestAt(logits) === label) right += 1;
          const plain = runTensor(graph, inputs).outputs.get(output)?.data ?? new Float64Array();
          if (greatestAt(plain) === label) float += 1;
          if (i >= 50) continue;
          const before = runTensor(made, inputs);
          for (const [tensor, node] of pairs)
            expect(lowering.same(before.at(tensor), after.at(node), tensor)).toBe(true);
        }
        expect(float - right).toBeLessThanOrEqual(2);
      }
    },
  );
}
