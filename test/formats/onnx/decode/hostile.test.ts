import fc from "fast-check";
import { expect, test } from "vitest";
import { type Diagnostic, Rejected } from "../../../../compiler/diagnostics/index.ts";
import {
  decodeModel,
  type OnnxModel,
  tensorProblem,
  tensorValues,
} from "../../../../compiler/formats/onnx/decode/index.ts";
import { Wire } from "../../../../compiler/formats/onnx/decode/wire.ts";
import { faultsOf, survives } from "../../../rejected.ts";
import { repoBytes } from "../../../shared-data.ts";
import {
  bytesField,
  concat,
  floatBytes,
  int,
  message,
  model,
  modelWith,
  packed,
  sampleModel,
  tag,
  tensor,
  text,
  varint,
} from "./encode.ts";

const ascii = (value: string): Uint8Array => Uint8Array.from(value, (char) => char.charCodeAt(0));

const fileFaults = (bytes: Uint8Array): readonly Diagnostic[] => faultsOf(() => decodeModel(bytes, "m.onnx"));

const codesOf = (bytes: Uint8Array): string =>
  fileFaults(bytes)
    .map(({ code }) => code)
    .join(" ");

const useAll = (found: OnnxModel): void => {
  for (const initializer of found.graph.initializers)
    if (tensorProblem(initializer) === null) tensorValues(initializer);
};

const decodes = (bytes: Uint8Array): boolean => survives(() => useAll(decodeModel(bytes, "m.onnx")));

test("a model cut at any byte is refused or still whole", () => {
  const bytes = sampleModel();
  const whole = bytes
    .map((_, cut) => (decodes(bytes.subarray(0, cut)) ? 1 : 0))
    .reduce((sum, one) => sum + one, 0);
  expect(decodes(bytes)).toBe(true);
  // Only a cut on the border of a top-level field leaves a model: before the opset, and nowhere else.
  expect(whole).toBe(1);
});

test("the CNTK model cut at any byte is refused or still whole", () => {
  const bytes = repoBytes("examples/mnist/mnist-cntk.onnx");
  for (let cut = 0; cut < bytes.length; cut++) decodes(bytes.subarray(0, cut));
});

test("5,000 byte changes of two models give a model or a refusal", () => {
  const models = [sampleModel(), repoBytes("examples/mnist/mnist-cntk.onnx").slice()];
  const place = fc.record({ at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) });
  const change = fc.record({
    which: fc.constantFrom(0, 0, 0, 1),
    edits: fc.array(place, { minLength: 1, maxLength: 4 }),
  });
  fc.assert(
    fc.property(change, ({ which, edits }) => {
      const bytes = Uint8Array.from(models[which] ?? []);
      for (const { at, value } of edits) bytes[at % bytes.length] = value;
      decodes(bytes);
    }),
    { numRuns: 5000, seed: 7 },
  );
});

test("spliced and repeated parts of a model give a model or a refusal", () => {
  const bytes = sampleModel();
  const range = fc.tuple(fc.nat(bytes.length), fc.nat(bytes.length), fc.nat(bytes.length));
  fc.assert(
    fc.property(range, ([at, from, to]) => {
      decodes(
        concat(
          bytes.subarray(0, at),
          bytes.subarray(Math.min(from, to), Math.max(from, to)),
          bytes.subarray(at),
        ),
      );
    }),
    { numRuns: 2000, seed: 8 },
  );
});

