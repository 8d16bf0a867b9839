import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { compileCommand } from "../../compiler/cli/compile.ts";
import { type CompileDocument, compileDocument } from "../../compiler/cli/documents.ts";
import { normalData } from "../../compiler/cli/normal-data.ts";
import { Rejected } from "../../compiler/diagnostics/index.ts";
import { writeNpz } from "../../runtime/files/index.ts";
import { captured } from "./captured.ts";

const scratch = mkdtempSync(join(tmpdir(), "spikefold-recipe-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const network = [
  "network n(x: [4]) -> y: [2] {",
  "  weights kaiming(seed: 1)",
  "  y = x -> dense(6) -> relu -> dense(5) as middle -> relu -> dense(2)",
  "}",
];

/** Three samples with the classes 0, 1, 0. */
const data = (): string => {
  const path = join(scratch, "d.npz");
  const x = Float32Array.from([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1]);
  const label = Int32Array.from([0, 1, 0]);
  const arrays = new Map([
    ["x", { shape: [3, 4], dtype: "f32" as const, data: x }],
    ["label", { shape: [3], dtype: "i32" as const, data: label }],
  ]);
  writeFileSync(path, writeNpz(arrays));
  return 'data d: [4] = npz("d.npz", inputs: "x", labels: "label")';
};

let files = 0;

const program = (steps: readonly string[], target = "simulator"): string => {
  const path = join(scratch, `p${files++}.spk`);
  writeFileSync(
    path,
    [data(), "", ...network, "", `compile n for ${target} {`, ...steps, "}", ""].join("\n"),
  );
  return path;
};

const compile = (steps: readonly string[], target?: string) => {
  const path = program(steps, target);
  return captured(() =>
    compileCommand(path, { output: join(scratch, `o${files}`), mode: "auto", json: true }),
  );
};

const built = async (...steps: readonly string[]): Promise<CompileDocument> =>
  compileDocument.parse(JSON.parse((await compile(steps)).stdout));

/** Exit code and what was said on stderr. */
const judgedOn = async (target: string, ...steps: readonly string[]) => {
  const said: string[] = [];
  const spy = vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
  const { code } = await compile(steps, target);
  spy.mockRestore();
  return { code, said: said.join("") };
};

const judged = (...steps: readonly string[]) => judgedOn("simulator", ...steps);

const bitsOf = ({ layers }: CompileDocument): Readonly<Record<string, number | null>> =>
  Object.fromEntries(layers.filter((l) => l.op === "linear").map((l) => [l.name, l.weightBits]));

test("stages that quantize leaves out keep 8 bits", async () => {
  const all = bitsOf(await built("quantize(weights: 3 bits, activations: 7 levels)"));
  expect(all).toEqual({ dense1: 3, middle: 3, dense2: 3 });
  const most = bitsOf(await built("quantize(weights: 3 bits, activations: 7 levels, except: [middle])"));
  expect(most).toEqual({ dense1: 3, middle: 8, dense2: 3 });
  const one = bitsOf(await built("quantize(weights: 3 bits, only: [middle])"));
  expect(one).toEqual({ dense1: 8, middle: 3, dense2: 8 });
}, 60_000);

test("normal numbers calibrate, and their mean and spread matter", async () => {
  const integers = async (from: string): Promise<string> => {
    await built(`calibrate(${from}, samples: 16)`);
    return readFileSync(join(scratch, `o${files}`, "integer.json"), "utf8").replaceAll(/p\d+\.spk/g, "p.spk");
  };
  const one = await integers("normal(mean: 0, std: 1, seed: 3)");
  expect(await integers("normal(mean: 0, std: 1, seed: 3)")).toBe(one);
  expect(await integers("normal(mean: 2, std: 4, seed: 3)")).not.toBe(one);
}, 60_000);

test("normal samples have the mean and the spread that were asked for, each its own", () => {
  const port = { name: "x", shape: [1000] };
  const set = normalData({ kind: "normal", mean: 3, std: 2, seed: 1 }, port, 0, 4);
  const at = (index: number): Float64Array => set.sample(index).inputs.get("x")?.data ?? new Float64Array();
  const [first, second] = [at(0), at(1)];
  const mean = first.reduce((a, b) => a + b, 0) / 1000;
  const spread = Math.sqrt(first.reduce((a, b) => a + (b - mean) * (b - mean), 0) / 1000);
  expect(Math.abs(mean - 3)).toBeLessThan(0.2);
  expect(Math.abs(spread - 2)).toBeLessThan(0.2);
  expect(second).not.toEqual(first);
  expect(at(0)).toEqual(first);
  const later = normalData({ kind: "normal", mean: 3, std: 2, seed: 1 }, port, 1, 3);
  expect(later.sample(0).inputs.get("x")?.data).toEqual(second);
});

test("a build answers its requirements, and the message says what was required and found", async () => {
  const kept = [
    "require parameters == 77",
    "require macs <= 64",
    "require cores <= 1",
    "require neurons < 100",
  ];
  expect(await judged("evaluate(d)", ...kept, "require agreement == 100%")).toEqual({ code: 0, said: "" });
  const { code, said } = await judged("evaluate(d)", "require parameters < 77", "require accuracy >= 200%");
  expect(code).toBe(1);
  expect(said).toContain("required parameters < 77, found 77");
  expect(said).toMatch(/required accuracy >= 200%, found [\d.]+%/);
}, 60_000);

test("energy and time are modelled where the profile of the target has them", async () => {
  const { code, said } = await judgedOn("simulator", "evaluate(d)", "require energy <= 1 J");
  expect(code).toBe(1);
  expect(said).toMatch(
    /cannot be judged on simulator\n {2}why: energy is not known: the profile has no energies/,
  );
  const wide = [
    "require energy < 1 mJ",
    "require latency < 1 s",
    "require power < 1 W",
    "require throughput > 1 Hz",
  ];
  expect(await judgedOn("loihi1", "evaluate(d)", ...wide)).toEqual({ code: 0, said: "" });
  const tight = [
    "require energy < 1 pJ",
    "require latency < 1 us",
    "require power < 1 uW",
    "require throughput > 1 MHz",
  ];
  const missed = await judgedOn("loihi1", "evaluate(d)", ...tight);
  expect(missed.code).toBe(1);
  const found = [...missed.said.matchAll(/required (\w+) .*, found ([\d.e-]+) (\w+)/g)].map(
    ([, metric, n, unit]) => ({
      metric,
      value: Number(n),
      unit,
    }),
  );
  expect(found.map(({ metric, unit }) => `${metric} ${unit}`)).toEqual([
    ...["energy uJ", "latency ms", "power mW", "throughput Hz"],
  ]);
  const [energy, latency, power, throughput] = found.map(({ value }) => value);
  // Joules an inference, times inferences a second, are watts: uJ Hz = uW.
  expect(((energy ?? 0) * (throughput ?? 0)) / 1000 / (power ?? 1)).toBeCloseTo(1, 3);
  expect(latency).toBeGreaterThan(1000 / (throughput ?? 1) / 2);
}, 60_000);

test("what is open or not built is refused before anything is read, all of it at once", async () => {
  const path = program([
    "quantize(weights: 3..8 bits)",
    "prune(synapses, keep: 50%)",
    "require memory < 5 KiB",
  ]);
  writeFileSync(path, readFileSync(path, "utf8").replace("d.npz", "none.npz"));
  const error = await compileCommand(path, { output: join(scratch, "none"), mode: "auto" }).catch((e) => e);
  if (!(error instanceof Rejected)) throw new Error("it was compiled");
  expect(error.diagnostics.map(({ code }) => code).sort()).toEqual(["recipe/order"]);
  const sorted = program([
    "prune(synapses, keep: 50%)",
    "quantize(weights: 3..8 bits)",
    "require memory < 5 KiB",
  ]);
  const refused = await compileCommand(sorted, { output: join(scratch, "none"), mode: "auto" }).catch(
    (e) => e,
  );
  expect(refused instanceof Rejected ? refused.diagnostics.map(({ code }) => code) : refused).toEqual([
    ...["language/later", "recipe/open", "recipe/metric"],
  ]);
});
