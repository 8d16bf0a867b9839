import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { externalFilesBeside, readOnnx } from "../../../compiler/formats/onnx/index.ts";
import { survives } from "../../rejected.ts";
import { repoBytes, sharedData } from "../../shared-data.ts";
import { selfContained } from "./inline-external.ts";
import { compareWithOnnxruntime } from "./oracle.ts";

/** Images of an IDX file, each value divided. */
const images = (idx: Uint8Array, count: number, divisor: number): readonly Float64Array[] =>
  Array.from({ length: count }, (_, i) =>
    Float64Array.from(idx.subarray(16 + 784 * i, 16 + 784 * (i + 1)), (pixel) => pixel / divisor),
  );

const sharedImages = (folder: string, divisor: number): readonly Float64Array[] => {
  const path = sharedData(`${folder}/t10k-images-idx3-ubyte.gz`);
  return path === null ? [] : images(gunzipSync(readFileSync(path)), 3, divisor);
};

/** Numbers in -1..1 from a fixed generator, for models whose data is no image file. */
const patterns = (size: number): readonly Float64Array[] => {
  let state = 1;
  const next = (): number => {
    state = (state * 48271) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  };
  return [0, 1, 2].map(() => Float64Array.from({ length: size }, next));
};

// onnxruntime adds in single precision; the greatest error found is 1.6e-6.
const tolerance = 1e-5;

test("every intermediate tensor of the CNTK MNIST model is that of onnxruntime on 3 test images", async () => {
  const three = images(gunzipSync(repoBytes("examples/mnist/test-1000-images.gz")), 3, 1);
  const model = repoBytes("examples/mnist/mnist-cntk.onnx");
  const { error, values, optimized } = await compareWithOnnxruntime(model, three);
  expect(values).toBe(11);
  expect(error).toBeLessThan(tolerance);
  expect(optimized).toBeLessThan(tolerance);
});

const onImages: Readonly<Record<string, string>> = {
  "nxtf-mnist": "mnist",
  "mnist-mlp-bn": "mnist",
  "mnist-lenet-300-100": "mnist",
  "mnist-cnn-relu": "mnist",
  "fashion-lenet-300-100": "fashion-mnist",
  "fashion-resnet20": "fashion-mnist",
  "fashion-resnet20-half": "fashion-mnist",
  "fashion-mobilenet-v2-tiny": "fashion-mnist",
  "fashion-resnet20-dynamo": "fashion-mnist",
  "fashion-resnet20-dynamo-bn": "fashion-mnist",
  "mnist-vit-tiny": "mnist",
  "mnist-cnn-qcfs": "mnist",
};

const onPatterns: Readonly<Record<string, number>> = {
  "alibaba-kws": 490,
  "mlperf-tiny-kws_dscnn_fp32": 490,
  "mlperf-tiny-resnet8_fp32": 3072,
  "mlperf-tiny-vww_fp32": 27648,
  "mlperf-tiny-ad01_fp32": 640,
  "nxtf-cifar10-mobilenet": 3072,
};

const compareShared = (model: string, samples: () => readonly Float64Array[]): void => {
  const path = sharedData(`models/${model}.onnx`);
  test.skipIf(path === null)(`every intermediate tensor of ${model} is that of onnxruntime`, async () => {
    const { error, values, optimized } = await compareWithOnnxruntime(selfContained(path ?? ""), samples());
    expect(values).toBeGreaterThan(4);
    expect(error).toBeLessThan(tolerance);
    expect(optimized).toBeLessThan(tolerance);
  });
};

for (const [model, folder] of Object.entries(onImages)) compareShared(model, () => sharedImages(folder, 255));
for (const [model, size] of Object.entries(onPatterns)) compareShared(model, () => patterns(size));

const folder = sharedData("models");

test.skipIf(folder === null)("every model of the collection is imported", () => {
  const models = readdirSync(folder ?? "").filter((name) => name.endsWith(".onnx"));
  expect(models.length).toBeGreaterThanOrEqual(24);
  const refused = models.filter((name) => {
    const path = join(folder ?? "", name);
    return !survives(() => readOnnx(readFileSync(path), name, { external: externalFilesBeside(path) }));
  });
  expect(refused).toEqual([]);
});
