import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decodeModel,
  type OnnxTensor,
  tensorProblem,
  tensorValues,
} from "../../../../compiler/formats/onnx/decode/index.ts";
import { codesOf } from "../../../rejected.ts";
import {
  bytesField,
  concat,
  float,
  floatBytes,
  int,
  message,
  modelWith,
  packed,
  tensor,
  text,
} from "./encode.ts";

const read = (...fields: readonly Uint8Array[]): OnnxTensor => {
  const [first] = decodeModel(modelWith(...fields), "m.onnx").graph.initializers;
  if (first === undefined) throw new Error("no initializer");
  return first;
};

const valuesOf = (...fields: readonly Uint8Array[]): readonly number[] => [
  ...tensorValues(read(...fields)).data,
];

const raw = (...bytes: readonly number[]): Uint8Array => bytesField(9, Uint8Array.from(bytes));

test("reads each element type from raw bytes, little-endian", () => {
  expect(valuesOf(tensor("t", 1, [2]), bytesField(9, floatBytes(1.5, -0.1)))).toEqual([
    1.5,
    Math.fround(-0.1),
  ]);
  expect(valuesOf(tensor("t", 2, [2]), raw(0, 255))).toEqual([0, 255]);
  expect(valuesOf(tensor("t", 3, [2]), raw(127, 128))).toEqual([127, -128]);
  expect(valuesOf(tensor("t", 4, [1]), raw(1, 255))).toEqual([0xff01]);
  expect(valuesOf(tensor("t", 5, [1]), raw(1, 255))).toEqual([-255]);
  expect(valuesOf(tensor("t", 6, [1]), raw(254, 255, 255, 255))).toEqual([-2]);
  expect(valuesOf(tensor("t", 7, [1]), raw(254, 255, 255, 255, 255, 255, 255, 255))).toEqual([-2]);
  expect(valuesOf(tensor("t", 9, [3]), raw(0, 1, 2))).toEqual([0, 1, 1]);
  expect(valuesOf(tensor("t", 10, [2]), raw(0, 0x3c, 1, 0x80))).toEqual([1, -(2 ** -24)]);
  expect(valuesOf(tensor("t", 11, [1]), raw(0, 0, 0, 0, 0, 0, 0xf0, 0xbf))).toEqual([-1]);
  expect(valuesOf(tensor("t", 12, [1]), raw(254, 255, 255, 255))).toEqual([4294967294]);
  expect(valuesOf(tensor("t", 13, [1]), raw(0, 0, 0, 0, 1, 0, 0, 0))).toEqual([2 ** 32]);
  expect(valuesOf(tensor("t", 16, [2]), raw(0x80, 0x3f, 0x80, 0xff))).toEqual([1, -Infinity]);
});

test("4-bit values come low nibble first and share the last byte", () => {
  expect(valuesOf(tensor("t", 22, [3]), raw(0x8f, 0x07))).toEqual([-1, -8, 7]);
  expect(valuesOf(tensor("t", 21, [3]), raw(0x8f, 0x07))).toEqual([15, 8, 7]);
  expect(valuesOf(tensor("t", 22, [3]), packed(5, 0x8f, 0x07))).toEqual([-1, -8, 7]);
});

test("reads each typed field, packed and one by one", () => {
  const unpackedFloats = concat(float(4, 1), float(4, -2));
  expect(valuesOf(tensor("t", 1, [2]), unpackedFloats)).toEqual([1, -2]);
  expect(valuesOf(tensor("t", 1, [2]), message(4, floatBytes(1, -2)))).toEqual([1, -2]);
  expect(valuesOf(tensor("t", 3, [3]), packed(5, -128n, 0, 127))).toEqual([-128, 0, 127]);
  expect(valuesOf(tensor("t", 6, [2]), int(5, -5n), int(5, 5))).toEqual([-5, 5]);
  expect(valuesOf(tensor("t", 7, [2]), packed(7, -(2n ** 40n), 9))).toEqual([-(2 ** 40), 9]);
  expect(valuesOf(tensor("t", 10, [2]), packed(5, 0x3c00, 0xc000))).toEqual([1, -2]);
  expect(valuesOf(tensor("t", 11, [1]), message(10, Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf0, 0x3f)))).toEqual([
    1,
  ]);
  expect(valuesOf(tensor("t", 12, [1]), packed(11, 4294967295))).toEqual([4294967295]);
  expect(valuesOf(tensor("t", 13, [2]), packed(11, 7, 2n ** 64n - 1n))).toEqual([7, Number.MAX_SAFE_INTEGER]);
});