test("a file that is something else is named", () => {
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [new Uint8Array(), "an empty file"],
    [ascii("<!DOCTYPE html>\n<html></html>"), "an HTML page"],
    [ascii("\n  <html lang=en>"), "an HTML page"],
    [ascii("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 26454\n"), "a Git LFS pointer"],
    [ascii("PK\u0003\u0004\u0014\u0000"), "a zip archive (PyTorch saves its models as zip)"],
    [Uint8Array.of(0x80, 2, 0x8a, 0x0a), "a Python pickle"],
    [ascii("\u001c\u0000\u0000\u0000TFL3\u0014\u0000"), "a TensorFlow Lite model"],
    [ascii("\u0089HDF\r\n\u001a\n"), "an HDF5 file (Keras, NIR or Lava)"],
    [ascii("\u0093NUMPY\u0001\u0000"), "a NumPy array"],
    [ascii('{"irVersion": 8}'), "a JSON file"],
    [ascii("ir_version: 8\n"), "an ONNX model in text form"],
    [int(1, 8), "something else"],
  ];
  for (const [bytes, looks] of cases) {
    const [fault, ...more] = fileFaults(bytes);
    expect([fault?.code, fault?.what, more]).toEqual([
      "onnx/format",
      `this is not an ONNX model: it looks like ${looks}`,
      [],
    ]);
  }
});

test("every wrong size is reported in one go, with both numbers", () => {
  const wrong = model(
    message(5, tensor("a", 1, [1_000_000]), bytesField(9, floatBytes(1))),
    message(5, tensor("b", 1, [2]), bytesField(9, new Uint8Array(7))),
    message(5, tensor("c", 7, [3]), packed(7, 1, 2)),
    message(5, tensor("d", 22, [3]), bytesField(9, new Uint8Array(3))),
    message(5, tensor("e", 1, [2]), packed(5, 1, 2)),
  );
  expect(fileFaults(wrong).map(({ why }) => why)).toEqual([
    "shape [1000000] of FLOAT needs 4000000 bytes, the file holds 4",
    "shape [2] of FLOAT needs 8 bytes, the file holds 7",
    "shape [3] of INT64 needs 3 entries of int64_data, the file holds 2",
    "shape [3] of INT4 needs 2 bytes, the file holds 3",
    "shape [2] of FLOAT needs 2 entries of float_data, the file holds 0",
  ]);
});

test("a fault in a node's tensor names the node", () => {
  const constant = message(
    1,
    text(2, "out"),
    text(4, "Constant"),
    message(5, text(1, "value"), message(5, tensor("", 1, [2]))),
  );
  expect(fileFaults(model(constant))[0]?.where).toMatchObject({ file: "m.onnx", node: "out" });
});

test("extents that overflow or are negative are refused before anything is allocated", () => {
  expect(codesOf(modelWith(tensor("t", 1, [2n ** 63n - 1n, 1024])))).toBe("onnx/dimension");
  expect(codesOf(modelWith(tensor("t", 1, [2n ** 32n, 2n ** 32n])))).toBe("onnx/dimension");
  expect(codesOf(modelWith(tensor("t", 1, [-1n])))).toBe("onnx/dimension");
  expect(codesOf(modelWith(tensor("t", 1, [2 ** 31 - 1, 2 ** 31 - 1, 0])))).toBe("onnx/limit");
  expect(codesOf(modelWith(tensor("t", 2, [2 ** 28 + 1])))).toBe("onnx/limit");
});

test("a rank above 8 is refused at the ninth extent", () => {
  const ones = (count: number): readonly number[] => Array.from({ length: count }, () => 1);
  expect(codesOf(modelWith(tensor("t", 1, ones(8)), bytesField(9, floatBytes(1))))).toBe("");
  expect(codesOf(modelWith(tensor("t", 1, ones(9)), bytesField(9, floatBytes(1))))).toBe("onnx/limit");
  expect(codesOf(modelWith(bytesField(1, new Uint8Array(1_000_000).fill(1))))).toBe("onnx/limit");
});

test("a length that goes beyond its message is refused with the numbers", () => {
  const [fault] = fileFaults(concat(tag(7, 2), varint(1000), new Uint8Array(10)));
  expect([fault?.code, fault?.why]).toEqual([
    "onnx/truncated",
    "at byte 3 the model needs 1000 more bytes, 10 are left",
  ]);
  expect(codesOf(concat(tag(7, 2), varint(2n ** 64n - 1n)))).toBe("onnx/truncated");
  expect(
    codesOf(
      model(
        message(1, concat(tag(3, 2), varint(50), ascii("abc"))),
        text(2, "long enough to hold the rest of it, had it been asked"),
      ),
    ),
  ).toBe("onnx/truncated");
});

