import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeNpy } from "../../runtime/files/index.ts";
import { cli, root } from "./run-cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "spikefold-cli-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const model = join(root, "examples/mnist/mnist-cntk.onnx");
const output = join(scratch, "build");

const write = (name: string, data: Uint8Array | string): string => {
  const path = join(scratch, name);
  writeFileSync(path, data);
  return path;
};

const expectRefused = (args: readonly string[], ...codes: readonly string[]): void => {
  const ran = cli(["compile", ...args, "-o", output]);
  expect(ran.code, ran.stderr).toBe(2);
  for (const code of codes) expect(ran.stderr).toContain(code);
  expect(ran.stderr).not.toMatch(/\n\s+at .*\.js:\d+/);
  expect(existsSync(output)).toBe(false);
};

test("a truncated model is refused and nothing is written", () => {
  expectRefused([write("cut.onnx", readFileSync(model).subarray(0, 20_000))], "onnx/");
});

test("garbage is refused by what it looks like", () => {
  expectRefused([write("page.onnx", "<!doctype html><html></html>")], "onnx/format");
  expectRefused(
    [
      write(
        "noise.onnx",
        Uint8Array.from({ length: 999 }, (_, i) => (i * 7919) % 251),
      ),
    ],
    "onnx/",
  );
});

test("a missing file is refused with its name", () => {
  expectRefused([join(scratch, "nowhere.onnx")], "nowhere.onnx");
});

test("data of another shape is refused with both shapes", () => {
  const data = write("wide.npy", writeNpy({ shape: [4, 9], dtype: "u8", data: new Uint8Array(36) }));
  expectRefused([model, "--calibrate", data], "cli/sample-shape", "[9]", "[1, 28, 28]");
});

test("an unknown target, mode or pass is refused with the known ones", () => {
  expectRefused([model, "--target", "brain"], "cli/unknown-target", "spinnaker1");
  expectRefused([model, "--mode", "exact.magic"], "cli/unknown-mode", "exact.spatial");
  expectRefused([model, "--stop-after", "polish"], "build/unknown-pass", "quantize");
  expectRefused(
    [model, "--target", "loihi1", "--mode", "exact.graded", "--samples", "1"],
    "build/mode-not-offered",
    "exact.spatial",
  );
});

test("a .spk file with three mistakes gives three messages with places", () => {
  const path = write("three-mistakes.spk", readFileSync(join(root, "test/fixtures/dsl/three-mistakes.spk")));
  const ran = cli(["compile", path, "-o", output]);
  expect(ran.code).toBe(2);
  expect(ran.stderr.match(/error\[/g)).toHaveLength(3);
  expect(ran.stderr).toContain("three-mistakes.spk:5:33: error[name/layer]");
  expect(ran.stderr).toContain("did you mean `max_pool`?");
  expect(existsSync(output)).toBe(false);
});

test("a weight that the file does not hold is refused with its name", () => {
  const path = write(
    "few.spk",
    'network n(x: [4]) -> y: [2] {\n  weights "few.npz"\n  y = x -> dense(2)\n}\n',
  );
  write("few.npz", readFileSync(join(root, "test/fixtures/one-array.npz")));
  expectRefused([path], "weights/missing");
});

test("a folder that is not ours is never overwritten", () => {
  mkdirSync(output);
  writeFileSync(join(output, "mine.txt"), "keep");
  const ran = cli(["compile", model, "-o", output, "--samples", "2", "--mode", "exact.graded"]);
  expect(ran.code).toBe(2);
  expect(readFileSync(join(output, "mine.txt"), "utf8")).toBe("keep");
  rmSync(output, { recursive: true });
});

test("errors with --json are one document", () => {
  const ran = cli(["compile", model, "--target", "brain", "-o", output, "--json"]);
  const document: { schema: string; errors: { code: string }[] } = JSON.parse(ran.stdout);
  expect(document.schema).toBe("spikefold/error@1");
  expect(document.errors.map((e) => e.code)).toEqual(["cli/unknown-target"]);
});

test("help and version answer without loading a compiler", () => {
  const times = Array.from({ length: 3 }, () => cli(["--help"]).milliseconds).sort((a, b) => a - b);
  // 100 ms on an idle machine; loading any back end takes seconds on one that is busy with tests.
  expect(times[0]).toBeLessThan(2000);
  expect(cli(["--version"]).stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
});