test("values do not depend on where the field stands among the others", () => {
  expect(valuesOf(float(4, 1), tensor("t", 1, [2]), text(12, "doc"), float(4, 2))).toEqual([1, 2]);
});

test("half precision agrees with the definition on every finite pattern", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff }), (bits) => {
      const exponent = (bits >> 10) & 31;
      fc.pre(exponent !== 31);
      const [value] = valuesOf(tensor("t", 10, [1]), raw(bits & 255, bits >> 8));
      const magnitude =
        exponent === 0 ? (bits & 1023) / 2 ** 24 : (1 + (bits & 1023) / 1024) * 2 ** (exponent - 15);
      expect(value).toBe(bits & 0x8000 ? -magnitude : magnitude);
    }),
  );
});

test("a scalar has one value and an empty tensor none", () => {
  expect(tensorValues(read(tensor("t", 1, []), raw(0, 0, 128, 63)))).toEqual({
    shape: [],
    dtype: "f32",
    data: Float64Array.of(1),
  });
  expect(tensorValues(read(tensor("t", 1, [3, 0])))).toEqual({
    shape: [3, 0],
    dtype: "f32",
    data: new Float64Array(),
  });
});

test("an integer that does not fit its type is named with its index", () => {
  expect(codesOf(() => valuesOf(tensor("t", 3, [2]), packed(5, 1, 128)))).toEqual(["onnx/value-range"]);
  expect(codesOf(() => valuesOf(tensor("t", 12, [1]), packed(11, 2n ** 32n)))).toEqual(["onnx/value-range"]);
  const unsafe = read(tensor("t", 7, [2]), packed(7, 1, 2n ** 53n));
  expect(() => tensorValues(unsafe)).toThrow('value 1 of "t" does not fit its type');
});

test("element types that are not read are named before the values are asked for", () => {
  expect(tensorProblem(read(tensor("t", 14, [2]), raw(1, 2)))?.what).toBe(
    'tensor "t" has element type COMPLEX64, which is not read',
  );
  expect(tensorProblem(read(tensor("t", 99, [2]), raw(1, 2)))?.what).toContain("element type number 99");
  expect(codesOf(() => valuesOf(tensor("t", 8, [1]), text(6, "a")))).toEqual(["onnx/dtype"]);
});

test("external data of a model that was given as bytes has no values", () => {
  const external = read(tensor("t", 1, [2]), message(13, text(1, "location"), text(2, "w.bin")), int(14, 1));
  expect(external.storage).toEqual({ kind: "external", location: "w.bin", range: null });
  expect(tensorProblem(external)?.why).toContain('"w.bin"');
  expect(codesOf(() => tensorValues(external))).toEqual(["onnx/external-data"]);
});

test("2-bit values come lowest bits first, four to a byte", () => {
  expect(valuesOf(tensor("t", 25, [5]), raw(0b11_10_01_00, 0b10))).toEqual([0, 1, 2, 3, 2]);
  expect(valuesOf(tensor("t", 26, [5]), raw(0b11_10_01_00, 0b10))).toEqual([0, 1, -2, -1, -2]);
  expect(valuesOf(tensor("t", 26, [5]), packed(5, 0b11_10_01_00, 0b10))).toEqual([0, 1, -2, -1, -2]);
});

test("the small floats have the values of their tables", () => {
  // Greatest, least above zero, one, and what the special patterns mean, of each type.
  const of = (code: number, ...bytes: readonly number[]) =>
    valuesOf(tensor("t", code, [bytes.length]), raw(...bytes));
  expect(of(17, 0x7e, 0x01, 0x38, 0x7f, 0x80)).toEqual([448, 2 ** -9, 1, Number.NaN, -0]);
  expect(of(18, 0x7f, 0x01, 0x40, 0x80)).toEqual([240, 2 ** -10, 1, Number.NaN]);
  expect(of(19, 0x7b, 0x01, 0x3c, 0x7c, 0xfd)).toEqual([57344, 2 ** -16, 1, Infinity, Number.NaN]);
  expect(of(20, 0x7f, 0x01, 0x40, 0x80)).toEqual([57344, 2 ** -17, 1, Number.NaN]);
  expect(of(24, 0, 127, 254, 255)).toEqual([2 ** -127, 1, 2 ** 127, Number.NaN]);
  expect(valuesOf(tensor("t", 23, [8]), raw(0x10, 0x32, 0x54, 0xf6))).toEqual([0, 0.5, 1, 1.5, 2, 3, 4, -6]);
  expect(valuesOf(tensor("t", 17, [2]), packed(5, 0x38, 0xb8))).toEqual([1, -1]);
});
