import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Diagnostic, named, renderAll } from "../../compiler/diagnostics/index.ts";
import { floats, integers } from "../../compiler/ir/core/index.ts";
import { makeTensor, type TensorGraph } from "../../compiler/ir/tensor/index.ts";
import * as diagnostics from "../../dsl/diagnostics/index.ts";
import { repoFile } from "../shared-data.ts";
import { arrays, counting, type Files, faultsOf, refusedOf } from "./support.ts";

const network = (body: string, input = "[4]", output = "[4]"): string =>
  `network n(x: ${input}) -> y: ${output} {\n  ${body}\n}\n`;

const flow = (stages: string, input = "[4]", output = "[4]"): string =>
  network(`y = x -> ${stages}`, input, output);

const maps = "[2, 8, 8]";

const compiled = (steps: string, target = "loihi1"): string =>
  `data d: [4] = npy("d.npy")\n${network('weights "w.npz"\n  y = x -> dense(4)')}compile n for ${target} {\n  ${steps}\n}\n`;

const fitting = arrays({ "dense1.weight": [4, 4], "dense1.bias": [4] });

const weighed = network('weights "w.npz"\n  y = x -> dense(4)');

const inOrder = network('weights "m.onnx" in order\n  y = x -> dense(4, bias: none)');

const branches = network(
  'weights "m.onnx" in order\n  a = x -> dense(4, bias: none)\n  b = x -> dense(4, bias: none)\n  y = a + b',
);

const input = makeTensor("input", [], { name: "in", shape: [4] }, [named("in")]);

const dense = (name: string) =>
  makeTensor("dense", [input], { weight: counting(name, [4, 4]), bias: null }, [named(name)]);

const modelOf = (value: TensorGraph["outputs"][number]["value"]): TensorGraph => ({
  name: "m",
  inputs: [input],
  outputs: [{ name: "out", value }],
});

const twoBranches = modelOf(makeTensor("add", [dense("p"), dense("q")], {}, [named("s")]));

interface Case {
  readonly text: string;
  readonly files?: Files;
}

