import fc from "fast-check";
import { expect, test } from "vitest";
import { readSafetensors } from "../../../runtime/files/index.ts";
import { codesOf, faultsOf, survives } from "../../rejected.ts";
import { fixture, fromBase64 } from "./numpy-fixture.ts";

const good = fromBase64(fixture.safetensors);

const build = (header: unknown, size: number, length?: number): Uint8Array => {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(length ?? text.length));
  return new Uint8Array(Buffer.concat([prefix, text, Buffer.alloc(size)]));
};

const read = (bytes: Uint8Array) => readSafetensors(bytes, "w.safetensors");

const entry = (dtype: string, shape: readonly unknown[], from: number, to: number) => ({
  dtype,
  shape,
  data_offsets: [from, to],
});

test("reads the arrays of a file in the order of its header", () => {
  expect([...read(good).arrays]).toEqual([
    ["w", { shape: [2, 3], dtype: "f32", data: Float32Array.of(0, 1, 2, 3, 4, 5) }],
    ["n", { shape: [2], dtype: "i64", data: Float64Array.of(-1, 7) }],
  ]);
});

test("offsets that overlap, leave holes or go beyond the data are refused", () => {
  const u8 = (from: number, to: number) => entry("U8", [to - from], from, to);
  expect(codesOf(() => read(build({ a: u8(0, 4), b: u8(4, 8) }, 8)))).toEqual([]);
  for (const entries of [
    { a: u8(0, 4), b: u8(2, 6) },
    { a: u8(0, 4), b: u8(5, 8) },
    { a: u8(0, 4) },
    { a: u8(0, 9) },
    { a: u8(1, 8) },
  ]) {
    expect(codesOf(() => read(build(entries, 8)))).toEqual(["data/damaged"]);
  }
});

test("headers that are not valid are refused", () => {
  const headers: readonly unknown[] = [
    "{",
    "[1]",
    "null",
    { a: 1 },
    { a: { dtype: 1, shape: [1], data_offsets: [0, 4] } },
    { a: entry("F32", [-1], 0, 4) },
    { a: entry("F32", ["1"], 0, 4) },
    { a: entry("F32", [2 ** 40, 2 ** 40], 0, 4) },
    { a: { dtype: "F32", shape: [1], data_offsets: [4, 0] } },
    { a: { dtype: "F32", shape: [1], data_offsets: [0] } },
    { a: { dtype: "F32", shape: [1], data_offsets: [0, 1e300] } },
    `{"a":${"[".repeat(100_000)}`,
  ];
  for (const header of headers) expect(codesOf(() => read(build(header, 4)))).toEqual(["data/damaged"]);
  for (const length of [2 ** 24 + 1, 2 ** 60, 1000])
    expect(codesOf(() => read(build("{}", 0, length)))).toEqual(["data/damaged"]);
});

test("every array that cannot be read is named", () => {
  const bytes = build(
    { a: entry("F16", [2], 0, 4), b: entry("BF16", [2], 4, 8), c: entry("F32", [2], 8, 12) },
    12,
  );
  const faults = faultsOf(() => read(bytes));
  expect(faults.map(({ code }) => code)).toEqual(["data/dtype", "data/dtype", "data/size"]);
  expect(faults[1]?.what).toBe('array "b" has element type BF16, which is not read');
});

test("array names that are keys of every object are plain names", () => {
  const header = `{"__proto__":${JSON.stringify(entry("U8", [1], 0, 1))},"toString":${JSON.stringify(entry("U8", [1], 1, 2))}}`;
  expect([...read(build(header, 2)).arrays.keys()]).toEqual(["__proto__", "toString"]);
});

test("a file cut at any byte is refused", () => {
  for (let cut = 0; cut < good.length; cut++) expect(survives(() => read(good.subarray(0, cut)))).toBe(false);
});

test("3,000 byte changes give arrays or a refusal", () => {
  const edit = fc.record({ at: fc.nat(good.length - 1), value: fc.integer({ min: 0, max: 255 }) });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      const changed = good.slice();
      for (const { at, value } of edits) changed[at] = value;
      survives(() => read(changed));
    }),
    { numRuns: 3000, seed: 4 },
  );
});
