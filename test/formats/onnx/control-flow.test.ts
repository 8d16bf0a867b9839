import { expect, test } from "vitest";
import { examineOnnx, importModel, importOnnx } from "../../../compiler/formats/onnx/index.ts";
import { nodesOf } from "../../../compiler/ir/core/index.ts";
import { runTensor } from "../../../runtime/tensor/index.ts";
import { faultsOf } from "../../rejected.ts";
import { seconds } from "./bad-input/faults.ts";
import { bytesField, concat, floatBytes, int, message, packed, tensor, text } from "./decode/encode.ts";
import { attribute, decoded, graph, graphAttribute, integer, modelBytes, node } from "./prepare/models.ts";

type Bytes = Uint8Array;

const count = (name: string, value: bigint | number): Bytes =>
  message(5, tensor(name, 7, []), packed(7, value));

const truth = (name: string, value: boolean): Bytes =>
  message(5, tensor(name, 9, []), bytesField(9, Uint8Array.of(value ? 1 : 0)));

const floats = (name: string, ...values: readonly number[]): Bytes =>
  message(5, tensor(name, 1, [values.length]), bytesField(9, floatBytes(...values)));

const input = (name: string, code: number, ...dims: readonly number[]): Bytes => {
  const shape = message(2, ...dims.map((dim) => message(1, int(1, dim))));
  return message(11, text(1, name), message(2, message(1, int(1, code), shape)));
};

interface Main {
  readonly nodes: readonly Bytes[];
  readonly stored: readonly Bytes[];
  readonly inputs?: readonly Bytes[];
  readonly outputs?: readonly string[];
}

/** A graph that reads x, two numbers of one sample. */
const main = ({ nodes, stored, inputs = [input("x", 1, 1, 2)], outputs = ["y"] }: Main): Bytes =>
  concat(
    ...nodes.map((one) => message(1, one)),
    ...stored,
    ...inputs,
    ...outputs.map((name) => message(12, text(1, name))),
  );

/** The outputs for the first input [3, 5]. */
const run = (model: Bytes): Readonly<Record<string, readonly number[]>> => {
  const { graph: made } = importModel(decoded(model));
  const [given] = made.inputs;
  const shape = given?.attrs.shape ?? [];
  const { outputs } = runTensor(made, new Map([["x", { shape, data: Float64Array.of(3, 5) }]]));
  return Object.fromEntries([...outputs].map(([name, { data }]) => [name, Array.from(data)]));
};

const refusal = (model: Bytes): readonly string[] =>
  faultsOf(() => importOnnx(modelBytes(model), "m.onnx")).map(({ code, why }) => `${code}: ${why}`);

const body = (inputs: string, outputs: string, ...nodes: readonly Bytes[]): Bytes =>
  graphAttribute("body", graph(inputs, outputs, ...nodes));

/** v = 2 v + x, as often as `most` says. */
const doubling = (most: Bytes, ...more: readonly Bytes[]): Main => ({
  nodes: [
    ...more,
    node("Loop", "most going x > y", body("i c v", "c w", node("Mul", "v two > d"), node("Add", "d x > w"))),
  ],
  stored: [most, truth("going", true), floats("two", 2)],
});

test("a loop with a constant number of steps is unrolled, and its body sees the values around it", () => {
  expect(run(main(doubling(count("most", 3))))).toEqual({ y: [8 * 3 + 7 * 3, 8 * 5 + 7 * 5] });
});

test("a loop of no steps gives what it was given", () => {
  expect(run(main(doubling(count("most", 0))))).toEqual({ y: [3, 5] });
});

test("a loop ends where its condition, computed from constants, turns false", () => {
  const { nodes, stored } = doubling(count("most", 100));
  const stops = node(
    "Loop",
    "most going x > y",
    body("i c v", "c2 w", node("Less", "i last > c2"), node("Add", "v x > w")),
  );
  expect(nodes).toHaveLength(1);
  expect(run(main({ nodes: [stops], stored: [...stored, count("last", 1)] }))).toEqual({ y: [9, 15] });
});

