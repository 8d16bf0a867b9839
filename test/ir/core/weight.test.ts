import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decodeNumbers,
  dtypes,
  encodeNumbers,
  floats,
  integers,
  narrowest,
  rangeOf,
  valuesOf,
  weight,
} from "../../../compiler/ir/core/index.ts";

for (const dtype of dtypes) {
  test(`${dtype} numbers are the same after encoding and decoding`, () => {
    const [low, high] = rangeOf(dtype) ?? [0, 0];
    const number =
      rangeOf(dtype) === null
        ? fc.float({ noNaN: true })
        : fc.maxSafeInteger().map((n) => Math.min(high, Math.max(low, n)));
    fc.assert(
      fc.property(fc.array(fc.oneof(number, fc.constantFrom(low, high))), (numbers) => {
        // Integer types have one zero.
        const data = Float64Array.from(numbers, (n) => (rangeOf(dtype) === null ? n : n + 0));
        expect(decodeNumbers(dtype, encodeNumbers(dtype, data))).toEqual(data);
      }),
    );
  });
}

test("the narrowest type just holds all numbers", () => {
  const of = (...data: readonly number[]): string => narrowest(Float64Array.from(data));
  expect([of(), of(127, -128), of(128), of(-129), of(32768), of(-(2 ** 31)), of(2 ** 31)]).toEqual([
    "i8",
    "i8",
    "i16",
    "i16",
    "i32",
    "i32",
    "i64",
  ]);
});

test("a grid applies scale and zero along its axis", () => {
  const grid = { scale: [0.5, 2], zero: [1, 0], axis: 1 };
  const w = weight({ name: "w", shape: [2, 2], dtype: "i8", grid, data: Float64Array.of(1, 2, 3, 4) });
  expect(valuesOf(w)).toEqual(Float64Array.of(0, 4, 1, 8));
  expect(w.stored()).toEqual(Float64Array.of(1, 2, 3, 4));
});

test("lazy numbers are made once, when they are asked for", () => {
  let made = 0;
  const w = weight({
    name: "w",
    shape: [1],
    dtype: "f64",
    data: () => {
      made++;
      return Float64Array.of(3);
    },
  });
  expect(made).toBe(0);
  expect([w.stored(), w.hash(), w.stored(), made].at(-1)).toBe(1);
});

test("numbers that do not fill the shape are an error when they are asked for", () => {
  const w = floats("w", [3], Float64Array.of(1));
  expect(() => w.stored()).toThrow("weight w: 1 values do not fill [3]");
});

test("the hash tells numbers, shape, type and grid apart, and not the name", () => {
  const hash = (parts: Partial<Parameters<typeof weight>[0]>): string =>
    weight({ name: "w", shape: [2], dtype: "i8", data: Float64Array.of(1, 2), ...parts }).hash();
  const hashes = [
    hash({}),
    hash({ data: Float64Array.of(1, 3) }),
    hash({ shape: [2, 1] }),
    hash({ dtype: "i16" }),
    hash({ grid: { scale: [1], zero: [0], axis: 0 } }),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(hash({ name: "other" })).toBe(hashes[0]);
  expect(integers("v", [2], Float64Array.of(1, 2)).hash()).toBe(hashes[0]);
});
