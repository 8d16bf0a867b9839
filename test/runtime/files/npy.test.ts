import fc from "fast-check";
import { expect, test } from "vitest";
import { type ArrayData, readNpy, writeNpy } from "../../../runtime/files/index.ts";
import { codesOf, faultsOf, survives } from "../../rejected.ts";
import { fixture, fromBase64 } from "./numpy-fixture.ts";

const withHeader = (header: string, data: Uint8Array = new Uint8Array()): Uint8Array => {
  const text = Buffer.from(header, "latin1");
  const length = Buffer.alloc(2);
  length.writeUInt16LE(text.length);
  return new Uint8Array(
    Buffer.concat([Buffer.from("\u0093NUMPY\u0001\u0000", "latin1"), length, text, data]),
  );
};

const [first] = fixture.npy;

for (const { name, base64, shape, values } of fixture.npy) {
  test(`reads ${name} as NumPy wrote it`, () => {
    const array = readNpy(fromBase64(base64), "x.npy");
    expect([array.shape, [...array.data]]).toEqual([shape, values.split(" ").filter(Boolean).map(Number)]);
  });
}

test("writes the bytes that numpy.save writes", () => {
  for (const { base64, canonical } of fixture.npy) {
    const bytes = fromBase64(base64);
    if (canonical) expect(Buffer.from(writeNpy(readNpy(bytes, "x.npy"))).toString("base64")).toBe(base64);
  }
});

test("image bytes stay bytes and are not copied", () => {
  const bytes = writeNpy({ shape: [2, 2], dtype: "u8", data: Uint8Array.of(1, 2, 3, 4) });
  const { data } = readNpy(bytes, "x.npy");
  expect([data.constructor, data.buffer]).toEqual([Uint8Array, bytes.buffer]);
});

test("every array that is written reads back", () => {
  const arrays: fc.Arbitrary<ArrayData> = fc.oneof(
    fc.float64Array().map((data): ArrayData => ({ shape: [data.length], dtype: "f64", data })),
    fc.float32Array().map((data): ArrayData => ({ shape: [1, data.length], dtype: "f32", data })),
    fc.uint16Array().map((data): ArrayData => ({ shape: [data.length, 1], dtype: "u16", data })),
    fc
      .array(fc.maxSafeInteger())
      .map((list): ArrayData => ({ shape: [list.length], dtype: "i64", data: Float64Array.from(list) })),
    fc
      .array(fc.maxSafeNat())
      .map((list): ArrayData => ({ shape: [list.length], dtype: "u64", data: Float64Array.from(list) })),
  );
  fc.assert(
    fc.property(arrays, (array) => {
      expect(readNpy(writeNpy(array), "x.npy")).toEqual(array);
    }),
  );
});

test("types that are not read are named", () => {
  for (const { name, base64 } of fixture.refused) {
    const [fault] = faultsOf(() => readNpy(fromBase64(base64), "x.npy", "a"));
    expect([name, fault?.code]).toEqual([name, name === "record" ? "data/damaged" : "data/dtype"]);
    expect(fault?.what + (fault?.why ?? "")).toContain(name === "record" ? "record type" : 'array "a"');
  }
});

test("a header is data: an expression in it is refused", () => {
  const headers = [
    "__import__('os').system('true')",
    "{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}",
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}",
    "{'descr': '<f4', 'fortran_order': False}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} + {}",
    `{'descr': '<f4', 'fortran_order': False, 'shape': (${"1,".repeat(20000)})}`,
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999,)}",
  ];
  for (const header of headers)
    expect(codesOf(() => readNpy(withHeader(header), "x.npy"))).toEqual(["data/damaged"]);
});

test("a shape that the data does not fill is refused with both numbers", () => {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1), }";
  const [fault] = faultsOf(() => readNpy(withHeader(header, new Uint8Array(4)), "x.npy"));
  expect([fault?.code, fault?.where.file]).toEqual(["data/size", "x.npy"]);
  expect(fault?.why).toBe("shape [1000000, 1] of f32 needs 4000000 bytes, 4 are there");
});

test("header lengths beyond the file are refused", () => {
  const bytes = fromBase64(first?.base64 ?? "").slice();
  bytes.fill(0xff, 8, 10);
  expect(codesOf(() => readNpy(bytes, "x.npy"))).toEqual(["data/damaged"]);
  const wide = Uint8Array.from(bytes);
  wide[6] = 2;
  wide.fill(0xff, 8, 12);
  expect(faultsOf(() => readNpy(wide, "x.npy"))[0]?.why).toContain("4294967295");
});

test("an integer beyond 2^53 is refused, not rounded", () => {
  const header = "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }";
  const data = new Uint8Array(new BigInt64Array([1n, 2n ** 53n]).buffer);
  const [fault] = faultsOf(() => readNpy(withHeader(header, data), "x.npy"));
  expect([fault?.code, fault?.what]).toEqual([
    "data/value-range",
    "value 1 of the array is too large to be exact",
  ]);
});

test("an array cut at any byte is refused", () => {
  const bytes = fromBase64(first?.base64 ?? "");
  for (let cut = 0; cut < bytes.length; cut++)
    expect(survives(() => readNpy(bytes.subarray(0, cut), "x.npy"))).toBe(false);
});

test("3,000 byte changes give an array or a refusal", () => {
  const bytes = fromBase64(first?.base64 ?? "");
  const edit = fc.record({ at: fc.nat(bytes.length - 1), value: fc.integer({ min: 0, max: 255 }) });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      const changed = bytes.slice();
      for (const { at, value } of edits) changed[at] = value;
      survives(() => readNpy(changed, "x.npy"));
    }),
    { numRuns: 3000, seed: 5 },
  );
});
