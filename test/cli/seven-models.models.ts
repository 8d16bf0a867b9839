/** Trained models of other projects, through the command line as users run it. Skipped where the data is not there. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { documents } from "../../compiler/cli/documents.ts";
import { randomFrom } from "../../compiler/testing/index.ts";
import { type Elements, type ElementType, writeNpy } from "../../runtime/files/index.ts";
import { sharedData } from "../shared-data.ts";
import { cli } from "./run-cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "spikefold-models-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Samples {
  readonly train: string;
  readonly test: string;
  readonly labels: string | null;
  /** How the network's input comes from stored numbers: (raw - offset) * scale. */
  readonly scale: number;
  readonly offset: number;
}

const asNpy = (name: string, dtype: ElementType, shape: readonly number[], data: Elements): string => {
  const path = join(scratch, name);
  writeFileSync(path, writeNpy({ dtype, shape, data }));
  return path;
};

const idx = (folder: string, scale: number) => (): Samples | null => {
  const [train, images, labels] = ["train-images", "t10k-images", "t10k-labels"].map((name) =>
    sharedData(`${folder}/${name}-idx${name.endsWith("labels") ? 1 : 3}-ubyte.gz`),
  );
  if (!train || !images || !labels) return null;
  return { train, test: images, labels, scale, offset: 0 };
};

const words = (): Samples | null => {
  const [stored, classes] = [
    sharedData("kws/mfcc-1000x49x10-int8.bin"),
    sharedData("kws/labels-1000-uint8.bin"),
  ];
  if (stored === null || classes === null) return null;
  const all = asNpy("words.npy", "i8", [1000, 49, 10], new Int8Array(readFileSync(stored)));
  const labels = asNpy("words-labels.npy", "u8", [1000], readFileSync(classes));
  return { train: all, test: all, labels, scale: 0.5847029, offset: 83 };
};

/** No pictures of CIFAR-10 here: seeded pixels show equality, not accuracy. */
const pixels = (scale: number) => (): Samples => {
  const random = randomFrom(17);
  const data = Uint8Array.from({ length: 8 * 32 * 32 * 3 }, () => random.between(0, 255));
  const path = asNpy(`pixels-${scale}.npy`, "u8", [8, 32, 32, 3], data);
  return { train: path, test: path, labels: null, scale, offset: 0 };
};

interface Subject {
  readonly model: string;
  readonly samples: () => Samples | null;
  readonly limit: number;
  readonly steps: number;
  /** Ops that the report names as the host's. */
  readonly host: readonly string[];
}

const subjects: readonly Subject[] = [
  { model: "mnist-cntk", samples: idx("mnist", 1), limit: 40, steps: 6, host: [] },
  { model: "nxtf-mnist", samples: idx("mnist", 1 / 255), limit: 40, steps: 5, host: ["softmax", "reshape"] },
  { model: "fashion-lenet-300-100", samples: idx("fashion-mnist", 1 / 255), limit: 100, steps: 4, host: [] },
  { model: "mnist-mlp-bn", samples: idx("mnist", 1 / 255), limit: 100, steps: 5, host: [] },
  { model: "nxtf-cifar10-mobilenet", samples: pixels(1 / 255), limit: 4, steps: 13, host: ["softmax"] },
  { model: "mlperf-tiny-resnet8_fp32", samples: pixels(1), limit: 4, steps: 9, host: ["softmax"] },
  { model: "mlperf-tiny-kws_dscnn_fp32", samples: words, limit: 20, steps: 11, host: ["softmax"] },
];

for (const { model, samples, limit, steps, host } of subjects) {
  const path = sharedData(`models/${model}.onnx`);
  const data = path === null ? null : samples();
  test.skipIf(path === null || data === null)(
    `${model} becomes spikes that equal its integer network at every neuron`,
    () => {
      if (path === null || data === null) return;
      const folder = join(scratch, model);
      const prepared = ["--input-scale", `${data.scale}`, "--input-offset", `${data.offset}`];
      const calibrate = ["--calibrate", data.train, "--samples", "16"];
      const built = cli(["compile", path, "-o", folder, ...calibrate, ...prepared, "--json"]);
      expect(built.code, built.stderr).toBe(0);
      const compiled = documents.compile.parse(JSON.parse(built.stdout));
      expect(compiled.host).toEqual(host);
      const labels = data.labels === null ? [] : ["--labels", data.labels];
      const asked = ["--limit", `${limit}`, "--neurons", "--compare", "float,integer", "--json"];
      const ran = cli(["run", folder, "--data", data.test, ...labels, ...asked]);
      expect(ran.code, ran.stderr).toBe(0);
      const { equality, cost, levels } = documents.run.parse(JSON.parse(ran.stdout));
      expect(equality).toMatchObject({ samples: limit, mismatchedSamples: 0, mismatchedNeurons: 0 });
      expect(equality.neurons).toBeGreaterThan(limit * 300);
      expect(cost.steps).toBe(steps);
      expect(cost.spikes).toBeGreaterThan(0);
      const correct = (level: { readonly correct?: number | undefined } | undefined) => level?.correct ?? 0;
      if (data.labels !== null)
        expect(correct(levels.spiking)).toBeGreaterThanOrEqual(correct(levels.float) - limit / 10);
    },
    240_000,
  );
}
