import { test } from "vitest";
import { decodeModel } from "../../compiler/formats/onnx/decode/index.ts";
import { importOnnx } from "../../compiler/formats/onnx/index.ts";
import { join, message, concat } from "../formats/onnx/decode/encode.ts";
import { graph, modelBytes, node } from "../formats/onnx/prepare/models.ts";
import { seconds } from "../formats/onnx/bad-input/faults.ts";
test("x", () => {
  const one = message(1, node("Identity", "x > y"));
  const b = modelBytes(join(Array.from({ length: 262000 }, () => one)));
  console.log("nodes", seconds(() => decodeModel(b, "m")), process.memoryUsage().heapUsed / 1e6);
  const sum = message(1, node("Sum", `${"x ".repeat(1000)} > y`));
  const b2 = modelBytes(join(Array.from({ length: 4100 }, () => sum)));
  console.log("edges", seconds(() => decodeModel(b2, "m")));
  const encoded = Array.from({ length: 50000 }, (_, i) => message(1, node("Identity", `v${i} > v${i + 1}`)));
  const first = message(11, Uint8Array.of(10,2,118,48), message(2, message(1, Uint8Array.of(8, 1, 18, 8, 10, 2, 8, 1, 10, 2, 8, 4))));
  const b3 = modelBytes(concat(join(encoded), first, graph("", "v50000")));
  console.log("chain", seconds(() => importOnnx(b3, "m")));
  console.log("chain decode", seconds(() => decodeModel(b3, "m")));
});
