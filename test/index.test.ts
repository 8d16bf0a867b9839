import { join } from "node:path";
import { expect, test } from "vitest";
import { compileModel, Rejected } from "../compiler/index.ts";

const model = join(import.meta.dirname, "../examples/mnist/mnist-cntk.onnx");

test("compileModel gives the build of a model and writes nothing without an output", async () => {
  const [job] = await compileModel(model, { target: ["simulator"], samples: 4, levels: 7 });
  expect(job?.build?.targets.map((t) => t.backend.target.name)).toEqual(["simulator"]);
  expect(job?.artifacts.map((a) => a.path)).toContain("certificate.json");
});

test("compileModel rejects with diagnostics", async () => {
  await expect(compileModel(model, { target: ["brain"] })).rejects.toThrow(Rejected);
});

test("--fold keeps that part of the channels of every hidden layer", async () => {
  const [job] = await compileModel(model, { target: ["simulator"], samples: 4, fold: 0.5 });
  const neurons = job?.build?.targets[0]?.network.populations.filter((p) => p.model.kind === "levels") ?? [];
  expect(neurons.map((p) => p.shape)).toEqual([
    [4, 28, 28],
    [8, 14, 14],
  ]);
});
