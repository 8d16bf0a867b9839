import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  openTensorFile,
  pickArray,
  readFileBounded,
  readRaw,
  readTensorFile,
  writeNpz,
  writeRaw,
} from "../../../runtime/files/index.ts";
import { codesOf, faultsOf } from "../../rejected.ts";
import { sharedData } from "../../shared-data.ts";
import { fixture, fromBase64 } from "./numpy-fixture.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spikefold-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const idx = (type: number, dims: readonly number[], data: readonly number[]): Uint8Array => {
  const extents = dims.flatMap((dim) => [dim >>> 24, (dim >> 16) & 255, (dim >> 8) & 255, dim & 255]);
  return Uint8Array.from([0, 0, type, dims.length, ...extents, ...data]);
};

const only = (bytes: Uint8Array) => pickArray(readTensorFile(bytes, "data"), [], "data");

test("the content decides, not the name", () => {
  const path = join(folder, "images.csv");
  writeFileSync(path, fromBase64(fixture.npz));
  expect(openTensorFile(path).format).toBe("npz");
  writeFileSync(path, fromBase64(fixture.safetensors));
  expect(openTensorFile(path).format).toBe("safetensors");
  writeFileSync(path, gzipSync(idx(8, [2], [1, 2])));
  expect(openTensorFile(path).format).toBe("idx");
  writeFileSync(path, gzipSync(fromBase64(fixture.npy[0]?.base64 ?? "")));
  expect(openTensorFile(path).format).toBe("npy");
});

test("reads each IDX type, big-endian", () => {
  expect(only(idx(0x08, [2, 1], [7, 255]))).toEqual({
    shape: [2, 1],
    dtype: "u8",
    data: Uint8Array.of(7, 255),
  });
  expect(only(idx(0x09, [1], [255])).data).toEqual(Int8Array.of(-1));
  expect(only(idx(0x0b, [1], [255, 254])).data).toEqual(Int16Array.of(-2));
  expect(only(idx(0x0c, [1], [0, 0, 1, 0])).data).toEqual(Int32Array.of(256));
  expect(only(idx(0x0d, [1], [0x3f, 0x80, 0, 0])).data).toEqual(Float32Array.of(1));
  expect(only(idx(0x0e, [1], [0xbf, 0xf0, 0, 0, 0, 0, 0, 0])).data).toEqual(Float64Array.of(-1));
});

test("IDX data that is cut or too long is refused with both numbers", () => {
  expect(faultsOf(() => only(idx(8, [2, 3], [1, 2])))[0]?.why).toBe(
    "shape [2, 3] of u8 needs 6 bytes, 2 are there",
  );
  expect(codesOf(() => only(idx(8, [0xffffffff, 0xffffffff], [])))).toEqual(["data/damaged"]);
  expect(codesOf(() => only(Uint8Array.of(0, 0, 8, 200, 1)))).toEqual(["data/damaged"]);
});

test("a gzip bomb stops at the limit, a cut gzip file is damaged", () => {
  const packed = gzipSync(new Uint8Array(2 ** 26 + 1));
  expect(codesOf(() => readTensorFile(packed, "x.gz"))).toEqual(["data/expands"]);
  expect(codesOf(() => readTensorFile(gzipSync(idx(8, [2], [1, 2])).subarray(0, 20), "x.gz"))).toEqual([
    "data/damaged",
  ]);
});

test("a file of no known format is refused with its first bytes", () => {
  const [fault] = faultsOf(() => readTensorFile(new TextEncoder().encode("1,2,3\n"), "x.csv"));
  expect([fault?.code, fault?.why]).toEqual([
    "data/format",
    "it starts with the bytes 31 2c 32 2c 33 0a, which no known format does",
  ]);
  expect(codesOf(() => readTensorFile(new Uint8Array(), "x"))).toEqual(["data/format"]);
});

test("an array is found by the first wanted name, or because it is the only one", () => {
  const one = (value: number) => ({ shape: [1], dtype: "u8" as const, data: Uint8Array.of(value) });
  const file = readTensorFile(
    writeNpz(
      new Map([
        ["x", one(1)],
        ["y", one(2)],
      ]),
    ),
    "x.npz",
  );
  expect(pickArray(file, ["input", "y"], "x.npz").data).toEqual(Uint8Array.of(2));
  const [fault] = faultsOf(() => pickArray(file, ["input"], "x.npz"));
  expect([fault?.code, fault?.what, fault?.why]).toEqual([
    "data/no-array",
    'the file has no array named "input"',
    'it holds "x", "y"',
  ]);
  expect(pickArray(readTensorFile(writeNpz(new Map([["z", one(3)]])), "x.npz"), ["x"], "x.npz").data).toEqual(
    Uint8Array.of(3),
  );
});

test("raw samples are counted from the size of the file", () => {
  const bytes = Uint8Array.of(1, 255, 3, 4, 5, 6);
  const array = readRaw(bytes, "x.bin", "i8", [3]);
  expect(array).toEqual({ shape: [2, 3], dtype: "i8", data: Int8Array.of(1, -1, 3, 4, 5, 6) });
  expect(writeRaw(array)).toEqual(bytes);
  expect(codesOf(() => readRaw(bytes, "x.bin", "i8", [4]))).toEqual(["data/size"]);
  expect(codesOf(() => readRaw(bytes, "x.bin", "i8", [0]))).toEqual(["data/size"]);
});

test("missing files, folders and files over the limit are refused with a reason", () => {
  expect(codesOf(() => readFileBounded(join(folder, "none.npy")))).toEqual(["data/missing"]);
  expect(codesOf(() => readFileBounded(join(folder, "none", "x.npy")))).toEqual(["data/missing"]);
  expect(faultsOf(() => readFileBounded(folder))[0]?.why).toContain("is a folder");
  expect(faultsOf(() => readFileBounded("/dev/null"))[0]?.why).toContain("is a device");
  const path = join(folder, "x");
  writeFileSync(path, new Uint8Array(11));
  expect(faultsOf(() => readFileBounded(path, 10))[0]?.why).toBe("it has 11 bytes, at most 10 are read");
  expect(readFileBounded(path, 11)).toEqual(new Uint8Array(11));
});

const images = sharedData("mnist/t10k-images-idx3-ubyte.gz");
test.skipIf(images === null)("the MNIST test images are 7.84 MB of bytes", () => {
  const { shape, dtype, data } = pickArray(openTensorFile(images ?? ""), ["x"], "mnist");
  expect([shape, dtype, data.byteLength]).toEqual([[10000, 28, 28], "u8", 7840000]);
  expect([...data].reduce((sum, value) => sum + value, 0)).toBe(264_923_200);
});