test("what a loop lists stands one behind the other along a new first axis", () => {
  const listing = node("Loop", "most going x > y list", body("i c v", "c w v", node("Add", "v x > w")));
  const stored = [count("most", 3), truth("going", true)];
  expect(run(main({ nodes: [listing], stored, outputs: ["list"] }))).toEqual({ list: [3, 5, 6, 10, 9, 15] });
});

test("a loop whose number of steps is computed is refused with what to do", () => {
  const model = main({
    ...doubling(floats("unused", 1)),
    inputs: [input("x", 1, 1, 2), input("most", 7)],
  });
  const [fault] = faultsOf(() => importOnnx(modelBytes(model), "m.onnx"));
  expect(fault?.code).toBe("onnx/unsupported-form");
  expect(fault?.why).toBe("how often it runs depends on the input of the network");
  expect(fault?.fix).toBe("export the model with the loop unrolled, or with a constant number of steps");
});

test("a loop whose condition is computed is refused", () => {
  const stops = node(
    "Loop",
    "_ going x > y",
    body("i c v", "c2 w", node("Add", "v x > w"), node("ReduceSum", "w > s"), node("Less", "s s > c2")),
  );
  expect(refusal(main({ nodes: [stops], stored: [truth("going", true)] }))).toEqual([
    "onnx/unsupported-form: whether it goes on depends on the input of the network",
  ]);
});

test("a loop of too many steps is refused before they are all read", () => {
  expect(refusal(main(doubling(count("most", 2n ** 40n))))).toEqual([
    "onnx/limit: 16386 nodes in branches and in steps of loops were found, the limit is 16384",
  ]);
});

test("a fault in the body of a loop is told once", () => {
  const wrong = node("Loop", "most going x > y", body("i c v", "c w", node("Mystery", "v > w")));
  expect(refusal(main({ nodes: [wrong], stored: [count("most", 5), truth("going", true)] }))).toEqual([
    `onnx/unsupported-op: 1 of the model's nodes use it: "w"`,
  ]);
});

/** Five steps, each of which is a loop of one step with the content `inner`. */
const nested = (inner: Bytes): Main => ({
  nodes: [
    node(
      "Loop",
      "five going x > y",
      body("i c v", "c w", node("Loop", "one going v > w", graphAttribute("body", inner))),
    ),
  ],
  stored: [count("five", 5), count("one", 1), truth("going", true)],
});

test("an operator that is not read is counted once, however often its loop runs", () => {
  const wrong = node("Loop", "most going x > y", body("i c v", "c y", node("Mystery", "v > y")));
  const shape = message(2, message(1, int(1, 1)), message(1, int(1, 2)));
  const told = message(12, text(1, "y"), message(2, message(1, int(1, 1), shape)));
  const stored = [count("most", 5), truth("going", true), told];
  const { faults } = examineOnnx(modelBytes(main({ nodes: [wrong], stored, outputs: [] })), "m.onnx");
  expect(faults.map(({ why }) => why)).toEqual(['1 of the model\'s nodes use it: "y"']);
});

test("a fault in a loop inside a loop is told once", () => {
  const twice = [node("Relu", "v > w"), node("Relu", "x > d"), node("Tanh", "x > d")];
  expect(refusal(main(nested(graph("i c v", "c w", ...twice))))).toEqual([
    'onnx/duplicate-value: it is made by node "d" and node "d"',
  ]);
});

test("a stored value of a loop inside a loop is one weight", () => {
  const stored = message(5, tensor("k", 1, [2, 2]), bytesField(9, floatBytes(1, 2, 3, 4)));
  const inner = concat(graph("i c v", "c w", node("MatMul", "v k > w")), stored);
  const layers = nodesOf(importOnnx(modelBytes(main(nested(inner))), "m.onnx")).flatMap((one) =>
    one.op === "dense" ? [one.attrs.weight] : [],
  );
  expect([layers.length, new Set(layers).size]).toEqual([5, 1]);
});

test("a loop of 4,000 steps does not visit 20,000 stored values that its body never reads", () => {
  const one = (i: number): Bytes => message(5, tensor(`k${i}`, 1, [1]), bytesField(9, floatBytes(1)));
  const stored = concat(...Array.from({ length: 20000 }, (_, i) => one(i)));
  const content = concat(graph("i c v", "c w", node("Relu", "v > w")), stored);
  const long = node("Loop", "most going x > y", graphAttribute("body", content));
  const bytes = modelBytes(main({ nodes: [long], stored: [count("most", 4000), truth("going", true)] }));
  expect(seconds(() => importOnnx(bytes, "m.onnx"))).toBeLessThan(4);
});

