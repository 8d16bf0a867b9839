import { expect, test } from "vitest";
import { decodeModel } from "../../../../compiler/formats/onnx/decode/index.ts";
import { concat, float, int, message, model, packed, sampleModel, text, varint } from "./encode.ts";

const attributeOf = (...fields: readonly Uint8Array[]) =>
  decodeModel(
    model(message(1, text(4, "Op"), message(5, text(1, "a"), ...fields))),
    "m.onnx",
  ).graph.nodes[0]?.attributes.get("a");

test("reads every part of a small model", () => {
  const { irVersion, producer, opsets, graph } = decodeModel(sampleModel(), "m.onnx");
  expect([irVersion, producer, opsets, graph.name]).toEqual([
    8,
    { name: "test", version: "" },
    new Map([["", 17]]),
    "net",
  ]);
  expect(graph.inputs).toEqual([{ name: "x", element: "FLOAT", dims: ["N", 4] }]);
  expect(graph.outputs).toEqual([{ name: "y", element: "FLOAT", dims: null }]);
  expect(graph.valueInfo).toEqual([{ name: "h", element: "FLOAT", dims: [null, null] }]);
  const [node] = graph.nodes;
  expect([node?.name, node?.opType, node?.domain, node?.inputs, node?.outputs]).toEqual([
    "conv_1",
    "Conv",
    "",
    ["x", "w"],
    ["y"],
  ]);
  expect([...(node?.attributes.keys() ?? [])]).toEqual([
    "alpha",
    "group",
    "auto_pad",
    "value",
    "body",
    "scales",
    "pads",
    "names",
  ]);
  expect(node?.attributes.get("pads")).toEqual({ kind: "ints", value: [0, 0, -1, 1] });
  expect(node?.attributes.get("scales")).toEqual({ kind: "floats", value: [1, 2] });
  const body = node?.attributes.get("body");
  expect(body?.kind === "graph" ? body.value.nodes.map(({ opType }) => opType) : null).toEqual(["Relu"]);
  expect(node?.attributes.get("names")).toEqual({ kind: "strings", value: ["a", "b"] });
});

test("a list is the same packed, unpacked or mixed", () => {
  const lists = [
    packed(8, 1, 2, 3),
    concat(int(8, 1), int(8, 2), int(8, 3)),
    concat(int(8, 1), packed(8, 2, 3)),
  ];
  for (const list of lists) expect(attributeOf(list, int(20, 7))).toEqual({ kind: "ints", value: [1, 2, 3] });
});

test("the kind comes from the value when an old file has no type field", () => {
  expect(attributeOf(int(3, 7))).toEqual({ kind: "int", value: 7 });
  expect(attributeOf(float(2, 1.5))).toEqual({ kind: "float", value: 1.5 });
  expect(attributeOf(packed(8, 5))).toEqual({ kind: "ints", value: [5] });
});

test("a value that the file leaves out is zero or empty", () => {
  expect(attributeOf(int(20, 2))).toEqual({ kind: "int", value: 0 });
  expect(attributeOf(int(20, 3))).toEqual({ kind: "string", value: "" });
  expect(attributeOf(int(20, 7))).toEqual({ kind: "ints", value: [] });
});

test("kinds that are not read are marked with their number", () => {
  expect(attributeOf(message(23), int(20, 12))).toEqual({ kind: "other", type: 12 });
  expect(attributeOf(message(10))).toEqual({ kind: "other", type: 9 });
  expect(attributeOf(int(20, 5))).toEqual({ kind: "other", type: 5 });
  expect(attributeOf(int(20, 4))).toEqual({ kind: "other", type: 4 });
});

test("the extremes of int64, which mean to the end, become the largest exact integers", () => {
  const most = Number.MAX_SAFE_INTEGER;
  const list = packed(8, 2n ** 63n - 1n, -(2n ** 63n), -(2n ** 63n) + 1n, 2n ** 53n - 1n, 1n - 2n ** 53n);
  expect(attributeOf(list)).toEqual({ kind: "ints", value: [most, -most, -most, most, -most] });
});

