import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { compileCommand } from "../../compiler/cli/compile.ts";
import { buildsDocument, compileDocument } from "../../compiler/cli/documents.ts";
import { runCommand } from "../../compiler/cli/run.ts";
import { sectionsOf } from "../../compiler/cli/sections.ts";
import { verifyCommand } from "../../compiler/cli/verify.ts";
import { Rejected } from "../../compiler/diagnostics/index.ts";
import { makeTensor, type TensorGraph } from "../../compiler/ir/tensor/index.ts";
import { captured } from "./captured.ts";

const scratch = mkdtempSync(join(tmpdir(), "spikefold-sections-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const network = (name: string, units: number): string =>
  `network ${name}(x: [4]) -> y: [2] {\n  weights kaiming(seed: 1)\n  y = x -> dense(${units}) -> relu -> dense(2)\n}\n`;

const section = (name: string, targets: string, steps = ""): string =>
  `compile ${name} for ${targets} {\n  quantize(weights: 4 bits, activations: 3 levels)\n  ${steps}\n}\n`;

const file = (name: string, ...parts: readonly string[]): string => {
  const path = join(scratch, name);
  writeFileSync(path, parts.join("\n"));
  return path;
};

const three = file(
  "three.spk",
  ...[network("a", 4), network("b", 6)],
  ...[section("a", "simulator"), section("a", "loihi1"), section("b", "spinnaker1")],
);

const flags = (output: string) => ({ output: join(scratch, output), mode: "auto" });

const codesOf = async (run: Promise<number>): Promise<readonly string[]> => {
  const error = await run.catch((e: unknown) => e);
  return error instanceof Rejected ? error.diagnostics.map((d) => d.code) : [String(error)];
};

test("several sections are built in folders of their own, one network twice without a collision", async () => {
  const { code, stdout } = await captured(() => compileCommand(three, { ...flags("all"), json: true }));
  expect(code).toBe(0);
  const { builds } = buildsDocument.parse(JSON.parse(stdout));
  expect(builds.map(({ name, compile }) => [name, compile?.targets.map((t) => t.name)])).toEqual([
    ["a-simulator", ["simulator"]],
    ["a-loihi1", ["loihi1"]],
    ["b", ["spinnaker1"]],
  ]);
  expect(readdirSync(join(scratch, "all")).sort()).toEqual(["a-loihi1", "a-simulator", "b"]);
  for (const { folder } of builds) expect((await captured(() => verifyCommand(folder, {}))).code).toBe(0);
}, 60_000);

test("a folder of builds is no build, and the message names those in it", async () => {
  const folder = join(scratch, "all");
  expect(await codesOf(runCommand(folder, { data: "none.npy" }))).toEqual(["cli/several-builds"]);
  expect(await codesOf(verifyCommand(folder, {}))).toEqual(["cli/several-builds"]);
  const error = await verifyCommand(folder, {}).catch((e: unknown) => e);
  const [fault] = error instanceof Rejected ? error.diagnostics : [];
  expect(fault?.why).toContain(join(folder, "a-loihi1"));
  expect(fault?.what).toContain("3 builds");
});

test("a section that is named is built into the folder itself", async () => {
  const { stdout } = await captured(() =>
    compileCommand(three, { ...flags("one"), recipe: ["b"], json: true }),
  );
  expect(compileDocument.parse(JSON.parse(stdout)).targets.map((t) => t.name)).toEqual(["spinnaker1"]);
  expect(existsSync(join(scratch, "one", "manifest.json"))).toBe(true);
  expect(await codesOf(compileCommand(three, flags("one")))).toEqual(["cli/output-is-build"]);
}, 60_000);

test("the name of a network asks for all of its sections", async () => {
  const { stdout } = await captured(() =>
    compileCommand(three, { ...flags("both"), recipe: ["a"], json: true }),
  );
  expect(buildsDocument.parse(JSON.parse(stdout)).builds.map((b) => b.name)).toEqual([
    "a-simulator",
    "a-loihi1",
  ]);
}, 60_000);

test("every name that the file does not have is told, with those that it has", async () => {
  const run = compileCommand(three, { ...flags("none"), recipe: ["a-loihi", "nothing-like-it"] });
  const error = await run.catch((e: unknown) => e);
  const faults = error instanceof Rejected ? error.diagnostics : [];
  expect(faults.map((d) => d.code)).toEqual(["cli/unknown-recipe", "cli/unknown-recipe"]);
  expect(faults[0]?.fix).toBe("did you mean a-loihi1?");
  expect(faults[1]?.fix).toBe("use one of a-simulator, a-loihi1, b");
  expect(existsSync(join(scratch, "none"))).toBe(false);
});

test("nothing is written when the last of several sections cannot be compiled", async () => {
  const path = file("last.spk", network("a", 4), section("a", "simulator"), section("a", "loihi1"));
  const refused = compileCommand(path, { ...flags("last"), mode: "exact.graded" });
  expect(await codesOf(refused)).toEqual(["build/mode-not-offered"]);
  expect(existsSync(join(scratch, "last"))).toBe(false);
}, 60_000);

test("a section that misses a requirement is left out, and the exit code is 1", async () => {
  const path = file(
    "missed.spk",
    network("a", 4),
    section("a", "simulator", "require neurons <= 1"),
    section("a", "loihi1", "require cores <= 4"),
  );
  const { code } = await captured(() => compileCommand(path, flags("missed")));
  expect(code).toBe(1);
  expect(readdirSync(join(scratch, "missed"))).toEqual(["a-loihi1"]);
}, 60_000);

test("names differ where files ignore case, however often a network is compiled", () => {
  const input = makeTensor("input", [], { name: "x", shape: [4] }, []);
  const graph: TensorGraph = { name: "g", inputs: [input], outputs: [{ name: "y", value: input }] };
  const job = (name: string, ...targets: readonly string[]) => {
    const origin = { name, span: null };
    const choices = targets.map((target) => ({ name: target, options: new Map<string, number>() }));
    const recipe = { network: name, targets: choices, steps: [], requirements: [], refused: [], origin };
    return { kind: "exact" as const, graph, recipe };
  };
  const jobs = [job("n", "t"), job("N", "t"), job("n", "t", "u"), job("m", "t"), job("m", "T")];
  expect(sectionsOf(jobs).map((s) => s.name)).toEqual(["n-t", "N-t-2", "n-t-u", "m-t", "m-T-2"]);
});
