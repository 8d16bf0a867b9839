import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { compileModel, Rejected } from "../compiler/index.ts";

const model = join(import.meta.dirname, "../examples/mnist/mnist-cntk.onnx");

const scratch = mkdtempSync(join(tmpdir(), "spikefold-index-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const program = (name: string, ...sections: readonly string[]): string => {
  const path = join(scratch, `${name}.spk`);
  const network =
    "network n(x: [4]) -> y: [2] {\n  weights kaiming(seed: 1)\n  y = x -> dense(3) -> relu -> dense(2)\n}";
  writeFileSync(path, [network, ...sections, ""].join("\n"));
  return path;
};

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

test("compileModel writes several sections of one network as the command does, or those that are named", async () => {
  const two = program("two", "compile n for simulator {\n}", "compile n for loihi1 {\n}");
  const output = join(scratch, "two");
  expect((await compileModel(two, { output })).length).toBe(2);
  expect(readdirSync(output).sort()).toEqual(["n-loihi1", "n-simulator"]);
  const [one, ...more] = await compileModel(two, { recipe: ["n-loihi1"] });
  expect(one?.build?.targets.map((t) => t.backend.target.name)).toEqual(["loihi1"]);
  expect(more).toEqual([]);
});

test("compileModel refuses a recipe with open choices, and writes none of the others", async () => {
  const open = program(
    "open",
    "compile n for simulator {\n}",
    "compile n for loihi1 {\n  quantize(weights: 3..8 bits)\n}",
  );
  const output = join(scratch, "open");
  const error = await compileModel(open, { output }).catch((e: unknown) => e);
  expect(error instanceof Rejected ? error.diagnostics.map((d) => d.code) : error).toEqual(["recipe/open"]);
  expect(existsSync(output)).toBe(false);
});
