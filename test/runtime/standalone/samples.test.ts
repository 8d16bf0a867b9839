import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeNpy } from "../../../runtime/files/index.ts";
import { readSamples } from "../../../runtime/standalone/samples.ts";
import { faultsOf } from "../../rejected.ts";

const folder = mkdtempSync(join(tmpdir(), "spikefold-samples-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, bytes: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

const npy = (name: string, shape: readonly number[]): string => {
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i / 2);
  return file(name, writeNpy({ shape, dtype: "f32", data }));
};

const sample = [1, 2, 2];

test("an array of one sample is one tensor, also in another shape", () => {
  for (const shape of [[1, 2, 2], [4], [2, 2]]) {
    expect(readSamples(npy("one.npy", shape), "x", sample)).toEqual([
      { shape: sample, data: Float64Array.of(0, 0.5, 1, 1.5) },
    ]);
  }
});

test("the first extent counts samples", () => {
  const found = readSamples(npy("three.npy", [3, 2, 2]), "x", sample);
  expect(found.map((t) => [...t.data])).toEqual([
    [0, 0.5, 1, 1.5],
    [2, 2.5, 3, 3.5],
    [4, 4.5, 5, 5.5],
  ]);
});

test("an array that is no whole number of samples is refused with both shapes", () => {
  for (const shape of [[5], [2, 3], [2, 4, 2]]) {
    const [fault] = faultsOf(() => readSamples(npy("odd.npy", shape), "x", sample));
    expect(fault?.code).toBe("generated/input-shape");
    expect(fault?.why).toBe(
      `an array of shape [${shape.join(", ")}] is no whole number of samples of shape [1, 2, 2]`,
    );
  }
});

test("a text is read as numbers, whatever separates them", () => {
  const path = file("numbers.txt", "1, 2.5\n-3e1\t.5\n0 0,0 7\n");
  expect(readSamples(path, "x", sample).map((t) => [...t.data])).toEqual([
    [1, 2.5, -30, 0.5],
    [0, 0, 0, 7],
  ]);
});

test("a word that is no number is named with its place", () => {
  const long = `${"1 ".repeat(40)}two 3`;
  const [fault] = faultsOf(() => readSamples(file("words.txt", long), "x", sample));
  expect(fault).toMatchObject({ code: "generated/numbers", why: 'word 40 is "two"' });
});

test("an empty file holds no sample", () => {
  const [fault] = faultsOf(() => readSamples(file("empty", ""), "x", sample));
  expect(fault?.code).toBe("generated/input-shape");
});
