import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { sha256 } from "../../../compiler/ir/index.ts";
import { listOf, openWeights } from "../../../runtime/standalone/weight-file.ts";
import { faultsOf } from "../../rejected.ts";

const folder = mkdtempSync(join(tmpdir(), "spikefold-weights-"));
afterAll(() => rmSync(folder, { recursive: true }));

const bytes = Uint8Array.of(1, 255, 0, 0, 0, 0, 0, 0, 44, 1, 212, 254);
writeFileSync(join(folder, "weights.bin"), bytes);
const module = { url: pathToFileURL(join(folder, "network.js")).href };

const a = { name: "a", dtype: "i8", shape: [2], offset: 0, sha256: sha256(bytes.subarray(0, 2)) } as const;
const b = { name: "b", dtype: "i16", shape: [1, 2], offset: 8, sha256: sha256(bytes.subarray(8)) } as const;

test("arrays are read by offset and element type, little-endian", () => {
  const w = openWeights(module, "weights.bin", { a, b });
  expect(listOf(w.a)).toEqual([1, -1]);
  expect(listOf(w.b)).toEqual([300, -300]);
  expect([w.b.name, w.b.shape, w.b.dtype]).toEqual(["b", [1, 2], "i16"]);
});

test("all arrays that are damaged, or beyond the end, are named at once", () => {
  const wrong = { ...a, sha256: b.sha256 };
  const beyond = { ...b, offset: 10 };
  const faults = faultsOf(() => openWeights(module, "weights.bin", { a, wrong, beyond }));
  expect(faults.map((f) => f.code)).toEqual(["generated/weights-damaged", "generated/weights-damaged"]);
  expect(faults[0]?.why).toContain("wrong should be 2 bytes at offset 0");
  expect(faults[1]?.why).toContain("2 bytes with");
});

test("a missing file is named", () => {
  const [fault] = faultsOf(() => openWeights(module, "none.bin", { a }));
  expect(fault?.code).toBe("data/missing");
});
