import { expect, test } from "vitest";
import { renderAll } from "../../compiler/diagnostics/index.ts";
import type { Recipe } from "../../dsl/index.ts";
import { arrays, codes, elaborate, messages, refusedOf } from "./support.ts";

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
    { kind: "quantize", weightBits: null, levels: null, scope: { kind: "all" } },
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

/** What stops a build of a recipe that has no faults. */
const refused = (text: string, targets?: string): readonly string[] =>
  refusedOf(program(text, targets), "k.spk", { weights }).map(({ what }) => what);

test("what this version does not build is refused, one message a step, and not dropped", () => {
  expect(refused("  fold(by: ray, repair: moments, except: [head])")).toEqual([
    "`fold` with `by: ray` and `repair: moments` is part of the language, but this version does not build it",
  ]);
  expect(
    refused("  quantize(weights: 4 bits, by: gptq, per: layer)\n  convert(exact.spatial, code: sar)"),
  ).toEqual([
    "`quantize` with `by: gptq` and `per: layer` is part of the language, but this version does not build it",
    "`convert` with `code: sar` is part of the language, but this version does not build it",
  ]);
  const steps = [
    ...["eliminate(inputs: [0, 1])", "prune(synapses, keep: 20%, by: magnitude, only: [dense1])"],
    ...["prune(tiles(8x8), keep: 50%)", "distill(m, on: train, samples: 4096, temperature: 4)"],
    ...["low_rank(rank: 4, method: svd)", "quantize(weights: 2..8 bits, budget: 40 KiB)"],
    ...["head(prototypes, on: train, shots: 5, only: [head])", "map(minimize: hops, seed: 1)"],
    ...["minimize neurons, cores", "search(trials: 400, seed: 1)", "require core_memory <= 64 KiB"],
  ];
  const text = `${program(`  ${steps.join("\n  ")}`, "loihi2")}network m(x: [784]) -> y: [10] {\n  y = x -> dense(10)\n}\n`;
  const found = refusedOf(text, "k.spk", { weights });
  expect(found.map(({ code, where }) => `${where.line} ${code}`)).toEqual([
    ...["9 recipe/later", "10 language/later", "11 language/later", "12 language/later"],
    ...["13 language/later", "14 recipe/later", "15 language/later", "16 recipe/later"],
    ...["17 language/later", "18 language/later", "19 recipe/metric"],
  ]);
});

test("what is asked for and done anyway is no step of its own", () => {
  const text = [
    ...["  calibrate(normal(mean: 0, std: 1))", "  eliminate()", "  equalize()"],
    ...[
      "  quantize(grid: target, by: nearest, per: channel)",
      "  convert(exact.track, slew: 1)",
      "  map(seed: 3)",
    ],
  ].join("\n");
  expect(refused(text)).toEqual([]);
  expect(recipe(text)?.steps.map(({ kind }) => kind)).toEqual(["calibrate", "quantize", "convert"]);
});

test("open choices are read, checked, and named with their places for a build", () => {
  const text = program("  quantize(weights: 3..8 bits, activations: 7 | 15 levels)");
  expect(renderAll(refusedOf(text, "k.spk", { weights }))).toBe(
    [
      "k.spk:9:12: error[recipe/open]: `weights: 3..8 bits` leaves the choice open; one build needs one value",
      "    quantize(weights: 3..8 bits, activations: 7 | 15 levels)",
      "             ^^^^^^^^^^^^^^^^^^ write one from `3 bits` to `8 bits`, or let `spikefold search` choose",
      "k.spk:9:32: error[recipe/open]: `activations: 7 | 15 levels` leaves the choice open; one build needs one value",
      "    quantize(weights: 3..8 bits, activations: 7 | 15 levels)",
      "                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^ write `7 levels` or `15 levels`, or let `spikefold search` choose",
    ].join("\n"),
  );
  expect(faults("  fold(keep: 50..100 ms)\n  quantize(weights: 3..80 bits)")).toEqual([
    ...["unit/wrong", "unit/wrong", "option/type"],
  ]);
  expect(faults("  convert(exact.graded | exact.spatial)")).toEqual([]);
});

test("a range is compared in one unit, and a mode is found by its name", () => {
  expect(faults("  quantize(budget: 900 KiB..2 MiB)")).toEqual([]);
  expect(faults("  quantize(budget: 2 KiB..900 B)")).toEqual(["range/order"]);
  const named = program("  convert(steps: 4 steps, mode: approx.rate)");
  expect(messages(named, "k.spk", { weights }).split("\n").at(-1)).toMatch(/^ {28}\^{17} use exact\./);
});

test("steps that need one of two options take one of them", () => {
  expect(faults("  prune(channels)")).toEqual(["recipe/either"]);
  expect(faults("  low_rank(keep: 10%, rank: 3)", "loihi2")).toEqual(["recipe/both"]);
  expect(faults("  low_rank(keep: 10%)", "loihi2, loihi1")).toEqual(["recipe/graded"]);
  expect(faults("  prune(rows, keep: 10%)\n  prune(tiles(8), keep: 10%)")).toEqual(["option/type"]);
});

test("pruned channels stand where folding stands, other float passes behind them", () => {
  expect(faults("  prune(synapses, keep: 50%)\n  fold()")).toEqual(["recipe/order"]);
  expect(faults("  prune(synapses, keep: 50%)\n  prune(channels, keep: 50%)")).toEqual(["recipe/order"]);
  expect(faults("  prune(channels, keep: 50%)\n  fold()\n  prune(synapses, keep: 50%)")).toEqual([]);
  expect(faults("  prune(keep: 50%, what: channels)\n  fold()")).toEqual([]);
  expect(faults("  prune(axons, keep: 50%)\n  prune(keep: 50%, what: channels)")).toEqual(["recipe/order"]);
  expect(faults("  quantize()\n  prune(axons, keep: 50%)\n  map()\n  convert(exact.track)")).toEqual([
    ...["recipe/order", "recipe/order"],
  ]);
});

test("goals name metrics, and accuracy among them is measured", () => {
  expect(faults("  minimize energi, cores")).toEqual(["name/metric"]);
  expect(faults("  maximize accuracy")).toEqual(["recipe/evaluate"]);
  expect(faults("  search(trials: 40)")).toEqual(["option/missing"]);
  expect(faults("  distill(nn)\n  distill(n)")).toEqual(["name/network", "recipe/teacher"]);
});

test("accuracy needs data with labels, agreement any data", () => {
  expect(faults("  evaluate(blind)\n  require accuracy > 90%\n  require agreement > 90%")).toEqual([
    "recipe/evaluate",
  ]);
  expect(faults("  evaluate(tset)\n  require accuracy > 90%")).toEqual(["name/data"]);
});

test("what is measured on data needs data, and labels only where classes are compared", () => {
  for (const metric of [
    "energy <= 5 uJ",
    "latency <= 2 ms",
    "power < 3 mW",
    "throughput >= 9 Hz",
    "spikes < 9",
  ]) {
    expect(faults(`  require ${metric}`)).toEqual(["recipe/evaluate"]);
    expect(faults(`  evaluate(blind)\n  require ${metric}`)).toEqual([]);
  }
  expect(messages(program("  require energy <= 5 uJ"), "k.spk", { weights })).toMatch(
    / add `evaluate\(train\)`$/,
  );
  expect(faults("  evaluate(blind)\n  minimize spikes, cores")).toEqual([]);
  expect(faults("  require cores <= 5\n  require macs < 10")).toEqual([]);
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
