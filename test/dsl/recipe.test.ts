import { expect, test } from "vitest";
import type { Recipe } from "../../dsl/index.ts";
import { arrays, codes, elaborate, messages } from "./support.ts";

const weights = {
  "w.npz": arrays({
    "dense1.weight": [3, 784],
    "dense1.bias": [3],
    "head.weight": [10, 3],
    "head.bias": [10],
  }),
};

const head = [
  'data train: [784] = idx("i.gz", labels: "l.gz") / 255',
  'data blind: [784] = idx("i.gz") / 255',
  'data small: [196] = idx("i.gz", labels: "l.gz") / 255',
  'network n(x: [784]) -> y: [10] {\n  weights "w.npz"\n  y = x -> dense(3) -> relu -> dense(10) as head\n}\n',
].join("\n");

const program = (steps: string, targets = "loihi1"): string =>
  `${head}compile n for ${targets} {\n${steps}\n}\n`;

const recipe = (steps: string, targets?: string): Recipe | undefined =>
  elaborate(program(steps, targets), { weights }).recipes[0];

const faults = (steps: string, targets?: string): readonly string[] =>
  codes(program(steps, targets), { weights });

/** Steps without their places. */
const steps = (text: string): readonly unknown[] =>
  recipe(text)?.steps.map(({ span: _, ...rest }) => rest) ?? [];

test("steps keep their order and carry every option", () => {
  const text = [
    "  calibrate(train, samples: 512, skip: 8)",
    "  evaluate(train, samples: 100 samples)",
    "  fold(keep: 25%, repair: ar, only: [dense1])",
    "  quantize(weights: 8 bits, activations: 15 levels)",
    "  convert(exact.spatial)",
  ];
  expect(steps(text.join("\n"))).toMatchObject([
    { kind: "calibrate", from: { kind: "data", data: { name: "train" } }, samples: 512, skip: 8 },
    { kind: "evaluate", data: { name: "train" }, samples: 100, skip: 0 },
    { kind: "fold", keep: 0.25, repair: "ar", scope: { kind: "only", stages: ["dense1"] } },
    { kind: "quantize", weightBits: 8, levels: 15 },
    { kind: "convert", mode: "exact.spatial" },
  ]);
});

test("left-out options are defaults, or null for the target's own", () => {
  expect(steps("  fold()\n  quantize()\n  convert(exact.track)")).toEqual([
    { kind: "fold", keep: 0.5, repair: "none", scope: { kind: "all" } },
    { kind: "quantize", weightBits: null, levels: null },
    { kind: "convert", mode: "exact.track" },
  ]);
});

test("calibration may come from normal numbers", () => {
  expect(steps("  calibrate(normal(mean: 0.5, std: 1, seed: 7))")).toEqual([
    { kind: "calibrate", from: { kind: "normal", mean: 0.5, std: 1, seed: 7 }, samples: null, skip: 0 },
  ]);
});

test("limits are kept in base units", () => {
  const text = [
    "  evaluate(train)",
    "  require accuracy >= 98.5%",
    "  require drop <= 0.5%",
    "  require cores <= 40",
    "  require core_memory <= 64 KiB",
    "  require energy < 50 uJ",
    "  require latency <= 20ms",
    "  require throughput > 2 kHz",
  ];
  expect(
    recipe(text.join("\n"))?.requirements.map(({ metric, relation, limit, text: t }) => [
      metric,
      relation,
      limit,
      t,
    ]),
  ).toEqual([
    ["accuracy", ">=", 0.985, "accuracy >= 98.5%"],
    ["drop", "<=", 0.005, "drop <= 0.5%"],
    ["cores", "<=", 40, "cores <= 40"],
    ["core_memory", "<=", 65536, "core_memory <= 64 KiB"],
    ["energy", "<", 0.00005, "energy < 50 uJ"],
    ["latency", "<=", 0.02, "latency <= 20ms"],
    ["throughput", ">", 2000, "throughput > 2 kHz"],
  ]);
});

