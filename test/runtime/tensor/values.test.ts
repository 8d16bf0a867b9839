import fc from "fast-check";
import { expect, test } from "vitest";
import { item } from "../../../compiler/ir/core/index.ts";
import { makeTensor } from "../../../compiler/ir/tensor/index.ts";
import { nothing, one, result } from "./apply.ts";
import { runNode } from "./oracle.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

type BinaryFn = "divide" | "modulo" | "remainder" | "power" | "subtract" | "multiply";

const pairs = (
  fn: BinaryFn | "minimum" | "less" | "and" | "or" | "xor" | "lessEqual" | "equal" | "maximum",
  x: readonly number[],
  y: readonly number[],
  dtype: "f32" | "i64" = "f32",
): readonly number[] => {
  const shape = [x.length];
  const given = [
    { shape, data: x, dtype },
    { shape, data: y, dtype },
  ];
  return Array.from(result(given, (a = nothing, b = nothing) => makeTensor("binary", [a, b], { fn })).data);
};

test("integers divide towards zero, floats do not, and an integer over zero is 0", () => {
  expect(pairs("divide", [7, -7, 7, 5], [2, 2, -2, 0], "i64")).toEqual([3, -3, -3, 0]);
  expect(pairs("divide", [7, -1, 1, 0], [2, 4, 0, 0])).toEqual([3.5, -0.25, inf, nan]);
});

test("modulo has the sign of the divisor, remainder that of the dividend", () => {
  const [x, y] = [
    [7, -7, 7, -7, 6],
    [3, 3, -3, -3, 3],
  ];
  expect(pairs("modulo", x, y, "i64")).toEqual([1, 2, -2, -1, 0]);
  expect(pairs("remainder", x, y, "i64")).toEqual([1, -1, 1, -1, 0]);
  expect(pairs("modulo", [-0.5, 5.5], [2, -2])).toEqual([1.5, -0.5]);
  expect(pairs("remainder", [-0.5, 5.5], [2, -2])).toEqual([-0.5, 1.5]);
});

test("power takes whole, half and other exponents as C does", () => {
  expect(pairs("power", [2, 2, -2, 9, 0, 0, 1, -8], [10, -2, 3, 0.5, 0, 2, inf, 0.25])).toEqual([
    1024,
    0.25,
    -8,
    3,
    1,
    0,
    1,
    nan,
  ]);
  expect(pairs("power", [2], [0.75])[0]).toBeCloseTo(1.681792830507429, 14);
  expect(pairs("power", [2, 2, 0.5, -1], [inf, -inf, inf, inf])).toEqual([inf, 0, 0, 1]);
  expect(pairs("power", [3, 7], [4, 0], "i64")).toEqual([81, 1]);
});

test("comparisons and truths", () => {
  const [x, y] = [
    [0, 1, 2, 2],
    [0, 2, 0, 2],
  ];
  expect(pairs("equal", x, y)).toEqual([1, 0, 0, 1]);
  expect(pairs("less", x, y)).toEqual([0, 1, 0, 0]);
  expect(pairs("lessEqual", x, y)).toEqual([1, 1, 0, 1]);
  expect(pairs("and", x, y)).toEqual([0, 1, 0, 1]);
  expect(pairs("or", x, y)).toEqual([0, 1, 1, 1]);
  expect(pairs("xor", x, y)).toEqual([0, 0, 1, 0]);
  expect(pairs("minimum", [1, nan], [2, 0])).toEqual([1, nan]);
  expect(pairs("maximum", [1, 3], [2, 0])).toEqual([2, 3]);
});

test("select takes the second input where the first is not zero", () => {
  const data = [
    { shape: [3], data: [1, 0, 5] },
    { shape: [3], data: [1, 2, 3] },
    { shape: [3], data: [-1, -2, -3] },
  ];
  const { data: y } = result(data, (c = nothing, a = nothing, b = nothing) =>
    makeTensor("select", [c, a, b], {}),
  );
  expect(Array.from(y)).toEqual([1, -2, 3]);
});

const casts: readonly (readonly [
  "f32" | "f16" | "bf16" | "i64" | "i32" | "i16" | "i8" | "i4" | "u64" | "u32" | "u16" | "u8" | "u4" | "bool",
  readonly number[],
  readonly number[],
])[] = [
  ["f32", [0.1, 1e40, nan], [0.10000000149011612, inf, nan]],
  [
    "f16",
    [2049, 2051, 65519, 65520, -1e9, 2 ** -25, 3 * 2 ** -25],
    [2048, 2052, 65504, inf, -inf, 0, 2 ** -23],
  ],
  ["bf16", [257, 259, 0.1, 3.4e38], [256, 260, 0.10009765625, inf]],
  ["i8", [127.9, 128, -129, 300.7, -0.5, nan], [127, -128, 127, 44, 0, 0]],
  ["u8", [-1, 256, 255.9], [255, 0, 255]],
  ["i4", [8, -9, 1.5], [-8, 7, 1]],
  ["u4", [16, -1, 9.7], [0, 15, 9]],
  ["i16", [32768, -32769], [-32768, 32767]],
  ["u16", [65536, -1], [0, 65535]],
  ["i32", [2 ** 31, nan, -inf, -2.9], [-(2 ** 31), -(2 ** 31), -(2 ** 31), -2]],
  ["u32", [2 ** 32, -1, nan], [0, 2 ** 32 - 1, 0]],
  ["i64", [2 ** 63, inf, -2.5], [-(2 ** 63), -(2 ** 63), -2]],
  ["u64", [-4096, nan, 5.5], [2 ** 64 - 4096, 2 ** 63, 5]],
  ["bool", [0, -0, 0.2, nan], [0, 0, 1, 1]],
];

