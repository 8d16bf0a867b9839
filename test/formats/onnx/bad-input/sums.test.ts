import { expect, test } from "vitest";
import { importOnnx } from "../../../../compiler/formats/onnx/index.ts";
import { splitTail } from "../../../../compiler/quantize/index.ts";
import { afterFloatPasses } from "../../../float-passes.ts";
import { lower } from "../../../quantize/support.ts";
import { faultsOf } from "../../../rejected.ts";
import { writeModel } from "../write-model.ts";

/** A wide layer of 16-bit levels and weights of 32 bits, as a quantization tool may write one. */
const wide = (inputs: number, weight: number): Uint8Array =>
  writeModel({
    inputs: [{ name: "x", dims: [1, inputs] }],
    outputs: ["y"],
    nodes: [
      { op: "QuantizeLinear", inputs: ["x", "s", "z"], outputs: ["q"], attributes: { output_dtype: 4 } },
      { op: "DequantizeLinear", inputs: ["q", "s"], outputs: ["d"] },
      { op: "DequantizeLinear", inputs: ["w", "s"], outputs: ["v"] },
      { op: "MatMul", inputs: ["d", "v"], outputs: ["y"], name: "wide" },
    ],
    initializers: [
      { name: "s", dims: [], data: [0.5] },
      { name: "z", dims: [], kind: "uint16", data: [0] },
      { name: "w", dims: [inputs, 1], kind: "int32", data: Array.from({ length: inputs }, () => weight) },
    ],
  });

const lowered = (bytes: Uint8Array): unknown =>
  lower(splitTail(afterFloatPasses(importOnnx(bytes, "m.onnx"))).chip);

test("B65: sums that may pass 2^53 are refused with their bound, never rounded", () => {
  const greatest = 2 ** 31 - 1;
  expect(faultsOf(() => lowered(wide(4, greatest)))).toEqual([]);
  const [fault] = faultsOf(() => lowered(wide(80, greatest)));
  expect([fault?.code, fault?.where.node]).toEqual(["quantize/sum-overflow", "wide"]);
  expect(fault?.why).toMatch(
    /^they may reach 112588272644\d+, and doubles hold whole numbers up to 9007199254740991$/,
  );
});
