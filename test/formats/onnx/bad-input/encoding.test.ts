import { expect, test } from "vitest";
import { importOnnx } from "../../../../compiler/formats/onnx/index.ts";
import { print } from "../../../../compiler/ir/core/index.ts";
import { tensorLevel } from "../../../../compiler/ir/tensor/index.ts";
import { concat, int, message, tag, text, varint } from "../decode/encode.ts";
import { writeModel } from "../write-model.ts";
import { fileCodes, fileFaults } from "./faults.ts";

interface Names {
  readonly input: string;
  readonly output: string;
  readonly node: string;
  readonly weight: string;
}

const valid = ({ input, output, node, weight }: Names): Uint8Array =>
  writeModel({
    inputs: [{ name: input, dims: ["N", 2] }],
    outputs: [output],
    initializers: [{ name: weight, dims: [2, 2], data: [1, 2, 3, 4] }],
    nodes: [{ op: "MatMul", inputs: [input, weight], outputs: [output], name: node }],
  });

const plain = valid({ input: "x", output: "y", node: "n", weight: "w" });

test("B28: a file that is empty, has one byte, or is cut at any byte is refused, but where a whole model ends", () => {
  expect(fileCodes(plain)).toEqual([]);
  const whole: number[] = [];
  for (let cut = 0; cut < plain.length; cut++)
    if (fileCodes(plain.subarray(0, cut)).length === 0) whole.push(cut);
  expect(whole).toEqual([]);
});

const ascii = (value: string): Uint8Array => Uint8Array.from(value, (char) => char.charCodeAt(0));

test("B29: a file that is something else under this name is named for what it is", () => {
  const others: readonly (readonly [string, Uint8Array])[] = [
    ["an HTML page", ascii("<!DOCTYPE html>\n<html></html>")],
    ["a Git LFS pointer", ascii("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")],
    ["a zip archive (PyTorch saves its models as zip)", ascii("PK\u0003\u0004\u0014\u0000")],
    ["a Python pickle", Uint8Array.of(0x80, 4, 0x95, 0)],
    ["a TensorFlow Lite model", ascii("\u001c\u0000\u0000\u0000TFL3\u0014\u0000")],
    ["an HDF5 file (Keras, NIR or Lava)", ascii("\u0089HDF\r\n\u001a\n")],
    ["a network in the language of this program", ascii('# A net.\nimport digits from "a.onnx"\n')],
    ["a network in the language of this program", ascii("network net {\n")],
  ];
  for (const [looks, bytes] of others)
    expect(fileFaults(bytes).map(({ code, what }) => [code, what])).toEqual([
      ["onnx/format", `this is not an ONNX model: it looks like ${looks}`],
    ]);
});

test("B30-B31: varints of 11 bytes, lengths beyond the end, wrong wire types and groups are refused", () => {
  const wrong: readonly Uint8Array[] = [
    concat(tag(1, 0), new Uint8Array(10).fill(0x80), Uint8Array.of(0)),
    concat(tag(7, 2), varint(2n ** 63n)),
    concat(tag(7, 2), varint(1000), new Uint8Array(10)),
    int(7, 1),
    concat(tag(7, 3), tag(7, 4)),
    tag(7, 6),
  ];
  for (const bytes of wrong) expect(fileCodes(bytes)[0]).toMatch(/^onnx\/(malformed|truncated)$/);
});

test("B32: the last of a repeated singular field counts, as protobuf demands", () => {
  const node = message(1, text(1, "x"), text(2, "y"), text(4, "Abs"), text(4, "Relu"));
  const value = message(2, message(1, int(1, 1), message(2, message(1, int(1, 1)), message(1, int(1, 4)))));
  const bytes = concat(
    message(7, node, message(11, text(1, "x"), value), message(12, text(1, "y"))),
    message(8, int(2, 17)),
  );
  expect(print(tensorLevel, importOnnx(bytes, "m.onnx"))).toContain("relu");
});

test("B33: names that are keys of every object give the same network as other names", () => {
  const keys = ["__proto__", "constructor", "toString", "hasOwnProperty"] as const;
  const [input, output, node, weight] = keys;
  const strange = print(tensorLevel, importOnnx(valid({ input, output, node, weight }), "m.onnx"));
  const renamed = keys.reduce(
    (printed, key, i) => printed.replaceAll(key, ["x", "y", "n", "w"][i] ?? ""),
    strange,
  );
  expect(renamed).toBe(print(tensorLevel, importOnnx(plain, "m.onnx")));
});
