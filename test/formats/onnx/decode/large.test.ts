import { expect, test } from "vitest";
import {
  decodeModel,
  firstNonFinite,
  nonFiniteIn,
  tensorWeight,
} from "../../../../compiler/formats/onnx/decode/index.ts";
import { importOnnx } from "../../../../compiler/formats/onnx/index.ts";
import { prepareModel } from "../../../../compiler/formats/onnx/prepare/index.ts";
import { seconds } from "../bad-input/faults.ts";
import { bytesField, concat, int, message, model, tensor, text } from "./encode.ts";

const megabyte = 2 ** 20;

/** A model of 4 initializers of 25 MB. `field` is raw_data (9) or float_data (4); `before` moves them off a word's border. */
const large = (field: number, before: number): Uint8Array => {
  const values = new Uint8Array(25 * megabyte).fill(0x3c);
  const initializer = (name: string): Uint8Array =>
    concat(text(12, "d".repeat(before)), tensor(name, 1, [25 * 2 ** 18]), bytesField(field, values));
  return model(...["a", "b", "c", "d"].map((name) => message(5, initializer(name))));
};

const plainly = { dims: new Map<string, number>(), rebatch: false, keep: () => false };

for (const [kind, field, before] of [
  ["raw_data on a word's border or not", 9, 1],
  ["packed float_data", 4, 2],
] as const)
  test(`100 MB of ${kind} are decoded, made weights and scanned without a copy`, () => {
    const bytes = large(field, before);
    const held = process.memoryUsage().arrayBuffers;
    const time = seconds(() => {
      const { initializers } = prepareModel(decodeModel(bytes, "large.onnx"), plainly).model.graph;
      const weights = initializers.map((one) => tensorWeight(one, one.name));
      expect(weights.map(nonFiniteIn)).toEqual([-1, -1, -1, -1]);
    });
    // The bars are 1 s and 300 MB for the whole import; this part needs far less on a slow machine too.
    expect(time).toBeLessThan(1);
    expect(process.memoryUsage().arrayBuffers - held).toBeLessThan(32 * megabyte);
  });

test("a network of 100 MB is imported without making its numbers", () => {
  const extent = 2560;
  const values = new Uint8Array(4 * extent * extent).fill(0x3c);
  const layers = [0, 1, 2, 3].flatMap((i) => [
    message(1, text(1, `h${i}`), text(1, `w${i}`), text(2, `h${i + 1}`), text(4, "MatMul")),
    message(5, tensor(`w${i}`, 1, [extent, extent]), bytesField(9, values)),
  ]);
  const dims = message(2, message(1, text(2, "N")), message(1, int(1, extent)));
  const input = message(11, text(1, "h0"), message(2, message(1, int(1, 1), dims)));
  const bytes = model(...layers, input, message(12, text(1, "h4")));
  const held = process.memoryUsage().arrayBuffers;
  const time = seconds(() => {
    expect(importOnnx(bytes, "large.onnx").outputs[0]?.value.type.shape).toEqual([extent]);
  });
  expect(time).toBeLessThan(1);
  expect(process.memoryUsage().arrayBuffers - held).toBeLessThan(32 * megabyte);
});

test("a NaN in the last of 100 MB is found", () => {
  const bytes = large(9, 3);
  // Only the opset stands after it.
  const last = bytes.lastIndexOf(0x3c);
  bytes.fill(0xff, last - 3, last + 1);
  const { initializers } = decodeModel(bytes, "large.onnx").graph;
  expect(initializers.map(firstNonFinite)).toEqual([-1, -1, -1, 25 * 2 ** 18 - 1]);
});
