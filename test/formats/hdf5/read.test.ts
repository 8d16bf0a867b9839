import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Group, File as H5File, ready } from "h5wasm/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type H5Group, type H5Values, readHdf5, writeHdf5 } from "../../../compiler/formats/hdf5/index.ts";
import { codesOf, faultsOf } from "../../rejected.ts";

const folder = mkdtempSync(join(tmpdir(), "spikefold-hdf5-"));

beforeAll(async () => {
  await ready;
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Bytes of a file that the HDF5 library makes. */
const byLibrary = (fill: (file: H5File) => void): Uint8Array => {
  const path = join(folder, "library.h5");
  const file = new H5File(path, "w");
  fill(file);
  file.flush();
  file.close();
  return new Uint8Array(readFileSync(path));
};

const valuesAt = (root: H5Group, path: string): H5Values | null => {
  const names = path.split("/");
  const last = names.pop() ?? "";
  let group = root;
  for (const name of names) {
    const next = group.children.get(name);
    if (next?.kind !== "group") return null;
    group = next;
  }
  const found = group.children.get(last);
  return found?.kind === "dataset" ? found.read() : null;
};

const numbers = Float64Array.from({ length: 3000 }, (_, i) => (i % 17) - 8);

const small = writeHdf5(
  new Map([
    [
      "node",
      new Map([
        ["type", { shape: [], values: { kind: "texts" as const, data: ["LIF"] } }],
        [
          "big",
          { shape: [50, 60], values: { kind: "numbers" as const, dtype: "f32" as const, data: numbers } },
        ],
      ]),
    ],
  ]),
);

const patched = (at: number, ...bytes: readonly number[]): Uint8Array => {
  const copy = small.slice();
  copy.set(bytes, at);
  return copy;
};

/** Offset of the only place where these bytes stand. */
const placeOf = (...bytes: readonly number[]): number => {
  const found = Buffer.from(small).indexOf(Buffer.from(bytes));
  expect(found).toBeGreaterThan(0);
  return found;
};

/** The dimensions of `big` in its dataspace message. */
const dimensions = (): number => placeOf(50, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 3);

const read = (bytes: Uint8Array) => () => {
  const root = readHdf5(bytes, "x.h5");
  valuesAt(root, "node/type");
  valuesAt(root, "node/big");
};

test("reads what the HDF5 library writes: numbers of all widths, text, gzip with edge chunks, shuffle", () => {
  const bytes = byLibrary((file) => {
    file.create_dataset({ name: "f32", data: new Float32Array([1.5, -2]), shape: [2] });
    file.create_dataset({ name: "i64", data: new BigInt64Array([-3n, 2n ** 50n]), shape: [2] });
    file.create_dataset({ name: "u8", data: new Uint8Array([255]), shape: [] });
    file.create_dataset({ name: "edges", data: ["a", "bé", "", "d"], shape: [2, 2], dtype: "S" });
    file.create_dataset({
      name: "chunks",
      data: Float64Array.from({ length: 35 }, (_, i) => i),
      shape: [5, 7],
      chunks: [2, 3],
      compression: 4,
    });
  });
  const root = readHdf5(bytes, "x.h5");
  expect(valuesAt(root, "f32")).toEqual({ kind: "numbers", dtype: "f32", data: Float64Array.of(1.5, -2) });
  expect(valuesAt(root, "i64")).toEqual({
    kind: "numbers",
    dtype: "i64",
    data: Float64Array.of(-3, 2 ** 50),
  });
  expect(valuesAt(root, "u8")).toEqual({ kind: "numbers", dtype: "u8", data: Float64Array.of(255) });
  expect(valuesAt(root, "edges")).toEqual({ kind: "texts", data: ["a", "bé", "", "d"] });
  expect(valuesAt(root, "chunks")?.data).toEqual(Float64Array.from({ length: 35 }, (_, i) => i));
});

test("the HDF5 library reads what is written, groups of thousands too", () => {
  const many = new Map(
    Array.from({ length: 3000 }, (_, i) => [
      `n${i}`,
      { shape: [1], values: { kind: "numbers" as const, dtype: "i32" as const, data: Float64Array.of(i) } },
    ]),
  );
  const path = join(folder, "own.h5");
  writeFileSync(path, writeHdf5(new Map([["many", many]])));
  const file = new H5File(path, "r");
  const group = file.get("many");
  expect(group instanceof Group ? group.keys().length : 0).toBe(3000);
  for (const i of [0, 7, 2999]) {
    const found = file.get(`many/n${i}`);
    expect(found !== null && "value" in found ? found.value : null).toEqual(Int32Array.of(i));
  }
  file.close();
  expect(readHdf5(new Uint8Array(readFileSync(path)), "x").children.get("many")).toMatchObject({
    kind: "group",
  });
});

test("compresses what shrinks and gives it back", () => {
  expect(small.length).toBeLessThan(4 * numbers.length);
  expect(valuesAt(readHdf5(small, "x.h5"), "node/big")?.data).toEqual(numbers);
});

test("writes the same bytes whatever the order of the names", () => {
  const leaf = (value: number) => ({
    shape: [1],
    values: { kind: "numbers" as const, dtype: "f32" as const, data: Float64Array.of(value) },
  });
  const forward = writeHdf5(
    new Map([
      ["a", leaf(1)],
      ["b", leaf(2)],
    ]),
  );
  const backward = writeHdf5(
    new Map([
      ["b", leaf(2)],
      ["a", leaf(1)],
    ]),
  );
  expect(forward).toEqual(backward);
});

test("names that would be prototypes are names", () => {
  const values = { kind: "texts" as const, data: ["x"] };
  const bytes = writeHdf5(new Map([["__proto__", { shape: [], values }]]));
  expect(valuesAt(readHdf5(bytes, "x"), "__proto__")).toEqual(values);
});

test("refuses what is no HDF5 file by its first bytes", () => {
  for (const bytes of [
    new Uint8Array(0),
    new TextEncoder().encode("version https://git-lfs"),
    small.subarray(1),
  ])
    expect(codesOf(() => readHdf5(bytes, "x"))).toEqual(["h5/format"]);
});

test("B34: external links are refused, soft links too", () => {
  const external = byLibrary((file) => file.create_external_link("/etc/passwd", "/", "outside"));
  expect(codesOf(() => readHdf5(external, "x"))).toEqual(["h5/link"]);
  expect(faultsOf(() => readHdf5(external, "x"))[0]?.what).toBe("/outside is a external link");
  const soft = byLibrary((file) => file.create_soft_link("/missing", "alias"));
  expect(codesOf(() => readHdf5(soft, "x"))).toEqual(["h5/link"]);
});

test("B34: data in another file are refused", () => {
  const fillMessage = placeOf(5, 0, 8, 0, 1, 0, 0, 0);
  expect(codesOf(read(patched(fillMessage, 7)))).toEqual(["h5/external-storage"]);
});

test("B35: a group that contains itself is refused", () => {
  const view = new DataView(small.buffer, small.byteOffset);
  const root = view.getUint32(64, true);
  const entry = Buffer.from(small).lastIndexOf("SNOD") + 8;
  expect(codesOf(read(patched(entry + 8, ...small.slice(64, 72))))).toEqual(["h5/cycle"]);
  expect(root).toBeGreaterThan(96);
});

test("B36: extents beyond any array are refused before memory is taken", () => {
  const huge = patched(dimensions(), 0, 0, 0, 0, 0, 0, 16, 0);
  expect(codesOf(read(huge))).toEqual(["h5/limit"]);
  const beyond = patched(dimensions(), 255, 255, 255, 255, 255, 255, 255, 255);
  expect(codesOf(read(beyond))).toEqual(["h5/malformed"]);
});

test("B36: a small file cannot unpack to a large array", () => {
  const wide = patched(dimensions(), 0, 0, 0, 2);
  expect(codesOf(read(wide))).toEqual(["h5/limit"]);
});

test("B37: unknown filters are refused", () => {
  const filter = placeOf(11, 0, 24, 0, 1, 0, 0, 0) + 16;
  expect(codesOf(read(patched(filter, 0xf5, 0x7d)))).toEqual(["h5/filter"]);
});

test("B37: a superblock of another version is refused", () => {
  expect(codesOf(read(patched(8, 200)))).toEqual(["h5/malformed"]);
});

test("a file that is cut anywhere is refused or read, never an error of ours", () => {
  for (let length = 0; length < small.length; length += 7)
    expect(codesOf(read(small.subarray(0, length))).length).toBeGreaterThan(0);
});