test("unknown fields of every wire type are stepped over", () => {
  const unknown = concat(int(900, 1), float(901, 1), text(902, "x"), varint(903 * 8 + 1), new Uint8Array(8));
  const plain = decodeModel(model(message(1, text(4, "Op"))), "m.onnx");
  const padded = decodeModel(
    concat(unknown, model(unknown, message(1, unknown, text(4, "Op"), unknown)), unknown),
    "m.onnx",
  );
  expect(padded).toEqual(plain);
});

test("padded tags and lengths read as plain ones", () => {
  const node = concat(varint(4 * 8 + 2, 3), varint(2, 7), new TextEncoder().encode("Op"));
  expect(decodeModel(model(message(1, node)), "m.onnx").graph.nodes[0]?.opType).toBe("Op");
});

test("the last of a repeated scalar field counts", () => {
  const node = concat(text(4, "First"), text(4, "Last"));
  expect(decodeModel(model(message(1, node)), "m.onnx").graph.nodes[0]?.opType).toBe("Last");
});

test("names that are keys of every object are plain names", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
  const attributes = names.map((name) => message(5, text(1, name), int(3, 1)));
  const { graph } = decodeModel(
    model(...names.map((name) => message(1, text(3, name), text(4, name), ...attributes))),
    "m.onnx",
  );
  expect(graph.nodes.map((node) => node.opType)).toEqual(names);
  for (const node of graph.nodes) expect([...node.attributes.keys()]).toEqual(names);
});

test("a reference to an attribute of the call keeps its name, whatever its type says", () => {
  expect(attributeOf(text(21, "beta"), int(20, 1))).toEqual({ kind: "reference", value: "beta" });
});

test("a list of graphs is read graph by graph", () => {
  const list = attributeOf(
    message(11, message(1, text(4, "Abs"))),
    message(11, text(2, "second")),
    int(20, 10),
  );
  expect(list?.kind === "graphs" ? list.value.map(({ name, nodes }) => [name, nodes.length]) : null).toEqual([
    ["", 1],
    ["second", 0],
  ]);
});

test("local functions are read with defaults, opsets and overload", () => {
  const body = message(7, text(1, "a"), text(2, "b"), text(4, "Relu"));
  const defaults = message(11, text(1, "alpha"), float(2, 0.5), int(20, 1));
  const fields = [text(1, "f"), text(4, "a"), text(5, "b"), text(6, "beta"), body, defaults];
  const versions = [message(9, text(1, "ai.onnx"), int(2, 18)), message(9, text(1, "mine"), int(2, 1))];
  const bytes = concat(model(), message(25, ...fields, ...versions, text(10, "mine"), text(13, "v2")));
  const [found] = decodeModel(bytes, "m.onnx").functions;
  expect([found?.domain, found?.name, found?.overload, found?.inputs, found?.outputs]).toEqual([
    "mine",
    "f",
    "v2",
    ["a"],
    ["b"],
  ]);
  expect(found?.defaults).toEqual(new Map([["alpha", { kind: "float", value: 0.5 }]]));
  expect(found?.opsets).toEqual(
    new Map([
      ["", 18],
      ["mine", 1],
    ]),
  );
  expect(found?.nodes.map(({ opType }) => opType)).toEqual(["Relu"]);
});

test("any opset passes the decoder, of any domain", () => {
  for (const version of [1, 6, 7, 25, 999]) {
    const domains = [message(8, text(1, ""), int(2, version)), message(8, text(1, "ai.onnx.ml"), int(2, 3))];
    expect(decodeModel(concat(message(7), ...domains), "m.onnx").opsets).toEqual(
      new Map([
        ["", version],
        ["ai.onnx.ml", 3],
      ]),
    );
  }
});
