import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { documents } from "../../compiler/cli/documents.ts";
import { cli, root } from "./run-cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "spikefold-cli-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const mnist = (name: string): string => join(root, "examples/mnist", name);
const model = mnist("mnist-cntk.onnx");
const images = mnist("test-1000-images.gz");
const labels = mnist("test-1000-labels.gz");
const calibrate = ["--calibrate", mnist("train-512-images.gz"), "--samples", "64"];
const all = ["--target", "loihi1", "--target", "spinnaker1", "--target", "simulator"];

const build = (folder: string, env: Readonly<Record<string, string>> = {}, cwd: string = root) =>
  cli(["compile", model, "-o", folder, ...all, ...calibrate, "--verify", "--json"], env, cwd);

const hashes = (folder: string): readonly string[] => {
  const manifest: { files: { path: string; sha256: string }[] } = JSON.parse(
    readFileSync(join(folder, "manifest.json"), "utf8"),
  );
  return manifest.files.map((f) => `${f.path} ${f.sha256}`);
};

const folder = join(scratch, "one");

test("a real model compiles to three targets and says so in a document of the schema", () => {
  const ran = build(folder);
  expect(ran.code, ran.stderr).toBe(0);
  const document = documents.compile.parse(JSON.parse(ran.stdout));
  expect(document.targets.map((t) => t.name)).toEqual(["loihi1", "spinnaker1", "simulator"]);
  expect(document.targets.every((t) => t.fits && t.cores >= t.coresBound)).toBe(true);
  expect(document.certificate.obligations.proved).toBeGreaterThan(0);
});

test("another locale, time zone and folder give the same bytes", () => {
  const other = join(scratch, "two");
  const ran = build(other, { TZ: "Asia/Tokyo", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" }, tmpdir());
  expect(ran.code, ran.stderr).toBe(0);
  expect(hashes(other)).toEqual(hashes(folder));
});

test("every neuron of the chip's program equals the integer network on real pictures", () => {
  for (const target of ["loihi1", "spinnaker1", "simulator"]) {
    const ran = cli([
      "run",
      folder,
      "--data",
      images,
      "--labels",
      labels,
      "--limit",
      "12",
      "--target",
      target,
      "--neurons",
      "--compare",
      "float,integer,machine",
      "--json",
    ]);
    expect(ran.code, ran.stderr).toBe(0);
    const run = documents.run.parse(JSON.parse(ran.stdout));
    expect(run.equality.mismatchedNeurons).toBe(0);
    expect(run.equality.neurons).toBeGreaterThan(12 * 10_000);
    expect(run.levels.machine?.correct).toBe(run.levels.integer?.correct);
  }
});

test("simulate counts cycles and verify accepts", () => {
  const simulated = cli([
    "simulate",
    folder,
    "--data",
    images,
    "--labels",
    labels,
    "--limit",
    "3",
    "--target",
    "loihi1",
    "--json",
  ]);
  expect(simulated.code, simulated.stderr).toBe(0);
  const document = documents.simulate.parse(JSON.parse(simulated.stdout));
  expect(document.cycles).toBeGreaterThan(0);
  expect(document.energyPicojoule.total).toBeGreaterThan(0);
  const verified = cli(["verify", folder, "--json"]);
  expect(verified.code, verified.stdout).toBe(0);
  expect(documents.verify.parse(JSON.parse(verified.stdout)).accepted).toBe(true);
});

test("inspect prints a level that names the user's layers", () => {
  const ran = cli(["inspect", folder, "--level", "integer", "--layer", "Convolution28"]);
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain("Convolution28 = linear(");
});

test("check gives a verdict for every target and writes nothing", () => {
  const ran = cli(["check", model, "--json"]);
  expect(ran.code, ran.stderr).toBe(0);
  const document = documents.check.parse(JSON.parse(ran.stdout));
  expect(document.targets.map((t) => [t.name, t.fits])).toEqual([
    ["loihi1", true],
    ["spinnaker1", true],
    ["simulator", true],
  ]);
});

/** Ops and wiring of an integer network; its numbers are in the binary. */
const wiring = (folder: string): readonly (readonly [string, readonly number[]])[] => {
  const document: { graph: { nodes: { op: string; inputs: number[] }[] } } = JSON.parse(
    readFileSync(join(folder, "integer.json"), "utf8"),
  );
  return document.graph.nodes.map(({ op, inputs }) => [op, inputs]);
};

test("the same network from ONNX and from the language has the same integers, byte for byte", () => {
  const folders = ["mnist-cntk.onnx", "cntk.spk"].map((name) => {
    const output = join(scratch, name);
    const ran = cli(["compile", mnist(name), "-o", output, "--target", "simulator", ...calibrate]);
    expect(ran.code, ran.stderr).toBe(0);
    return output;
  });
  const [fromOnnx, fromSpk] = folders.map((f) => readFileSync(join(f, "weights.bin")));
  expect(fromSpk).toEqual(fromOnnx);
  const [first, second] = folders.map(wiring);
  expect(second).toEqual(first);
});
