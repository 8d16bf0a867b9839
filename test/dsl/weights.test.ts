import { expect, test } from "vitest";
import { named } from "../../compiler/diagnostics/index.ts";
import { floats, integers, type Weight } from "../../compiler/ir/core/index.ts";
import { makeTensor, type TensorGraph, type TensorNode } from "../../compiler/ir/tensor/index.ts";
import { arrays, codes, counting, elaborate, faultsOf, messages, printed, tensorsOf } from "./support.ts";

const perceptron = (weights: string): string =>
  `network n(x: [4]) -> y: [2] {\n  weights ${weights}\n  y = x -> dense(3) -> batch_norm -> relu -> dense(2)\n}\n`;

const shapes = {
  "dense1.weight": [3, 4],
  "dense1.bias": [3],
  "bn1.weight": [3],
  "bn1.bias": [3],
  "bn1.running_mean": [3],
  "bn1.running_var": [3],
  "dense2.weight": [2, 3],
  "dense2.bias": [2],
};

const weightsIn = (text: string, given: ReadonlyMap<string, Weight>): readonly Weight[] => {
  const [network] = elaborate(text, { weights: { "w.npz": given } }).networks;
  const found: Weight[] = [];
  const visit = (node: TensorNode): void => {
    for (const input of node.inputs) visit(input);
    for (const value of Object.values(node.attrs))
      for (const w of given.values()) if (value === w) found.push(w);
  };
  for (const { value } of tensorsOf(network).outputs) visit(value);
  return found;
};

test("weights are found by the names of their stages", () => {
  const given = arrays(shapes);
  expect(weightsIn(perceptron('"w.npz"'), given).map(({ name }) => name)).toEqual(Object.keys(shapes));
});

test("the map gives a stage or a level another prefix", () => {
  const text =
    'network n(x: [1, 2, 2]) -> y: [2, 2, 2] {\n  weights "w.npz" { stem: "layer.0", stem.bn1: "norm" }\n  y = x -> conv_bn(2, 1x1) as stem\n}\n';
  const norm = { "norm.weight": [2], "norm.bias": [2], "norm.running_mean": [2], "norm.running_var": [2] };
  const given = arrays({ "layer.0.conv1.weight": [2, 1, 1, 1], ...norm });
  expect(weightsIn(text, given).map(({ name }) => name)).toEqual([...given.keys()]);
});

test("all that is missing, misshapen or left over is reported at once", () => {
  const { "dense1.bias": _, ...rest } = shapes;
  const given = arrays({
    ...rest,
    "dense2.weight": [3, 2],
    "fc.bias": [3],
    other: [7],
    "bn1.num_batches_tracked": [1],
  });
  expect(messages(perceptron('"w.npz"'), "n.spk", { weights: { "w.npz": given } })).toBe(
    [
      "n.spk:2:11: error[weights/missing]: w.npz has no `dense1.bias` [3]",
      '    weights "w.npz"',
      '            ^^^^^^^ `fc.bias` has that shape: add { dense1: "fc" }',
      "n.spk:2:11: error[weights/shape]: `dense2.weight` in w.npz is [3, 2], `dense2` (line 3) needs [2, 3]",
      '    weights "w.npz"',
      "            ^^^^^^^ the file holds [in, out] (Keras): store it transposed, as [out, in]",
      "n.spk:2:11: error[weights/left]: no stage reads `other` [7] of w.npz",
      '    weights "w.npz"',
      "            ^^^^^^^ add the stage that reads it, or take it out of the file",
    ].join("\n"),
  );
});

test("integers, numbers that are not finite and negative variances are refused", () => {
  const given = new Map(arrays(shapes));
  given.set("dense1.bias", integers("dense1.bias", [3], Float64Array.of(1, 2, 3)));
  given.set("dense2.bias", floats("dense2.bias", [2], Float64Array.of(0, Number.NaN), "f32"));
  given.set("bn1.running_var", floats("bn1.running_var", [3], Float64Array.of(1, -1, 1), "f32"));
  const found = faultsOf(perceptron('"w.npz"'), "n.spk", { weights: { "w.npz": given } });
  expect(found.map(({ code, what }) => `${code} ${what}`)).toEqual([
    "weights/type `dense1.bias` in w.npz holds i8, weights are float32 or float64",
    "weights/value `bn1.running_var[1]` in w.npz is -1",
    "weights/value `dense2.bias[1]` in w.npz is NaN",
  ]);
});

