import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { inspectCommand } from "../../compiler/cli/inspect.ts";
import { Rejected } from "../../compiler/diagnostics/index.ts";
import { captured } from "./captured.ts";
import { twoNeurons, writeModel } from "./native-files.ts";

const scratch = mkdtempSync(join(tmpdir(), "spikefold-inspect-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
};

const plain = file(
  "plain.spk",
  "network n(x: [4]) -> y: [2] {\n  weights kaiming(seed: 1)\n  y = x -> dense(2)\n}\n",
);

const stepped = file(
  "stepped.spk",
  [
    "network n(x: spikes[4]) -> y: [3] {",
    "  step 1 ms",
    "  weights kaiming(seed: 1)",
    "  y = x -> dense(3) -> LIF(8 ms, reset: soft) -> read.count",
    "}\n",
  ].join("\n"),
);

type Flags = Parameters<typeof inspectCommand>[1];

const inspected = async (path: string, flags: Flags): Promise<string> =>
  (await captured(() => inspectCommand(path, flags))).stdout;

const refused = async (path: string, flags: Flags = {}): Promise<readonly string[]> => {
  const error = await inspectCommand(path, flags).catch((e: unknown) => e);
  if (!(error instanceof Rejected)) throw new Error("it was not refused");
  return error.diagnostics.map(({ code, why }) => `${code}: ${why}`);
};

test("a level that a model does not have is refused, not shown under another name", async () => {
  expect(await inspected(plain, { level: "tensor" })).toBe(await inspected(plain, {}));
  expect(await refused(plain, { level: "integer" })).toEqual(["cli/level-not-built: the levels are tensor"]);
  expect(await refused(stepped, { level: "tensor" })).toEqual([
    "cli/level-not-built: the levels are native, spiking",
  ]);
});

test("the spiking level is that of a compile with the same flags", async () => {
  const model = writeModel(scratch, "two.nir", twoNeurons());
  const flags = { level: "spiking", dynamics: "norse", dt: 1e-3, reset: "hard", steps: 20, encode: "rate" };
  expect(await inspected(model, flags)).toMatch(/id="input", .*rate\(.*steps=20/);
  expect((await refused(stepped, { level: "spiking", dt: 2 })).map((r) => r.split(":")[0])).toEqual([
    "cli/stated-by-model",
  ]);
});

test("a folder is asked for its build, and one of several builds for the builds in it", async () => {
  const folder = join(scratch, "several");
  for (const name of ["a", "b"]) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "manifest.json"), "{}");
  }
  expect((await refused(folder))[0]).toMatch(/^cli\/several-builds: they are .*\/a/);
  expect((await refused(scratch))[0]).toMatch(/^output\/manifest-missing: /);
});
