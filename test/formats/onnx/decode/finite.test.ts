import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decodeModel,
  firstNonFinite,
  nonFiniteIn,
  type OnnxTensor,
  sameNumbers,
  tensorValues,
  tensorWeight,
} from "../../../../compiler/formats/onnx/decode/index.ts";
import { floats } from "../../../../compiler/ir/core/index.ts";
import { codesOf } from "../../../rejected.ts";
import { bytesField, concat, float, floatBytes, message, modelWith, packed, tensor, text } from "./encode.ts";

const read = (...fields: readonly Uint8Array[]): OnnxTensor => {
  const [first] = decodeModel(modelWith(...fields), "m.onnx").graph.initializers;
  if (first === undefined) throw new Error("no initializer");
  return first;
};

/** Element types of floating-point numbers, with their width in bytes. */
const floatTypes = [
  [1, 4],
  [10, 2],
  [11, 8],
  [16, 2],
  [17, 1],
  [18, 1],
  [19, 1],
  [20, 1],
  [24, 1],
] as const;

test("the scan of bytes finds the same first NaN or infinity as the values do", () => {
  const bytes = fc.uint8Array({ minLength: 8, maxLength: 64, size: "max" });
  const sparse = fc.tuple(fc.constantFrom(...floatTypes), bytes, fc.nat(7));
  fc.assert(
    fc.property(sparse, ([[code, width], random, shift]) => {
      // Exponents of all ones are rare in random bytes: set many bits.
      const data = random.map((byte, i) => (i % 3 === shift % 3 ? byte | 0x7f : byte));
      const count = Math.floor(data.length / width);
      const raw = bytesField(9, data.subarray(0, count * width));
      // A text of varying length moves the bytes off the border of a word.
      const found = read(text(12, "d".repeat(shift)), tensor("t", code, [count]), raw);
      const expected = tensorValues(found).data.findIndex((x) => !Number.isFinite(x));
      expect(firstNonFinite(found)).toBe(expected);
    }),
    { numRuns: 1000, seed: 11 },
  );
});

test("a value far behind in a large tensor is found with its index", () => {
  const data = new Float32Array(100_000).fill(1);
  data[77_777] = Number.NEGATIVE_INFINITY;
  expect(firstNonFinite(read(tensor("t", 1, [100_000]), bytesField(9, new Uint8Array(data.buffer))))).toBe(
    77_777,
  );
});

test("typed fields are scanned, packed and one by one", () => {
  expect(firstNonFinite(read(tensor("t", 1, [3]), message(4, floatBytes(1, Number.NaN, 2))))).toBe(1);
  expect(firstNonFinite(read(tensor("t", 1, [2]), float(4, 1), float(4, Infinity)))).toBe(1);
  expect(firstNonFinite(read(tensor("t", 10, [2]), packed(5, 0x3c00, 0x7c00)))).toBe(1);
});

test("integers are finite", () => {
  expect(
    firstNonFinite(read(tensor("t", 6, [1]), bytesField(9, Uint8Array.of(0xff, 0xff, 0xff, 0x7f)))),
  ).toBe(-1);
});

test("a weight keeps its element type, and its numbers are those of the tensor", () => {
  const made = tensorWeight(read(tensor("t", 3, [2]), packed(5, -128n, 127)), "w");
  expect([made.name, made.dtype, made.shape, [...made.stored()]]).toEqual(["w", "i8", [2], [-128, 127]]);
});

test("what only the values can tell is told when the weight is made", () => {
  const made = (...fields: readonly Uint8Array[]) => codesOf(() => tensorWeight(read(...fields), "w"));
  expect(made(tensor("t", 3, [1]), packed(5, 128))).toEqual(["onnx/value-range"]);
  expect(made(tensor("t", 7, [1]), packed(7, 2n ** 60n))).toEqual(["onnx/value-range"]);
  expect(made(tensor("t", 8, [1]), text(6, "a"))).toEqual(["onnx/dtype"]);
});

test("a weight is judged without its numbers, and so is one that holds the same in another order", () => {
  const bad = tensorWeight(read(tensor("t", 1, [2]), bytesField(9, floatBytes(1, Number.NaN))), "w");
  expect(nonFiniteIn(bad)).toBe(1);
  const never = {
    ...floats("r", [2], Float64Array.of(0, 0)),
    stored: () => {
      throw new Error("the numbers were made");
    },
  };
  expect(nonFiniteIn(sameNumbers(never, bad))).toBe(1);
  expect(nonFiniteIn(floats("f", [2], Float64Array.of(0, Infinity)))).toBe(1);
  expect(nonFiniteIn(floats("f", [1], Float64Array.of(0)))).toBe(-1);
  const sparse = concat(
    message(1, tensor("s", 1, [1]), bytesField(9, floatBytes(Infinity))),
    message(2, tensor("i", 7, [1]), packed(7, 3)),
    packed(3, 5),
  );
  const [initializer] = decodeModel(concat(message(7, message(15, sparse))), "m").graph.initializers;
  expect(initializer === undefined ? null : nonFiniteIn(tensorWeight(initializer, "s"))).toBe(3);
});