test("no weight is read while a shape is wrong", () => {
  const read: string[] = [];
  const text = perceptron('"w.npz"').replace("y: [2]", "y: [5]");
  const found = faultsOf(text, "n.spk", {
    weights: new Proxy({}, { get: (_, name) => read.push(String(name)) }),
  });
  expect(found.map(({ code }) => code)).toEqual(["shape/output"]);
  expect(read).toEqual([]);
});

test("a file that cannot be read is reported where it is named", () => {
  expect(messages(perceptron('"gone.npz"'), "n.spk")).toBe(
    [
      "n.spk:2:11: error[file/refused]: gone.npz: there is no such file",
      '    weights "gone.npz"',
      "            ^^^^^^^^^^ check the name",
    ].join("\n"),
  );
});

test("weights may not lie outside the folder of the file", () => {
  for (const name of ["../w.npz", "/w.npz", "a//b.npz", "C:w.npz", "a\\\\..\\\\w.npz", ""]) {
    expect(faultsOf(perceptron(`"${name}"`), "n.spk").map(({ code }) => code)).toEqual([
      name === "" ? "weights/format" : "file/outside",
    ]);
  }
});

test("files are looked for beside the program", () => {
  const text = perceptron('"sub/w.npz"');
  expect(faultsOf(text, "models/n.spk", { weights: { "models/sub/w.npz": arrays(shapes) } })).toEqual([]);
});

const origin = (name: string) => [named(name)];

const input = makeTensor("input", [], { name: "in", shape: [1, 4, 4] }, origin("in"));

const model = (value: TensorNode): TensorGraph => ({
  name: "m",
  inputs: [input],
  outputs: [{ name: "out", value }],
});

const conv = (x: TensorNode, name: string, bias: Weight | null, from = 1): TensorNode =>
  makeTensor(
    "conv",
    [x],
    {
      weight: counting(`${name}_w`, [2, from, 3, 3]),
      bias,
      pads: [
        [1, 1],
        [1, 1],
      ],
    },
    origin(name),
  );

const relu = (x: TensorNode, name: string): TensorNode =>
  makeTensor("unary", [x], { fn: { kind: "relu" } }, origin(name));

const inOrder = (body: string, output = "[2, 4, 4]"): string =>
  `network n(x: [1, 4, 4]) -> y: ${output} {\n  weights "m.onnx" in order\n  ${body}\n}\n`;

const boundGraph = (text: string, value: TensorNode): readonly string[] => {
  const [network] = elaborate(text, { models: { "m.onnx": model(value) } }).networks;
  return printed(tensorsOf(network)).slice(2, -2);
};

const orderFaults = (text: string, value: TensorNode): string =>
  messages(text, "n.spk", { models: { "m.onnx": model(value) } });

test("weights in order come from the nodes at the same places", () => {
  const value = relu(
    conv(relu(conv(input, "a", counting("a_b", [2])), "r"), "b", counting("b_b", [2]), 2),
    "s",
  );
  expect(boundGraph(inOrder("y = x -> conv(2, 3x3) -> relu -> conv(2, 3x3) -> relu"), value)).toEqual([
    'conv1 = conv(x, weight=a_w, bias=a_b, pads=[[1, 1], [1, 1]]) : f32(shape=[2, 4, 4]) @ "conv1"',
    'relu1 = unary(conv1, fn=relu) : f32(shape=[2, 4, 4]) @ "relu1"',
    'conv2 = conv(relu1, weight=b_w, bias=b_b, pads=[[1, 1], [1, 1]]) : f32(shape=[2, 4, 4]) @ "conv2"',
    'relu2 = unary(conv2, fn=relu) : f32(shape=[2, 4, 4]) @ "relu2"',
  ]);
});

test("a bias may be a node of its own, and reshapes are passed through", () => {
  const one = floats("one", [1], Float64Array.of(1), "f32");
  const added = makeTensor(
    "affine",
    [conv(input, "a", null)],
    { scale: one, shift: counting("plus", [2]) },
    origin("p"),
  );
  const flat = makeTensor("reshape", [added], { shape: [2, 16] }, origin("f"));
  expect(
    boundGraph(
      inOrder("y = x -> conv(2, 3x3) -> flatten", "[32]"),
      makeTensor("reshape", [flat], { shape: [32] }, origin("g")),
    ),
  ).toEqual([
    'conv1 = conv(x, weight=a_w, bias=plus, pads=[[1, 1], [1, 1]]) : f32(shape=[2, 4, 4]) @ "conv1"',
    'flatten1 = reshape(conv1, shape=[32]) : f32(shape=[32]) @ "flatten1"',
  ]);
});