/** The least program for each message, and the files beside it. */
const cases: Readonly<Record<string, Case>> = {
  "syntax/character": { text: "é = 1\n" },
  "syntax/hidden": { text: "# \u200b\n" },
  "syntax/sign": { text: "a = 1;\n" },
  "syntax/number": { text: "a = 1e999\n" },
  "syntax/text": { text: 'import a from "b.spk\n' },
  "syntax/bracket": { text: flow("clip(0, 1") },
  "syntax/depth": { text: `a = ${"(".repeat(65)}1${")".repeat(65)}\n` },
  "syntax/size": { text: `a = 1${" + 1".repeat(20_000)}\n` },
  "syntax/bytes": { text: "#".repeat((1 << 20) + 1) },
  "syntax/body": { text: "network n(x: [4]) -> y: [4]\n" },
  "syntax/arrow": { text: flow("relu relu") },
  "syntax/statement": { text: flow("relu ->") },
  "name/layer": { text: flow("linear(4)") },
  "name/tensor": { text: network("y = z -> relu") },
  "name/value": { text: flow("dense(units + 1)") },
  "name/stage": {
    text: network('weights "w.npz" { dense2: "fc" }\n  y = x -> dense(4)'),
    files: { weights: { "w.npz": fitting } },
  },
  "name/network": { text: `${network("y = x")}compile m for loihi1 {\n}\n` },
  "name/data": { text: compiled("evaluate(e)"), files: { weights: { "w.npz": fitting } } },
  "name/target": { text: compiled("evaluate(d)", "lohi2"), files: { weights: { "w.npz": fitting } } },
  "name/metric": { text: compiled("require speed > 3"), files: { weights: { "w.npz": fitting } } },
  "name/source": { text: 'data d: [4] = np("d.npy")\n' },
  "name/imported": { text: 'import b from "b.spk"\n', files: { texts: { "b.spk": "a = 1\n" } } },
  "name/twice": { text: "a = 1\na = 2\n" },
  "name/reserved": { text: network("relu = x\n  y = relu") },
  "name/unused": { text: network("z = x -> relu\n  y = x") },
  "name/output": { text: network("z = x") },
  "name/start": { text: network("y = relu(x)") },
  "name/type": { text: `block b(x: [m], k: number) -> y {\n  y = x -> relu\n}\n${flow("b(k: 1)")}` },
  "condition/truth": { text: network("y = if 3 then x else x -> relu") },
  "condition/compare": { text: network('y = if "a" < 3 then x else x -> relu') },
  "condition/require": {
    text: `block b(x: [m]) -> y {\n  require divides(3, m), "thirds"\n  y = x -> relu\n}\n${flow("b")}`,
  },
  "shape/arithmetic": { text: network("a = x -> dense(3)\n  y = x * a") },
  "shape/outputs": { text: network("a, b = x -> relu\n  y = a + b") },
  "shape/split": { text: network("a, b = x -> split(3)\n  y = a + b") },
  "shape/transposed-padding": { text: flow("conv_transpose(2, 2x2, stride: 1, pad: same)", maps, maps) },
  "shape/view": { text: flow("reshape([5])", "[4]", "[5]") },
  "shape/zero": { text: network("y = x / 0") },
  "weights/both": {
    text: inOrder.replace("in order", 'in order { dense1: "a" }'),
    files: { models: { "m.onnx": modelOf(dense("p")) } },
  },
  "weights/unfilled": {
    text: network('weights "m.onnx" in order\n  y = x -> prelu'),
    files: {
      models: {
        "m.onnx": modelOf(makeTensor("prelu", [input], { slope: counting("s", [4]) }, [named("p")])),
      },
    },
  },
  "weights/source": { text: network("weights 3\n  y = x -> dense(4)") },
  "option/unknown": { text: flow("relu(max: 6)") },
  "option/missing": { text: flow("dense()") },
  "option/twice": { text: flow("clip(0, 1, low: 0)") },
  "option/position": { text: flow("conv(4, 3x3, 2)", maps, maps) },
  "option/type": { text: flow("conv(4, same)", maps, maps) },
  "option/open": { text: flow("dense(4 | 8)") },
  "unit/missing": { text: compiled("fold(keep: 0.25)"), files: { weights: { "w.npz": fitting } } },
  "unit/wrong": { text: compiled("require latency < 4 KiB"), files: { weights: { "w.npz": fitting } } },
  "unit/unknown": { text: `w = 5 kb\n${flow("dense(4)")}` },
  "unit/voltages": {
    text: network(
      "step 1 ms\n  y = x -> IF(v_threshold: 20 mV, reset: soft) -> IF(v_threshold: 1, reset: soft) -> read.count",
      "spikes[4]",
    ),
  },
  "unit/arithmetic": { text: flow("dense(2 ms + 2 ms)") },
  "number/result": { text: "a = 1 / 0\n" },
  "number/tensor": { text: network("y = 3 -> relu") },
  "number/kind": { text: flow('dense("four" + 1)') },
  "shape/rank": { text: flow("max_pool(2)", maps, maps) },
  "shape/dense": { text: flow("dense(4)", maps) },
  "shape/add": { text: network("a = x -> dense(3)\n  y = a + x") },
  "shape/concat": { text: network("a = x -> max_pool(2x2)\n  y = [a, x] -> concat", maps, maps) },
  "shape/output": { text: flow("dense(3)") },
  "shape/uneven-padding": { text: flow("conv(4, 2x2)", maps, maps) },
  "shape/average-padding": { text: flow("avg_pool(3x3, pad: 1)", maps, maps) },
  "shape/window": { text: flow("conv(4, 9x9, pad: 0)", maps, maps) },
  "shape/groups": { text: flow("conv(4, 3x3, groups: 3)", maps, maps) },
  "shape/axes": { text: flow("conv(4, 3x3, stride: 2x2x2)", maps, maps) },
  "shape/whole": { text: flow("dense(9 / 2)") },
  "shape/extent": { text: flow("relu", "[0]") },
  "shape/large": { text: flow("flatten -> dense(2000000)", "[16, 512, 512]", "[2000000]") },
  "shape/undeclared": { text: "network n(x: [4]) -> y {\n  y = x\n}\n" },
  "shape/inputs": { text: network("y = [x, x] -> relu") },
  "weights/missing": { text: weighed, files: { weights: { "w.npz": arrays({ "dense1.weight": [4, 4] }) } } },
  "weights/shape": {
    text: weighed,
    files: { weights: { "w.npz": arrays({ "dense1.weight": [8, 4], "dense1.bias": [4] }) } },
  },
  "weights/left": {
    text: weighed,
    files: { weights: { "w.npz": arrays({ "dense1.weight": [4, 4], "dense1.bias": [4], more: [2] }) } },
  },
  "weights/type": {
    text: weighed,
    files: {
      weights: {
        "w.npz": new Map(fitting).set(
          "dense1.bias",
          integers("dense1.bias", [4], Float64Array.of(1, 2, 3, 4)),
        ),
      },
    },
  },
  "weights/value": {
    text: weighed,
    files: {
      weights: {
        "w.npz": new Map(fitting).set(
          "dense1.bias",
          floats("dense1.bias", [4], Float64Array.of(1, 2, Infinity, 4), "f32"),
        ),
      },
    },
  },
  "weights/format": { text: network('weights "w.pt"\n  y = x -> dense(4)') },
  "weights/order": { text: inOrder, files: { models: { "m.onnx": modelOf(input) } } },
  "weights/ambiguous": { text: branches, files: { models: { "m.onnx": twoBranches } } },
  "weights/twice": { text: network('weights "a.npz"\n  weights "b.npz"\n  y = x') },
  "weights/none": { text: `${network("y = x -> dense(4)")}compile n for loihi1 {\n}\n` },
  "data/source": { text: "data d: [4] = 3\n" },
  "data/events": { text: 'data d: [2, 34, 34] = events("d", format: nmnist)\n' },
  "data/arithmetic": { text: 'data d: [4] = npy("a.npy") + npy("b.npy")\n' },
  "data/scale": { text: 'data d: [4] = npy("a.npy") * 0\n' },
  "data/shape": {
    text: compiled("evaluate(d)").replace("d: [4]", "d: [2, 2]"),
    files: { weights: { "w.npz": fitting } },
  },
  "recipe/step": { text: compiled("quantise(weights: 8 bits)"), files: { weights: { "w.npz": fitting } } },
  "recipe/order": {
    text: compiled("convert(exact.spatial)\n  quantize()"),
    files: { weights: { "w.npz": fitting } },
  },
  "recipe/native": {
    text: `${network("step 1 ms\n  y = x -> read.mean", "signal[4]")}compile n for loihi1 {\n  convert(exact.spatial)\n}\n`,
  },
  "recipe/twice": { text: compiled("quantize()\n  quantize()"), files: { weights: { "w.npz": fitting } } },
  "recipe/scope": {
    text: compiled("fold(only: [dense1], except: [dense1])"),
    files: { weights: { "w.npz": fitting } },
  },
  "recipe/evaluate": {
    text: compiled("evaluate(d)\n  require accuracy > 90%"),
    files: { weights: { "w.npz": fitting } },
  },
  "recipe/target": {
    text: compiled("quantize(activations: 7 levels)\n  convert(exact.graded)"),
    files: { weights: { "w.npz": fitting } },
  },
  "recipe/mode": { text: compiled("convert(exact.ttfs)"), files: { weights: { "w.npz": fitting } } },
  "recipe/require": {
    text: compiled("require not accuracy > 90%"),
    files: { weights: { "w.npz": fitting } },
  },
  "range/order": {
    text: compiled("quantize(weights: 8..3 bits)"),
    files: { weights: { "w.npz": fitting } },
  },
  "range/kind": {
    text: compiled("convert(exact.spatial..exact.track)"),
    files: { weights: { "w.npz": fitting } },
  },
  "recipe/open": {
    text: compiled("quantize(weights: 3..8 bits, activations: 7 | 15 levels)"),
    files: { weights: { "w.npz": fitting } },
  },
  "recipe/later": {
    text: compiled("quantize(weights: 4 bits, by: gptq, per: layer)"),
    files: { weights: { "w.npz": fitting } },
  },
  "recipe/metric": {
    text: compiled("require core_memory <= 64 KiB"),
    files: { weights: { "w.npz": fitting } },
  },
  "recipe/both": {
    text: compiled("prune(synapses, keep: 50%, pattern: 2:4)"),
    files: { weights: { "w.npz": fitting } },
  },
  "recipe/either": { text: compiled("low_rank()", "loihi2"), files: { weights: { "w.npz": fitting } } },
  "recipe/teacher": { text: compiled("distill(n)"), files: { weights: { "w.npz": fitting } } },
  "recipe/mode-option": {
    text: compiled("convert(exact.spatial, slew: 1)"),
    files: { weights: { "w.npz": fitting } },
  },
  "recipe/graded": { text: compiled("low_rank(keep: 30%)"), files: { weights: { "w.npz": fitting } } },
  "recipe/inputs": {
    text: 'data d: [4] = npy("d.npy")\nnetwork n(a: [4], b: [4]) -> y: [4] {\n  weights "w.npz"\n  y = a + b\n}\ncompile n for loihi1 {\n  evaluate(d)\n}\n',
    files: { weights: { "w.npz": new Map() } },
  },
  "language/later": { text: flow("local(2, 3x3, delays: stored)", maps, maps) },
  "language/streams": { text: network("step 1 ms\n  y = x -> relu -> read.mean", "signal[4]") },
  "file/many": { text: "a = 1 +\n".repeat(3) + "b = 1 +* 1\n".repeat(101) },
  "file/outside": { text: 'import a from "/b.spk"\n' },
  "file/refused": { text: 'import a from "b.spk"\n' },
  "file/format": { text: 'import a from "b.pt"\n' },
  "file/single": { text: 'import a, b from "m.onnx"\n', files: { models: { "m.onnx": modelOf(input) } } },
  "file/cycle": { text: 'import a from "a.spk"\n' },
  "file/imports": {
    text: Array.from({ length: 64 }, (_, i) => `import a as a${i} from "f${i}.spk"\n`).join(""),
    files: { texts: Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`f${i}.spk`, "a = 1\n"])) },
  },
};

