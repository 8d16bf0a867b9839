import { expect, test } from "vitest";
import { codes, elaborate, graphOf, messages, printed } from "./support.ts";

const network = (body: string, input: string, output: string): string =>
  `network n(x: ${input}) -> y: ${output} {\n${body}\n}\n`;

const chain = (stages: string, input: string, output: string): readonly string[] =>
  printed(graphOf(network(`  y = x -> ${stages}`, input, output))).slice(2, -2);

test("a conv keeps height and width, and writes lists of defaults as empty", () => {
  expect(chain("conv(4, 3x3) -> conv(4, 1x1)", "[1, 8, 8]", "[4, 8, 8]")).toEqual([
    'conv1 = conv(x, weight=conv1_weight, bias=conv1_bias, pads=[[1, 1], [1, 1]]) : f32(shape=[4, 8, 8]) @ "conv1"',
    'conv2 = conv(conv1, weight=conv2_weight, bias=conv2_bias) : f32(shape=[4, 8, 8]) @ "conv2"',
  ]);
});

test("same_upper puts the odd row behind, same_lower before", () => {
  expect(chain("conv(2, 3x3, stride: 2, pad: same_upper, bias: none)", "[1, 8, 8]", "[2, 4, 4]")).toEqual([
    'conv1 = conv(x, weight=conv1_weight, strides=[2, 2], pads=[[0, 1], [0, 1]]) : f32(shape=[2, 4, 4]) @ "conv1"',
  ]);
  expect(chain("conv(2, 3x3, stride: 2, pad: same_lower, bias: none)", "[1, 8, 8]", "[2, 4, 4]")).toEqual([
    'conv1 = conv(x, weight=conv1_weight, strides=[2, 2], pads=[[1, 0], [1, 0]]) : f32(shape=[2, 4, 4]) @ "conv1"',
  ]);
});

test("stride, padding, dilation and groups are those of the tensor level", () => {
  expect(
    chain("conv(4, 3x2, stride: 2x1, pad: 1, dilation: 2, groups: 2)", "[2, 9, 9]", "[4, 4, 9]"),
  ).toEqual([
    "conv1 = conv(x, weight=conv1_weight, bias=conv1_bias, strides=[2, 1], dilations=[2, 2], pads=[[1, 1], [1, 1]], groups=2)" +
      ' : f32(shape=[4, 4, 9]) @ "conv1"',
  ]);
});

test("a conv over one axis has a plain size", () => {
  expect(chain("conv(4, 5)", "[2, 16]", "[4, 16]")).toEqual([
    'conv1 = conv(x, weight=conv1_weight, bias=conv1_bias, pads=[[2, 2]]) : f32(shape=[4, 16]) @ "conv1"',
  ]);
});

test("a depthwise conv has a group a channel", () => {
  expect(chain("depthwise(3x3, multiplier: 2, bias: none)", "[3, 4, 4]", "[6, 4, 4]")).toEqual([
    'depthwise1 = conv(x, weight=depthwise1_weight, pads=[[1, 1], [1, 1]], groups=3) : f32(shape=[6, 4, 4]) @ "depthwise1"',
  ]);
});

test("pools step by their size and do not pad", () => {
  expect(chain("max_pool(2x2) -> avg_pool(3x3, stride: 1)", "[2, 8, 8]", "[2, 2, 2]")).toEqual([
    'max_pool1 = maxPool(x, kernel=[2, 2], strides=[2, 2]) : f32(shape=[2, 4, 4]) @ "max_pool1"',
    'avg_pool1 = averagePool(max_pool1, kernel=[3, 3]) : f32(shape=[2, 2, 2]) @ "avg_pool1"',
  ]);
});

test("a global average pool makes a vector", () => {
  expect(chain("global_avg_pool -> dense(2)", "[3, 5, 4]", "[2]")).toEqual([
    'global_avg_pool1 = averagePool(x, kernel=[5, 4]) : f32(shape=[3, 1, 1]) @ "global_avg_pool1"',
    'global_avg_pool1_2 = reshape(global_avg_pool1, shape=[3]) : f32(shape=[3]) @ "global_avg_pool1"',
    'dense1 = dense(global_avg_pool1_2, weight=dense1_weight, bias=dense1_bias) : f32(shape=[2]) @ "dense1"',
  ]);
});

test("activations are scalar functions", () => {
  expect(
    chain("relu -> relu6 -> clip(-1, 0.5) -> leaky_relu(0.25) -> sigmoid -> tanh -> softmax", "[4]", "[4]"),
  ).toEqual([
    'relu1 = unary(x, fn=relu) : f32(shape=[4]) @ "relu1"',
    'relu61 = unary(relu1, fn=clip(low=0, high=6)) : f32(shape=[4]) @ "relu61"',
    'clip1 = unary(relu61, fn=clip(low=-1, high=0.5)) : f32(shape=[4]) @ "clip1"',
    'leaky_relu1 = unary(clip1, fn=leakyRelu(slope=0.25)) : f32(shape=[4]) @ "leaky_relu1"',
    'sigmoid1 = unary(leaky_relu1, fn=sigmoid) : f32(shape=[4]) @ "sigmoid1"',
    'tanh1 = unary(sigmoid1, fn=tanh) : f32(shape=[4]) @ "tanh1"',
    'softmax1 = softmax(tanh1, axis=0) : f32(shape=[4]) @ "softmax1"',
  ]);
});