for (const [to, x, y] of casts)
  test(`a cast to ${to}`, () =>
    expect(one([x.length], x, (node) => makeTensor("cast", [node], { to }))).toEqual(y));

const numbers = [3, 1, 2, 3, -1, 0];

test("argmax and argmin name the first or the last of equals", () => {
  const at = (attrs: { readonly lowest?: boolean; readonly last?: boolean }): readonly number[] =>
    one([4], [1, 3, 3, 1], (x) => makeTensor("argmax", [x], { axis: 0, ...attrs }));
  expect([at({}), at({ last: true }), at({ lowest: true }), at({ lowest: true, last: true })]).toEqual([
    [1],
    [2],
    [0],
    [3],
  ]);
});

test("topK orders, takes equals by their index, and gives values or indices", () => {
  const top = (lowest: boolean, emit: "values" | "indices", axis: number, k: number): readonly number[] =>
    one([2, 3], numbers, (x) => makeTensor("topK", [x], { k, axis, lowest, emit }));
  expect(top(false, "values", 1, 2)).toEqual([3, 2, 3, 0]);
  expect(top(false, "indices", 1, 3)).toEqual([0, 2, 1, 0, 2, 1]);
  expect(top(true, "indices", 0, 1)).toEqual([0, 1, 1]);
  expect(top(true, "values", 0, 2)).toEqual([3, -1, 0, 3, 1, 2]);
});

test("a mean of integers is rounded towards zero", () => {
  const given = [{ shape: [2, 2], data: [1, 2, -1, -2], dtype: "i64" as const }];
  const { data } = result(given, (x = nothing) => makeTensor("reduce", [x], { fn: "mean", axes: [1] }));
  expect(Array.from(data)).toEqual([1, -1]);
});

test("log of a sum of exponentials does not overflow", () => {
  const fn = "logSumExp";
  expect(one([2], [1000, 1000], (x) => makeTensor("reduce", [x], { fn, axes: [0] }))).toEqual([
    1000 + Math.log(2),
  ]);
  expect(one([1], [-inf], (x) => makeTensor("reduce", [x], { fn, axes: [0] }))).toEqual([-inf]);
});

test("normalize keeps zeros, and its norm is no less than epsilon", () => {
  const norm = (of: "l1" | "l2" | "rms", epsilon: number, data: readonly number[], center = false) =>
    one([data.length], data, (x) => makeTensor("normalize", [x], { axes: [0], center, norm: of, epsilon }));
  expect(norm("l2", 0, [0, 0])).toEqual([0, 0]);
  expect(norm("l2", 0, [3, -4])).toEqual([0.6, -0.8]);
  expect(norm("l1", 10, [1, -4])).toEqual([0.1, -0.4]);
  expect(norm("rms", 3, [1, 3], true)).toEqual([-0.5, 0.5]);
});

test("log softmax of large numbers", () => {
  const y = one([2], [1000, 0], (x) => makeTensor("softmax", [x], { axis: 0, log: true }));
  expect(y).toEqual([0, -1000]);
});

const integerPairs = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 9 })), {
  minLength: 1,
  maxLength: 20,
});

test("functions of integers are those of onnxruntime", async () => {
  const fns: readonly BinaryFn[] = ["divide", "modulo", "remainder", "power", "subtract", "multiply"];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...fns), integerPairs, fc.boolean(), async (fn, list, negative) => {
      const shape = [list.length];
      const data = [list.map(([x]) => x), list.map(([, y]) => (negative && fn !== "power" ? -y : y))];
      const [a, b] = ["a", "b"].map((name) => makeTensor("input", [], { name, shape, dtype: "i64" }));
      const node = makeTensor("binary", [a ?? nothing, b ?? nothing], { fn });
      const inputs = data.map((values) => ({ shape, data: Float64Array.from(values) }));
      const ours = pairs(fn, item(data, 0), item(data, 1), "i64");
      const theirs = await runNode(node, inputs);
      expect(Array.from(theirs?.data ?? [])).toEqual(ours);
    }),
    { numRuns: 60, seed: 4 },
  );
});
