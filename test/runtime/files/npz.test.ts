import fc from "fast-check";
import { unzipSync, zipSync } from "fflate";
import { expect, test } from "vitest";
import { type ArrayData, readNpz, writeNpy, writeNpz } from "../../../runtime/files/index.ts";
import { codesOf, faultsOf, survives } from "../../rejected.ts";
import { fixture, fromBase64 } from "./numpy-fixture.ts";

const small = (value: number): ArrayData => ({ shape: [1], dtype: "f32", data: Float32Array.of(value) });

const two = new Map([
  ["a", small(1)],
  ["b/c", small(2)],
]);

/** Replaces the text in every place where it stands. */
const replaceAll = (bytes: Uint8Array, from: string, to: string): Uint8Array =>
  new Uint8Array(Buffer.from(Buffer.from(bytes).toString("latin1").replaceAll(from, to), "latin1"));

const whyOf = (bytes: Uint8Array): string | undefined => faultsOf(() => readNpz(bytes, "x.npz"))[0]?.why;

const patch = (bytes: Uint8Array, at: number, ...values: readonly number[]): Uint8Array => {
  const changed = bytes.slice();
  changed.set(values, at);
  return changed;
};

/** Offset of the first record of the central directory. */
const directoryOf = (bytes: Uint8Array): number => Buffer.from(bytes).indexOf("PK\u0001\u0002", 0, "latin1");

test("reads what numpy.savez and savez_compressed write", () => {
  for (const text of [fixture.npz, fixture.npzCompressed]) {
    const { format, arrays } = readNpz(fromBase64(text), "x.npz");
    expect(format).toBe("npz");
    expect([...arrays.keys()]).toEqual(["x", "labels"]);
    expect(arrays.get("x")).toEqual({ shape: [2, 3], dtype: "f32", data: Float32Array.of(0, 1, 2, 3, 4, 5) });
    expect(arrays.get("labels")).toEqual({ shape: [2], dtype: "i64", data: Float64Array.of(0, 1) });
  }
});

test("another zip program reads what is written, and the other way round", () => {
  const unzipped = unzipSync(writeNpz(two));
  expect(Object.keys(unzipped)).toEqual(["a.npy", "b/c.npy"]);
  expect(unzipped["a.npy"]).toEqual(writeNpy(small(1)));
  expect(readNpz(zipSync(unzipped, { level: 9 }), "x.npz").arrays).toEqual(two);
});

test("the same arrays give the same bytes", () => {
  expect(writeNpz(two)).toEqual(writeNpz(new Map(two)));
  expect(readNpz(writeNpz(two), "x.npz").arrays).toEqual(two);
  expect(readNpz(writeNpz(new Map()), "x.npz").arrays.size).toBe(0);
});

test("array names that are keys of every object are plain names", () => {
  const arrays = new Map(["__proto__", "constructor", "toString"].map((name) => [name, small(3)]));
  expect(readNpz(writeNpz(arrays), "x.npz").arrays).toEqual(arrays);
});

test("two entries of one name are refused", () => {
  expect(
    whyOf(
      replaceAll(
        writeNpz(
          new Map([
            ["a", small(1)],
            ["b", small(2)],
          ]),
        ),
        "b.npy",
        "a.npy",
      ),
    ),
  ).toBe('entry "a.npy" is there twice');
});

test("entry names that are paths out of the archive are refused", () => {
  for (const name of ["../../x", "/etc/x", "a/../x", "a\\x", "C:x"]) {
    expect(whyOf(writeNpz(new Map([[name, small(1)]])))).toBe(`entry "${name}.npy" has a path as its name`);
  }
});

test("a bomb is refused before it is unpacked", () => {
  const bomb = zipSync({ "a.npy": new Uint8Array(2 ** 27) }, { level: 1 });
  expect(bomb.length).toBeLessThan(2 ** 20);
  const [fault] = faultsOf(() => readNpz(bomb, "x.npz"));
  expect([fault?.code, fault?.why]).toEqual([
    "data/expands",
    `${bomb.length} bytes unpack to ${2 ** 27}, at most ${2 ** 26} are allowed for a file of this size`,
  ]);
});

test("an entry that unpacks to more or less than it declares is refused", () => {
  const honest = zipSync({ "a.npy": writeNpy(small(1)) }, { level: 9 });
  const at = directoryOf(honest) + 24;
  for (const size of [0, 1, 100, 200])
    expect(whyOf(patch(honest, at, size, 0, 0, 0))).toBe('entry "a.npy" is damaged');
});

test("an entry whose checksum does not fit is refused", () => {
  const bytes = writeNpz(new Map([["a", small(1)]]));
  expect(whyOf(patch(bytes, directoryOf(bytes) - 1, 0x41))).toBe('entry "a.npy" is damaged');
});

test("encrypted, zip64 and other methods are refused by name", () => {
  const bytes = writeNpz(new Map([["a", small(1)]]));
  const at = directoryOf(bytes);
  expect(whyOf(patch(bytes, at + 8, 1))).toBe('entry "a.npy" is encrypted');
  expect(whyOf(patch(bytes, at + 10, 12))).toBe('entry "a.npy" is packed by method 12; 0 and 8 are read');
  expect(whyOf(patch(bytes, at + 24, 255, 255, 255, 255))).toBe('entry "a.npy" has 4 GiB or more');
});

test("an archive of more entries than are read is refused", () => {
  const names = Array.from({ length: 4097 }, (_, i): [string, ArrayData] => [`n${i}`, small(1)]);
  expect(whyOf(writeNpz(new Map(names)))).toBe("it has 4097 entries, at most 4096 are read");
});

test("entries that share their bytes are refused", () => {
  const count = 10;
  const names = Array.from({ length: count }, (_, i) => `n${i}`);
  const zeros: ArrayData = { shape: [1000], dtype: "u8", data: new Uint8Array(1000) };
  const bytes = Buffer.from(writeNpz(new Map([...names.map((name): [string, ArrayData] => [name, zeros])])));
  const directory = directoryOf(bytes);
  const head = bytes.subarray(0, directory / count);
  const shared = Buffer.concat([head, bytes.subarray(directory)]);
  for (let at = head.length; at >= 0 && shared.readUInt32LE(at) === 0x02014b50; at = at + 46 + 6)
    shared.writeUInt32LE(0, at + 42);
  shared.writeUInt32LE(head.length, shared.length - 6);
  expect(whyOf(new Uint8Array(shared))).toContain("its entries overlap");
});

test("faults of all arrays are reported together", () => {
  const half = fixture.refused.find(({ name }) => name === "half")?.base64 ?? "";
  const bytes = zipSync({
    "a.npy": fromBase64(half),
    "b.npy": fromBase64(half),
    "readme.txt": new Uint8Array(1),
  });
  expect(codesOf(() => readNpz(bytes, "x.npz"))).toEqual(["data/dtype", "data/dtype", "data/damaged"]);
});

test("an archive cut at any byte is refused", () => {
  const bytes = fromBase64(fixture.npzCompressed);
  for (let cut = 0; cut < bytes.length; cut++)
    expect(survives(() => readNpz(bytes.subarray(0, cut), "x.npz"))).toBe(false);
});

test("3,000 byte changes give arrays or a refusal", () => {
  const bytes = fromBase64(fixture.npzCompressed);
  const edit = fc.record({ at: fc.nat(bytes.length - 1), value: fc.integer({ min: 0, max: 255 }) });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      const changed = bytes.slice();
      for (const { at, value } of edits) changed[at] = value;
      survives(() => readNpz(changed, "x.npz"));
    }),
    { numRuns: 3000, seed: 6 },
  );
});
