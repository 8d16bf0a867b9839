import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { checkCommand } from "../../compiler/cli/check.ts";
import { type CheckDocument, documents } from "../../compiler/cli/documents.ts";
import { Rejected } from "../../compiler/diagnostics/index.ts";
import { type ModelSpec, type TensorSpec, writeModel } from "../formats/onnx/write-model.ts";
import { captured } from "./captured.ts";

const scratch = mkdtempSync(join(tmpdir(), "spikefold-check-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(scratch, name);
  writeFileSync(path, content);
  return path;
};

const model = (name: string, spec: Omit<ModelSpec, "inputs" | "outputs">): string =>
  file(name, writeModel({ inputs: [{ name: "x", dims: ["N", 8] }], outputs: ["y"], ...spec }));

const weight = (name: string, dims: readonly number[]): TensorSpec => ({
  name,
  dims,
  data: Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 5) % 7) / 7 - 0.4),
});

const relu = (from: string, to: string) => ({ op: "Relu", inputs: [from], outputs: [to], name: to });

const gemm = (from: string, w: string, to: string) => ({
  op: "Gemm",
  inputs: [from, w],
  outputs: [to],
  name: to,
  attributes: { transB: 1 },
});

const checked = async (
  path: string,
  flags: Parameters<typeof checkCommand>[1] = {},
): Promise<CheckDocument> =>
  documents.check.parse(
    JSON.parse((await captured(() => checkCommand(path, { ...flags, json: true }))).stdout),
  );

const small = model("small.onnx", {
  initializers: [weight("v", [6, 8]), weight("w", [3, 6])],
  nodes: [gemm("x", "v", "a"), relu("a", "b"), gemm("b", "w", "y")],
});

test("a model of which nothing can be read is refused with every fault", async () => {
  const path = model("unread.onnx", {
    nodes: [
      { op: "Mystery", inputs: ["x"], outputs: ["a"], name: "first" },
      { op: "Softmax", inputs: ["a"], outputs: ["y"], name: "last", attributes: { axis: 1, riddle: 1 } },
    ],
  });
  const error = await checkCommand(path, { json: true }).catch((e: unknown) => e);
  if (!(error instanceof Rejected)) throw new Error("it was not refused");
  expect(error.diagnostics.map((d) => d.code).sort()).toEqual(["onnx/attribute", "onnx/unsupported-op"]);
});

test("unsupported nodes are named as the model names them, quotes and commas too", async () => {
  const path = model("names.onnx", {
    initializers: [weight("w", [3, 8])],
    nodes: [
      gemm("x", "w", "a"),
      { op: "Mystery", inputs: ["a"], outputs: ["b"], name: 'the "first", they say' },
      { op: "Mystery", inputs: ["b"], outputs: ["y"], name: "last" },
    ],
  });
  const { unsupported, targets } = await checked(path, { target: ["simulator"] });
  const names = ['the "first", they say', "last"];
  expect(unsupported.map(({ op, nodes }) => [op, nodes])).toEqual([["Mystery", names]]);
  const [target] = targets;
  expect(target?.fits).toBe(false);
  expect(target?.refusals.map(({ stage, node }) => [stage, node])).toEqual(names.map((n) => ["read", n]));
});

test("the mode that is asked for is judged, and refused where a target does not offer it", async () => {
  const track = await checked(small, { target: ["simulator"], mode: "exact.track" });
  expect(track.targets.map(({ mode, fits }) => [mode, fits])).toEqual([["exact.track", true]]);
  const { targets } = await checked(small, { target: ["loihi1"], mode: "exact.graded" });
  expect(
    targets.map(({ mode, fits, refusals }) => [mode, fits, refusals.map((r) => [r.stage, r.code])]),
  ).toEqual([["exact.graded", false, [["convert", "build/mode-not-offered"]]]]);
});

test("a first layer with too many lanes of the input fits with fewer bits of the input", async () => {
  const wide = file(
    "wide.onnx",
    writeModel({
      inputs: [{ name: "x", dims: ["N", 700] }],
      outputs: ["y"],
      initializers: [weight("v", [4, 700]), weight("w", [3, 4])],
      nodes: [gemm("x", "v", "a"), relu("a", "b"), gemm("b", "w", "y")],
    }),
  );
  const whole = await checked(wide, { target: ["loihi1"] });
  expect(whole.targets[0]?.refusals.map((r) => [r.stage, r.node, r.code])).toEqual([
    ["map", "b", "map/neuron-too-large"],
  ]);
  expect(whole.targets[0]?.change).toContain("--input-bits");
  const { targets } = await checked(wide, { target: ["loihi1"], inputBits: 5 });
  expect(targets.map((t) => t.fits)).toEqual([true]);
});