test("a compile section may have several targets, a file several sections", () => {
  const text = `${program("  convert(exact.track)", "loihi2(chips: 2), loihi1")}compile n for loihi1 {\n}\n`;
  const { recipes } = elaborate(text, { weights });
  expect(
    recipes.map(({ network, targets }) => [network, targets.map(({ name, options }) => [name, ...options])]),
  ).toEqual([
    ["n", [["loihi2", ["chips", 2]], ["loihi1"]]],
    ["n", [["loihi1"]]],
  ]);
});

test("steps stand in the order calibrate, fold, quantize, convert", () => {
  expect(faults("  quantize()\n  calibrate(train)")).toEqual(["recipe/order"]);
  expect(faults("  convert(exact.track)\n  quantize()\n  fold()")).toEqual(["recipe/order", "recipe/order"]);
  expect(faults("  fold()\n  fold()\n  evaluate(train)\n  evaluate(train)")).toEqual([
    "recipe/twice",
    "recipe/twice",
  ]);
});

test("unknown steps, options, stages, data, targets and metrics are named with the nearest known", () => {
  const text =
    "  calibrate(tarin)\n  qantize(weigths: 8 bits)\n  fold(kept: 50%, only: [dnse1])\n  require acuracy > 9%";
  expect(faults(text, "loihi3")).toEqual([
    ...["name/target", "name/data", "recipe/step", "option/unknown", "name/metric"],
  ]);
  expect(faults("  fold(only: [dnse1], except: [head])")).toEqual(["name/stage", "recipe/scope"]);
});

test("options that this version does not build are refused, not dropped", () => {
  expect(faults('  fold(by: ray, repair: moments, except: ["head"])')).toEqual([
    "language/later",
    "language/later",
  ]);
  expect(
    faults("  quantize(weights: 4 bits, by: gptq, per: layer)\n  convert(exact.spatial, code: sar)"),
  ).toEqual([...["language/later", "language/later", "language/later"]]);
});

test("an open choice is refused by its choices", () => {
  expect(
    messages(program("  quantize(weights: 3..8 bits, activations: 7 | 15 levels)"), "k.spk", { weights }),
  ).toBe(
    [
      "k.spk:9:12: error[option/open]: `weights: 3..8 bits` leaves the choice open; one build needs one value",
      "    quantize(weights: 3..8 bits, activations: 7 | 15 levels)",
      "             ^^^^^^^^^^^^^^^^^^ write one from `3 bits` to `8 bits`",
      "k.spk:9:32: error[option/open]: `activations: 7 | 15 levels` leaves the choice open; one build needs one value",
      "    quantize(weights: 3..8 bits, activations: 7 | 15 levels)",
      "                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^ write `7 levels` or `15 levels`",
    ].join("\n"),
  );
});

test("accuracy needs data with labels, agreement any data", () => {
  expect(faults("  evaluate(blind)\n  require accuracy > 90%\n  require agreement > 90%")).toEqual([
    "recipe/evaluate",
  ]);
  expect(faults("  evaluate(tset)\n  require accuracy > 90%")).toEqual(["name/data"]);
});

test("data of another shape than the input are refused", () => {
  expect(faults("  evaluate(small)")).toEqual(["data/shape"]);
});

test("units of another kind are refused", () => {
  expect(faults("  quantize(weights: 8 ms)\n  require latency <= 3 KiB\n  require cores <= 4 ms")).toEqual([
    ...["unit/wrong", "unit/wrong", "option/type"],
  ]);
  expect(faults("  quantize(weights: 40 bits, activations: 0 levels)")).toEqual([
    "option/type",
    "option/type",
  ]);
});

test("a mode that a target cannot run is refused for that target", () => {
  expect(faults("  convert(exact.graded)", "loihi2")).toEqual([]);
  expect(faults("  convert(exact.graded)", "loihi2, loihi1")).toEqual(["recipe/target"]);
  expect(faults("  convert(exact.radix)", "loihi2, loihi1")).toEqual(["recipe/mode", "recipe/mode"]);
});

test("faults of the network do not hide those of the recipe", () => {
  const text = program("  fold(kept: 50%)").replace("-> relu", "-> rleu");
  expect(codes(text, { weights })).toEqual(["name/layer", "option/unknown"]);
});