test("operators in the body of a loop that cannot begin are told as well", () => {
  const wrong = node("Loop", "most going z > y", body("i c v", "c w", node("Inner", "v > w")));
  const model = { nodes: [node("Outer", "x > z"), wrong], stored: [count("most", 5), truth("going", true)] };
  expect(refusal(main(model))).toEqual([
    `onnx/unsupported-op: 1 of the model's nodes use it: "z"`,
    `onnx/unsupported-op: 1 of the model's nodes use it: "w"`,
  ]);
});

const listAttribute = (name: string, ...values: readonly number[]): Bytes =>
  attribute(name, ...values.map((value) => int(8, value)), int(20, 7));

/** Sums along axis 1 of x, of which each step gives the sum so far. */
const sums = (...more: readonly Bytes[]): Main => ({
  nodes: [
    node(
      "Scan",
      "zero x > last y",
      body("s e", "t t", node("Add", "s e > t")),
      integer("num_scan_inputs", 1),
      listAttribute("scan_input_axes", -1),
      listAttribute("scan_output_axes", -1),
      ...more,
    ),
  ],
  stored: [floats("zero", 0)],
  outputs: ["last", "y"],
});

test("a scan reads an axis entry by entry and stacks what each step gives", () => {
  expect(run(main(sums()))).toEqual({ last: [8], y: [3, 8] });
});

test("a scan can read and write from the end", () => {
  expect(run(main(sums(listAttribute("scan_input_directions", 1))))).toEqual({ last: [8], y: [5, 8] });
  expect(run(main(sums(listAttribute("scan_output_directions", 1))))).toEqual({ last: [8], y: [8, 3] });
});

test("a scan on constants alone is a constant", () => {
  const { nodes, stored } = sums();
  const model = main({
    nodes: [...nodes, node("Add", "base last > z")],
    stored: [...stored, message(5, tensor("x", 1, [1, 2]), bytesField(9, floatBytes(3, 5)))],
    inputs: [input("base", 1, 1, 1)],
    outputs: ["z"],
  });
  const made = importOnnx(modelBytes(model), "m.onnx");
  expect(nodesOf(made).map(({ op }) => op)).toEqual(["input", "affine"]);
});

test.each([
  [
    "a body with too few inputs",
    node("Scan", "zero x > last y", body("s", "s s"), integer("num_scan_inputs", 1)),
  ],
  [
    "more lists than inputs",
    node("Scan", "zero x > last y", body("s e", "s e"), integer("num_scan_inputs", 9)),
  ],
  ["no body", node("Scan", "zero x > last y", integer("num_scan_inputs", 1))],
])("a scan with %s is refused", (_, scan) => {
  const faults = refusal(main({ nodes: [scan], stored: [floats("zero", 0)], outputs: ["last"] }));
  expect(faults.map((fault) => fault.split(":")[0])).toEqual(["onnx/attribute"]);
});

test("a branch that makes fewer values than are read is refused", () => {
  const wrong = node(
    "If",
    "pick > y z",
    graphAttribute("then_branch", graph("", "a", node("Relu", "x > a"))),
    graphAttribute("else_branch", graph("", "a", node("Relu", "x > a"))),
  );
  const model = main({ nodes: [wrong], stored: [truth("pick", true)], outputs: ["y", "z"] });
  expect(refusal(model)).toEqual([
    'onnx/unsupported-form: its output "z" is read, but only 1 of its outputs are known',
  ]);
});

test("a value that a branch makes twice is refused", () => {
  const twice = graph("", "a", node("Relu", "x > a"), node("Tanh", "x > a"));
  const wrong = node(
    "If",
    "pick > y",
    graphAttribute("then_branch", twice),
    graphAttribute("else_branch", twice),
  );
  const faults = refusal(main({ nodes: [wrong], stored: [truth("pick", true)] }));
  expect(faults.map((fault) => fault.split(":")[0])).toEqual(["onnx/duplicate-value"]);
});