test("levels and bits of a recipe are those of the check", async () => {
  const network =
    "network n(x: [8]) -> y: [3] {\n  weights kaiming(seed: 1)\n  y = x -> dense(6) -> relu -> dense(3)\n}\n";
  const recipe = (steps: string): string => `compile n for simulator {\n  ${steps}\n}\n`;
  const levelsOf = async (steps: string): Promise<readonly (number | null)[]> => {
    const { targets } = await checked(file("recipe.spk", network + recipe(steps)), { target: ["simulator"] });
    return targets[0]?.layers.map((l) => l.levels) ?? [];
  };
  expect(await levelsOf("quantize(weights: 4 bits, activations: 7 levels)")).toContain(7);
  expect(await levelsOf("quantize(weights: 4 bits, activations: 3 levels)")).toContain(3);
});

const neurons = file(
  "neurons.spk",
  [
    "network n(x: spikes[4]) -> y: [3] {",
    "  step 1 ms",
    "  weights kaiming(seed: 1)",
    "  y = x -> dense(3, bias: none) -> ALIF(8 ms, tau_adapt: 50 ms, beta: 0.1, reset: soft) -> read.count",
    "}\n",
  ].join("\n"),
);

test("what the data decide is unknown, and not because a target refuses the network", async () => {
  const { targets } = await checked(neurons, { target: ["simulator"] });
  const { steps, spikeBound } = targets[0]?.figures ?? {};
  const open = { value: null, kind: "unknown", source: "the data say how many steps a sample has" };
  expect([targets[0]?.fits, steps, spikeBound]).toEqual([true, open, open]);
  const timed = await checked(neurons, { target: ["simulator"], steps: 10 });
  expect(timed.targets[0]?.figures.steps).toEqual({ value: 10, kind: "exact", source: "--steps" });
});

test("parameters of neurons are counted, those of their adaptation too", async () => {
  const { targets } = await checked(neurons, { target: ["simulator"] });
  // 12 weights; tauMem, r, vLeak and the threshold, and the two numbers of the adaptation.
  expect(targets[0]?.share.allParameters).toBe(18);
});

test("a flag that a network of neurons does not read is said to", async () => {
  const said = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  await checked(neurons, { target: ["simulator"], inputBits: 4, levels: 3, steps: 10 });
  const flags = said.mock.calls.flatMap(([text]) => String(text).match(/--[a-z-]+ has no effect/g) ?? []);
  said.mockRestore();
  expect(flags).toEqual(["--levels has no effect", "--input-bits has no effect"]);
});

test("every compile section is judged", async () => {
  const network = (name: string) =>
    `network ${name}(x: [4]) -> y: [2] {\n  weights kaiming(seed: 1)\n  y = x -> dense(3) -> relu -> dense(2)\n}\n`;
  const section = (name: string) =>
    `compile ${name} for simulator {\n  quantize(weights: 4 bits, activations: 3 levels)\n}\n`;
  const path = file("two.spk", [network("a"), network("b"), section("a"), section("b")].join("\n"));
  const { code, stdout } = await captured(() => checkCommand(path, { target: ["simulator"] }));
  expect(code).toBe(0);
  expect(stdout.match(/exact\.graded/g)).toHaveLength(2);
});

test("a reason that holds for every target is said once, with what is too much", async () => {
  const path = model("softmax.onnx", {
    initializers: [weight("w", [6, 8]), weight("v", [3, 6]), weight("t", [2, 3])],
    nodes: [
      gemm("x", "w", "a"),
      { op: "Softmax", inputs: ["a"], outputs: ["b"], name: "inside", attributes: { axis: 1 } },
      gemm("b", "v", "c"),
      relu("c", "d"),
      gemm("d", "t", "y"),
    ],
  });
  const { code, stdout } = await captured(() => checkCommand(path, {}));
  expect(code).toBe(1);
  expect(stdout.match(/softmax has no integer form here/g)).toHaveLength(1);
  expect(stdout.match(/between layers of the chip/g)?.length).toBe(3);
  const { targets } = await checked(path, { target: ["simulator"] });
  const places = new Map(targets[0]?.nodes.map((n) => [n.node, [n.place, n.stage]]));
  expect(places.get("inside")).toEqual(["refused", "quantize"]);
  expect(places.get("a")).toEqual(["chip", null]);
});