test("a batch norm that the exporter folded becomes the identity", () => {
  const value = relu(conv(input, "a", counting("a_b", [2])), "r");
  expect(boundGraph(inOrder("y = x -> conv_bn(2, 3x3) -> relu"), value)).toEqual([
    'conv1 = conv(x, weight=a_w, bias=a_b, pads=[[1, 1], [1, 1]]) : f32(shape=[2, 4, 4]) @ "conv1"',
    'relu1 = unary(conv1, fn=relu) : f32(shape=[2, 4, 4]) @ "relu1"',
  ]);
});

test("a residual add may be written in either order", () => {
  const a = relu(conv(input, "a", null), "r");
  const value = makeTensor("add", [a, conv(a, "b", null, 2)], {}, origin("sum"));
  const text = inOrder(
    "a = x -> conv(2, 3x3, bias: none) -> relu\n  y = (a -> conv(2, 3x3, bias: none)) + a",
  );
  expect(boundGraph(text, value).at(-1)).toBe('add1 = add([conv2, a]) : f32(shape=[2, 4, 4]) @ "add1"');
});

test("where the two graphs part, both sides are shown", () => {
  const value = relu(conv(input, "a", counting("a_b", [2])), "r");
  expect(orderFaults(inOrder("y = x -> conv(2, 3x3) -> tanh"), value)).toBe(
    [
      "n.spk:2:11: error[weights/order]: m.onnx does not go on as the network does: `tanh1` (line 3) is tanh, there it is relu (r)",
      '    weights "m.onnx" in order',
      "            ^^^^^^^^ write the network as the file has it",
    ].join("\n"),
  );
  expect(orderFaults(inOrder("y = x -> conv(2, 3x3)"), value)).toContain(
    "the network ends, there it goes on with relu (r)",
  );
  expect(orderFaults(inOrder("y = x -> conv(2, 3x3) -> relu -> relu"), value)).toContain(
    "`relu2` (line 3) is relu, there the network ends",
  );
});

test("a branch that fits two ways is a fault", () => {
  const value = makeTensor("add", [conv(input, "a", null), conv(input, "b", null)], {}, origin("sum"));
  const text = inOrder("a = x -> conv(2, 3x3, bias: none)\n  b = x -> conv(2, 3x3, bias: none)\n  y = a + b");
  expect(orderFaults(text, value)).toContain(
    "error[weights/ambiguous]: `a` (line 3) fits 2 nodes of m.onnx: a, b",
  );
});

test("a transpose that reorders values is no identity", () => {
  const turned = makeTensor("transpose", [conv(input, "a", null)], { order: [1, 2, 0] }, origin("t"));
  const value = makeTensor("reshape", [turned], { shape: [32] }, origin("f"));
  expect(orderFaults(inOrder("y = x -> conv(2, 3x3, bias: none) -> flatten", "[32]"), value)).toContain(
    "transpose order [1,2,0] (t)",
  );
});

test("a transposed parameter is not filled by what the file has at its place", () => {
  const text =
    'network n(x: [4]) -> y: [4] {\n  weights "m.onnx" in order\n  param w: [4, 4]\n  y = x -> dense(4, weight: transpose(w), bias: none)\n}\n';
  const x = makeTensor("input", [], { name: "x", shape: [4] }, origin("x"));
  const value = makeTensor("dense", [x], { weight: counting("m", [4, 4]), bias: null }, origin("d"));
  const found = { name: "m", inputs: [x], outputs: [{ name: "y", value }] };
  expect(codes(text, { models: { "m.onnx": found } })).toEqual(["weights/unfilled"]);
});

test("an array that a parameter loads is checked as one of the line of weights", () => {
  const text = 'network n(x: [2]) -> y: [2] {\n  param w: [2] = load("w.npz", "w")\n  y = x * w\n}\n';
  const bad = (w: Weight) => codes(text, { weights: { "w.npz": new Map([["w", w]]) } });
  expect(bad(floats("w", [2], Float64Array.of(1, Number.NaN)))).toEqual(["weights/value"]);
  expect(bad(integers("w", [2], Float64Array.of(1, 2)))).toEqual(["weights/type"]);
  expect(bad(floats("w", [2], Float64Array.of(1, 2)))).toEqual([]);
});