test("encodings that protobuf forbids are refused", () => {
  const malformed: readonly Uint8Array[] = [
    concat(tag(1, 0), new Uint8Array(10).fill(0x80), Uint8Array.of(0)),
    concat(tag(1, 0), new Uint8Array(9).fill(0xff), Uint8Array.of(2)),
    concat(tag(7, 3), tag(7, 4)),
    tag(7, 4),
    tag(7, 6),
    concat(varint(0), varint(0)),
    varint(2n ** 35n),
    int(7, 1),
    text(1, "eight"),
    modelWith(tensor("t", 1, [1]), int(9, 1)),
    modelWith(tensor("t", 1, [1]), message(4, Uint8Array.of(1, 2, 3, 4, 5)), text(8, "t")),
    model(message(1, bytesField(3, Uint8Array.of(0xff)))),
  ];
  for (const bytes of malformed) expect(codesOf(bytes)).toMatch(/^onnx\/(malformed|truncated)$/);
});

test("a message that may stand once and stands twice is refused", () => {
  expect(codesOf(concat(model(), message(7)))).toBe("onnx/malformed");
  const twice = message(5, text(1, "a"), message(5, tensor("", 1, [0])), message(5, tensor("", 1, [0])));
  expect(codesOf(model(message(1, twice)))).toBe("onnx/malformed");
  expect(codesOf(model(message(11, message(2), message(2))))).toBe("onnx/malformed");
  expect(
    codesOf(modelWith(tensor("t", 1, [1]), message(4, floatBytes(1)), bytesField(9, floatBytes(1)))),
  ).toBe("onnx/malformed");
  expect(codesOf(concat(model(), message(8, text(1, "ai.onnx"), int(2, 16))))).toBe("onnx/malformed");
});

test("two attributes of one name are a fault of their node", () => {
  const [fault] = fileFaults(
    model(message(1, text(3, "n"), message(5, text(1, "a")), message(5, text(1, "a")))),
  );
  expect([fault?.code, fault?.where.node]).toEqual(["onnx/attribute", "n"]);
});

test("an integer attribute that a double cannot hold is refused", () => {
  const node = message(1, text(3, "n"), message(5, text(1, "a"), packed(8, 1, 2n ** 60n)));
  expect(codesOf(model(node))).toBe("onnx/value-range");
});

test("messages nested deeper than 64 are refused without using up the stack", () => {
  const descend = (wire: Wire): void => {
    while (wire.next()) wire.message(descend);
  };
  const nested = (depth: number): Uint8Array => {
    let bytes: Uint8Array = new Uint8Array();
    for (let i = 0; i < depth; i++) bytes = message(1, bytes);
    return bytes;
  };
  descend(new Wire(nested(64), "m.onnx"));
  expect(() => descend(new Wire(nested(65), "m.onnx"))).toThrow(Rejected);
});

test("subgraphs deeper than 8 are refused, however deep they are", () => {
  const nested = (depth: number): Uint8Array => {
    let body: Uint8Array = message(1, text(4, "Relu"));
    for (let i = 0; i < depth; i++)
      body = message(1, text(4, "If"), message(5, text(1, "then"), message(6, body), int(20, 5)));
    return model(body);
  };
  expect(codesOf(nested(8))).toBe("");
  expect(codesOf(nested(9))).toBe("onnx/limit");
  expect(codesOf(nested(2000))).toBe("onnx/limit");
});

test("a file of empty nodes stops at the limit", () => {
  const nodes = new Uint8Array(2 * (2 ** 18 + 1)).map((_, i) => (i % 2 === 0 ? 0x0a : 0));
  const [fault] = fileFaults(model(nodes));
  expect([fault?.code, fault?.why]).toEqual([
    "onnx/limit",
    "more than 262144 nodes were found, the limit is 262144",
  ]);
});

test("a long list in an attribute stops at the limit", () => {
  const list = message(5, text(1, "a"), bytesField(8, new Uint8Array(2 ** 22 + 1)));
  expect(codesOf(model(message(1, list)))).toBe("onnx/limit");
});
