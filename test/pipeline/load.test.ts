import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadBuild, nativeFiles } from "../../compiler/pipeline/index.ts";
import { publish } from "../../runtime/files/index.ts";
import { twoNeurons } from "../cli/native-files.ts";
import { faultsOf } from "../rejected.ts";
import { writeSmallBuild } from "../verify/small-build.ts";
import { compiled } from "./native/support.ts";

const exact = writeSmallBuild();
const scratch = mkdtempSync(join(tmpdir(), "spikefold-load-"));
const native = join(scratch, "build");
publish(native, nativeFiles(compiled(twoNeurons(), { dt: 1e-3, steps: 7 })), { producer: "test" });
afterAll(() => {
  for (const folder of [scratch, dirname(exact)]) rmSync(folder, { recursive: true });
});

test("a folder says of which kind of build it is, and what its targets are", () => {
  const [first, second] = [loadBuild(exact), loadBuild(native)];
  expect([first.kind, first.model, first.targets.map((t) => t.name)]).toEqual([
    "exact",
    "small",
    ["loihi1", "spinnaker1"],
  ]);
  expect([second.kind, second.targets.map((t) => [t.name, t.mode, t.steps])]).toEqual([
    "native",
    [["simulator", "native", 7]],
  ]);
});

test("a model of another format is refused by its file", () => {
  const path = join(exact, "model.json");
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace("spikefold/model@1", "spikefold/model@9"));
  const [fault] = faultsOf(() => loadBuild(exact));
  expect([fault?.code, fault?.why]).toEqual([
    "build/build-damaged",
    "model.json is no spikefold/model@1 or spikefold/native@1",
  ]);
});