test("numbers become float32, as in the formats that networks come from", () => {
  expect(chain("batch_norm", "[2]", "[2]")[0]).toContain(`epsilon=0.000009999999747378752)`);
  expect(chain("batch_norm(eps: 0.001)", "[2]", "[2]")[0]).toContain(`epsilon=${Math.fround(0.001)})`);
});

test("an unnamed conv_bn is counted on, a named one makes a level", () => {
  const graph = graphOf(
    network(
      "  y = x -> conv_bn(2, 1x1) as stem -> relu -> conv_bn(2, 1x1) -> conv(2, 1x1)",
      "[1, 2, 2]",
      "[2, 2, 2]",
    ),
  );
  expect(printed(graph).map((line) => line.match(/@ "(.*)"/)?.[1])).toEqual([
    ...[undefined, "x", "stem.conv1", "stem.bn1", "relu1", "conv1", "bn1", "conv2", undefined, undefined],
  ]);
});

test("a name of a body names the last stage of its pipe, an output does not", () => {
  const graph = graphOf(network("  fc = x -> relu -> dense(3)\n  y = fc -> dense(2)", "[4]", "[2]"));
  expect(printed(graph).slice(2, -2)).toEqual([
    'relu1 = unary(x, fn=relu) : f32(shape=[4]) @ "relu1"',
    'fc = dense(relu1, weight=fc_weight, bias=fc_bias) : f32(shape=[3]) @ "fc"',
    'dense1 = dense(fc, weight=dense1_weight, bias=dense1_bias) : f32(shape=[2]) @ "dense1"',
  ]);
});

test("branches are joined by + and concat", () => {
  const body = "  a = x -> relu\n  b = x -> tanh\n  y = [a, b, a + b + x] -> concat";
  expect(printed(graphOf(network(body, "[2]", "[6]"))).slice(4, -2)).toEqual([
    'add1 = add([a, b]) : f32(shape=[2]) @ "add1"',
    'add2 = add([add1, x]) : f32(shape=[2]) @ "add2"',
    'concat1 = concat([a, b, add2], axis=0) : f32(shape=[6]) @ "concat1"',
  ]);
});

test("a stage with a name can be read again", () => {
  const body = "  z = x -> relu as first: [4] -> tanh\n  y = z + first";
  expect(printed(graphOf(network(body, "[4]", "[4]"))).slice(2, -2)).toEqual([
    'first = unary(x, fn=relu) : f32(shape=[4]) @ "first"',
    'z = unary(first, fn=tanh) : f32(shape=[4]) @ "z"',
    'add1 = add([z, first]) : f32(shape=[4]) @ "add1"',
  ]);
});

test("a network may have several inputs and outputs", () => {
  const text =
    "network n(a: [2], b: [2]) -> sum: [2], both: [4] {\n  sum = a + b\n  both = [a, b] -> concat\n}\n";
  const graph = graphOf(text);
  expect(graph.inputs.map(({ attrs }) => attrs.name)).toEqual(["a", "b"]);
  expect(graph.outputs.map(({ name }) => name)).toEqual(["sum", "both"]);
});

test("numbers have names and are computed exactly", () => {
  const text = `width = 0.35\n${network("  n = round_to(32 * width, 8)\n  y = x -> dense(n) -> dense(ceil(n / 3) + min(2, 1))", "[2 * 2]", "[4]")}`;
  expect(printed(graphOf(text))[2]).toBe(
    'dense1 = dense(x, weight=dense1_weight, bias=dense1_bias) : f32(shape=[8]) @ "dense1"',
  );
});

test("a network without weights can be checked but not compiled", () => {
  const text = network("  y = x -> dense(2)", "[2]", "[2]");
  expect(elaborate(text).networks.map(({ trained }) => trained)).toEqual([false]);
  expect(codes(`${text}compile n for loihi1 {\n}\n`)).toEqual(["weights/none"]);
});

test("a statement that cannot be read causes no further faults", () => {
  expect(codes(network("  a = x -> (relu\n  b = a -> relu as c\n  y = b + c", "[2]", "[2]"))).toEqual([
    "syntax/bracket",
  ]);
  expect(codes(network("  a = x -> rleu\n  b = a -> dense(3)\n  y = b + b", "[2]", "[3]"))).toEqual([
    "name/layer",
  ]);
});

test("faults behind a fault in the same pipe are reported, too", () => {
  const text = network(
    "  y = x -> conv(2, 3x3, strides: 1) -> rleu -> dense(2, bais: none)",
    "[1, 4, 4]",
    "[2]",
  );
  expect(codes(text)).toEqual(["option/unknown", "name/layer", "option/unknown"]);
});

test("a layer that leads nowhere is a fault", () => {
  expect(messages(network("  z = x -> dense(3)\n  y = x -> dense(2)", "[2]", "[2]"))).toBe(
    [
      "lenet.spk:2:3: error[name/unused]: nothing reads `z`",
      "    z = x -> dense(3)",
      "    ^ lead it to an output with `->`, or take the line out",
    ].join("\n"),
  );
});

test("what the language has and this version lacks is named, not guessed", () => {
  const text = network("  y = x -> local(2, 3x3, delays: stored)", "[2, 8, 8]", "[2, 8, 8]");
  expect(codes(text)).toEqual(["language/later"]);
});