/** Faults, or what stops a build where there are none. */
const toldOf = ({ text, files }: Case): readonly Diagnostic[] => {
  const faults = faultsOf(text, "a.spk", files);
  return faults.length > 0 ? faults : refusedOf(text, "a.spk", files);
};

const catalogs = Object.values(diagnostics);

const codes = catalogs.flatMap(({ stage, entries }) =>
  Object.keys(entries).map((name) => `${stage}/${name}`),
);

test("every message has a program that provokes it", () => {
  expect(Object.keys(cases).sort()).toEqual([...codes].sort());
});

for (const [code, told] of Object.entries(cases)) {
  test(`the program for ${code} has no other fault`, () => {
    const found = new Set(toldOf(told).map((fault) => fault.code));
    expect([...found].filter((other) => code !== "file/many" || other === code)).toEqual([code]);
  });
}

const golden = repoFile("test/fixtures/dsl/faults.txt");

const short = (text: string): string => (text.length > 400 ? `${text.slice(0, 60)}...\n` : text);

test("every message reads as it was approved", () => {
  const shown = Object.entries(cases).map(([code, told]) => {
    const said = renderAll(toldOf(told)).split("\n").slice(-9).join("\n");
    return `== ${code}\n${short(told.text)}--\n${said}\n`;
  });
  const all = shown.join("\n");
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(golden, all);
  expect(existsSync(golden)).toBe(true);
  expect(all).toBe(readFileSync(golden, "utf8"));
});
