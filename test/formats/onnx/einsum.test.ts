import { expect, test } from "vitest";
import { importOnnx } from "../../../compiler/formats/onnx/index.ts";
import { nodesOf, sizeOf } from "../../../compiler/ir/core/index.ts";
import { codesOf } from "../../rejected.ts";
import { compareWithOnnxruntime } from "./oracle.ts";
import { type TensorSpec, writeModel } from "./write-model.ts";

const tensor = (name: string, dims: readonly number[]): TensorSpec => ({
  name,
  dims,
  data: Array.from({ length: sizeOf(dims) }, (_, i) => (((i * 5) % 17) - 8) / 8),
});

/** An equation over x and constants c0, c1, ... or x again where no shape is given. */
const modelOf = (
  equation: string,
  x: readonly number[],
  others: readonly (readonly number[] | null)[],
): Uint8Array =>
  writeModel({
    inputs: [{ name: "x", dims: x }],
    outputs: ["y"],
    nodes: [
      {
        op: "Einsum",
        inputs: ["x", ...others.map((shape, i) => (shape === null ? "x" : `c${i}`))],
        outputs: ["y"],
        attributes: { equation },
      },
    ],
    initializers: others.flatMap((shape, i) => (shape === null ? [] : [tensor(`c${i}`, shape)])),
  });

const equal: readonly (readonly [string, readonly number[], readonly (readonly number[] | null)[]])[] = [
  ["bij,jk->bik", [1, 3, 4], [[4, 5]]],
  ["bhid,bhjd->bhij", [1, 2, 3, 4], [null]],
  ["bij , bik -> b j k", [1, 3, 4], [null]],
  ["...ij,...jk->...ik", [1, 2, 3, 3], [null]],
  ["b...i,ij->b...j", [1, 2, 3, 4], [[4, 2]]],
  ["bij->bji", [1, 3, 4], []],
  ["bij->bi", [1, 3, 4], []],
  ["bij->b", [1, 3, 4], []],
  ["bi,bj->bij", [1, 3], [null]],
  ["bij,ij->bij", [1, 3, 4], [[3, 4]]],
  ["bij,j->bi", [1, 3, 4], [[4]]],
  [
    "bij,jk,kl->bil",
    [1, 3, 4],
    [
      [4, 5],
      [5, 2],
    ],
  ],
  ["bchw,oc->bohw", [1, 3, 2, 2], [[4, 3]]],
  ["bij,jk", [1, 3, 4], [[4, 5]]],
  ["zij,jk", [1, 3, 4], [[4, 5]]],
];

test.each(equal)("%s over %j gives what onnxruntime gives", async (equation, x, others) => {
  const sample = Float64Array.from({ length: sizeOf(x) }, (_, i) => (((i * 7) % 13) - 6) / 4);
  const bytes = modelOf(equation, x, others);
  const { values, error } = await compareWithOnnxruntime(bytes, [sample]);
  expect(values).toBe(1);
  expect(error).toBeLessThan(1e-5);
});

test("a product with a constant matrix is a layer, on either side", () => {
  const ops = (equation: string, swap: boolean): readonly string[] => {
    const bytes = writeModel({
      inputs: [{ name: "x", dims: [1, 3, 4] }],
      outputs: ["y"],
      nodes: [
        { op: "Einsum", inputs: swap ? ["w", "x"] : ["x", "w"], outputs: ["y"], attributes: { equation } },
      ],
      initializers: [tensor("w", [4, 5])],
    });
    return nodesOf(importOnnx(bytes, "m.onnx")).map(({ op }) => op);
  };
  expect(ops("bij,jk->bik", false)).toEqual(["input", "dense"]);
  expect(ops("jk,bij->bik", true)).toEqual(["input", "dense"]);
});

test.each([
  ["an operand too many", "bij,jk,kl->bil", "onnx/attribute"],
  ["an axis too few", "bi,jk->bijk", "onnx/attribute"],
  ["a result axis that no operand has", "bij,jk->bz", "onnx/attribute"],
  ["a result axis twice", "bij,jk->bbk", "onnx/attribute"],
  ["two arrows", "bij->jk->bik", "onnx/attribute"],
  ["a word that is no letter", "b1j,jk->bk", "onnx/attribute"],
  ["two dots", "bij..,jk->bik", "onnx/attribute"],
  ["extents that differ", "bij,ik->bjk", "onnx/shape"],
  ["a diagonal", "bii,ij->bj", "onnx/unsupported-form"],
])("an equation with %s is refused", (_, equation, code) => {
  expect(codesOf(() => importOnnx(modelOf(equation, [1, 3, 4], [[4, 5]]), "m.onnx"))).toEqual([code]);
});
