import { expect, test } from "vitest";
import { arrays, messages } from "./support.ts";

const lenet = (body: string, output = "[10]", input = "[1, 28, 28]"): string =>
  `# A network.\nnetwork mnist(image: ${input}) -> digit: ${output} {\n  digit = image\n${body}\n}\n`;

const dense = { "w.npz": arrays({ "dense1.weight": [10, 784], "dense1.bias": [10] }) };

const recipe = (steps: string): string =>
  [
    'data test: [784] = idx("t.gz", labels: "l.gz") / 255',
    'network n(x: [784]) -> y: [10] {\n  weights "w.npz"\n  y = x -> dense(10)\n}',
    `compile n for loihi1 {\n${steps}\n}\n`,
  ].join("\n");

test("a bracket that is never closed says where it was meant to close", () => {
  expect(messages(lenet("    -> conv(16, 3x3 -> relu"))).toBe(
    [
      "lenet.spk:4:12: error[syntax/bracket]: `(` is never closed",
      "      -> conv(16, 3x3 -> relu",
      "             ^ write `)` after `3x3`",
    ].join("\n"),
  );
});

test("a layer without an arrow is shown with one", () => {
  const text = "network mnist(image: [1, 28, 28]) -> digit: [10] {\n\n  digit = image conv(16, 3x3)\n}\n";
  expect(messages(text)).toBe(
    [
      "lenet.spk:3:17: error[syntax/arrow]: `image` is followed by a layer without an arrow",
      "    digit = image conv(16, 3x3)",
      "                  ^^^^ write `image -> conv(16, 3x3)`",
    ].join("\n"),
  );
});

test("a layer that is not there is met with the nearest one", () => {
  expect(messages(lenet("    -> conv(16, 3x3) -> relu -> maxpool(2x2)"))).toBe(
    [
      "lenet.spk:4:33: error[name/layer]: there is no layer `maxpool`",
      "      -> conv(16, 3x3) -> relu -> maxpool(2x2)",
      "                                  ^^^^^^^ did you mean `max_pool`?",
    ].join("\n"),
  );
});

test("an option that is not there is met with the nearest one and the list", () => {
  expect(messages(lenet("    -> conv(16, 3x3, strides: 2)"))).toBe(
    [
      "lenet.spk:4:22: error[option/unknown]: `conv` has no option `strides`",
      "      -> conv(16, 3x3, strides: 2)",
      "                       ^^^^^^^ did you mean `stride`? (kernel, stride, pad, dilation, groups, weight, bias, sparse, delays)",
    ].join("\n"),
  );
});

test("a conv behind a flatten names the flatten", () => {
  expect(messages(lenet("    -> flatten\n    -> conv(16, 3x3) -> relu"))).toBe(
    [
      "lenet.spk:5:8: error[shape/rank]: a 3x3 conv needs [channels, height, width], its input is [784]",
      "      -> conv(16, 3x3) -> relu",
      "         ^^^^ `flatten` (line 4) made a vector: move it behind the last conv",
    ].join("\n"),
  );
});

test("a dense behind maps counts what a flatten would give", () => {
  expect(
    messages(lenet("    -> conv(32, 3x3)\n    -> max_pool(2x2)\n    -> max_pool(2x2) -> dense(10)")),
  ).toBe(
    [
      "lenet.spk:6:25: error[shape/dense]: `dense` needs a vector, its input is [32, 7, 7]",
      "      -> max_pool(2x2) -> dense(10)",
      "                          ^^^^^ put `flatten` (1,568 values) or `global_avg_pool` (32 values) before it",
    ].join("\n"),
  );
});

test("a residual add of two shapes says what the short cut needs", () => {
  const text = [
    "# A block.",
    "network r(image: [16, 32, 32]) -> y: [32, 16, 16] {",
    "  body = image -> conv_bn(32, 3x3, stride: 2, pad: 1)",
    "  shortcut = image -> relu",
    "  y = body + shortcut -> relu",
    "}",
  ].join("\n");
  expect(messages(text, "resnet.spk")).toBe(
    [
      "resnet.spk:5:12: error[shape/add]: cannot add [32, 16, 16] and [16, 32, 32]",
      "    y = body + shortcut -> relu",
      "             ^ `body` has stride 2 and 32 channels: give `shortcut` conv_bn(32, 1x1, stride: 2)",
    ].join("\n"),
  );
});

test("an output of another shape names the last stage", () => {
  expect(messages(lenet("    -> flatten\n\n    # The classes.\n    -> dense(100)"))).toBe(
    [
      "lenet.spk:2:45: error[shape/output]: `digit` is declared [10] but is [100]",
      "  network mnist(image: [1, 28, 28]) -> digit: [10] {",
      "                                              ^^^^ the last stage is `dense(100)` on line 7: make it `dense(10)`, or declare [100]",
    ].join("\n"),
  );
});

test("padding that cannot be halved names both conventions", () => {
  expect(
    messages(lenet("    -> conv(64, 3x3, stride: 2) -> relu", "[10]", "[3, 32, 32]"), "resnet.spk"),
  ).toBe(
    [
      "resnet.spk:4:22: error[shape/uneven-padding]: 32 rows to 16 with a 3x3 kernel need 1 row of padding in all; `same` cannot halve it",
      "      -> conv(64, 3x3, stride: 2) -> relu",
      "                       ^^^^^^^^^ write `pad: 1` (PyTorch) or `pad: same_upper` (Keras, TFLite)",
    ].join("\n"),
  );
});

test("a number without its unit is shown with one", () => {
  expect(messages(recipe("  require latency <= 20"), "kws.spk", { weights: dense })).toBe(
    [
      "kws.spk:7:22: error[unit/missing]: `latency` is a time; 20 has no unit",
      "    require latency <= 20",
      "                       ^^ write `20 ms`",
    ].join("\n"),
  );
});

test("a weight that is missing is met with one of its shape", () => {
  const text = [
    "# Weights are named by stage.",
    "network r(image: [3, 32, 32]) -> y: [16, 32, 32] {",
    '  weights "resnet20.safetensors"',
    "  y = image -> conv_bn(16, 3x3) as stem",
    "}",
  ].join("\n");
  const norm = {
    "stem.bn1.weight": [16],
    "stem.bn1.bias": [16],
    "stem.bn1.running_mean": [16],
    "stem.bn1.running_var": [16],
  };
  const weights = { "resnet20.safetensors": arrays({ "conv1.weight": [16, 3, 3, 3], ...norm }) };
  expect(messages(text, "resnet.spk", { weights })).toBe(
    [
      "resnet.spk:3:11: error[weights/missing]: resnet20.safetensors has no `stem.conv1.weight` [16, 3, 3, 3]",
      '    weights "resnet20.safetensors"',
      '            ^^^^^^^^^^^^^^^^^^^^^^ `conv1.weight` has that shape: add { stem.conv1: "conv1" }',
    ].join("\n"),
  );
});

test("a fold behind the quantization says why and where to", () => {
  const steps = "  calibrate(test)\n  quantize(weights: 4 bits)\n  fold(keep: 50%, repair: ar)";
  expect(messages(recipe(steps), "kws.spk", { weights: dense })).toBe(
    [
      "kws.spk:9:3: error[recipe/order]: `fold` stands after `quantize` (line 8), but needs float weights and open batch norms",
      "    fold(keep: 50%, repair: ar)",
      "    ^^^^ move it to line 7",
    ].join("\n"),
  );
});

test("an accuracy that is never measured asks for data with labels", () => {
  expect(messages(recipe("  require accuracy >= 90%"), "kws.spk", { weights: dense })).toBe(
    [
      "kws.spk:7:11: error[recipe/evaluate]: `accuracy` is required but never measured",
      "    require accuracy >= 90%",
      "            ^^^^^^^^ add `evaluate(test)`, with a `data` that has `labels:`",
    ].join("\n"),
  );
});

test("a mode that the target's spikes cannot carry names what can", () => {
  expect(messages(recipe("  convert(exact.graded)"), "mnist.spk", { weights: dense })).toBe(
    [
      "mnist.spk:7:11: error[recipe/target]: loihi1 spikes carry no value, `exact.graded` needs 4 bits",
      "    convert(exact.graded)",
      "            ^^^^^^^^^^^^ use exact.spatial (4 lanes a neuron, 4 steps a layer), or compile for loihi2",
    ].join("\n"),
  );
});

const snn = (lines: string, output = "[10]"): string =>
  `network snn(x: spikes[784]) -> digit: ${output} {\n  step 1 ms\n  weights "snn.npz"\n  digit = x\n${lines}\n}\n`;

test("a time without a unit is shown with one", () => {
  expect(
    messages(snn("    -> dense(256) -> LIF(tau: 20, reset: soft)\n    -> dense(10) -> read.mean"), "snn.spk"),
  ).toBe(
    [
      "snn.spk:5:31: error[unit/missing]: `tau` is a time; 20 has no unit",
      "      -> dense(256) -> LIF(tau: 20, reset: soft)",
      "                                ^^ write `20 ms`",
    ].join("\n"),
  );
});

test("a time constant below the step says which step would do", () => {
  expect(
    messages(
      snn("    -> dense(256) -> LIF(tau: 0.5 ms, reset: soft)\n    -> read.count", "[256]"),
      "snn.spk",
    ),
  ).toBe(
    [
      "snn.spk:5:31: error[time/unstable]: tau = 0.5 ms is shorter than the step of 1 ms; euler diverges",
      "      -> dense(256) -> LIF(tau: 0.5 ms, reset: soft)",
      "                                ^^^^^^ write `step 0.05 ms`, or `dynamics exact`",
    ].join("\n"),
  );
});

test("a delay between two steps is met with both, and with the step that it needs", () => {
  expect(
    messages(
      snn("    -> dense(10) -> LIF(tau: 20 ms, reset: soft)\n\n    -> delay(2.5 ms)\n    -> read.count"),
      "shd.spk",
    ),
  ).toBe(
    [
      "shd.spk:7:14: error[time/grid]: 2.5 ms is not a whole number of steps of 1 ms",
      "      -> delay(2.5 ms)",
      "               ^^^^^^ use 2 ms, 3 ms, or `step 0.5 ms`",
    ].join("\n"),
  );
});

test("a forgotten read-out is found, and written down", () => {
  expect(
    messages(snn("    -> dense(256)\n    -> dense(10) -> LIF(tau: 20 ms, reset: soft)"), "snn.spk"),
  ).toBe(
    [
      "snn.spk:6:21: error[kind/read-out]: `digit` is declared values [10] but is spikes[10]",
      "      -> dense(10) -> LIF(tau: 20 ms, reset: soft)",
      "                      ^^^ add `-> read.count`, or declare `digit: spikes[10]`",
    ].join("\n"),
  );
});

test("a loop without a shape is shown with the likely one", () => {
  const text =
    'network rnn(x: spikes[64]) -> y: [64] {\n  step 1 ms\n  weights "rnn.npz"\n  h = x + (previous(h) -> dense(64)) -> LIF(tau: 20 ms, reset: soft)\n  y = h -> read.count\n}\n';
  expect(messages(text, "rnn.spk")).toBe(
    [
      "rnn.spk:4:12: error[loop/shape]: the shape of `h` is not known inside its own loop",
      "    h = x + (previous(h) -> dense(64)) -> LIF(tau: 20 ms, reset: soft)",
      "             ^^^^^^^^^^^ declare it: `h: spikes[64] = ...`",
    ].join("\n"),
  );
});

test("units that do not come out whole name the block's use and what would do", () => {
  const light = [
    "# Light blocks.",
    ...Array.from({ length: 5 }, () => "#"),
    "block squeeze_excite(x: [c, h, w], reduce: int = 4) -> y: [c, h, w] {",
    "  # One gate a channel.",
    "  gate = x -> global_avg_pool -> dense(c / reduce) -> relu -> dense(c) -> hard_sigmoid",
    "  y = x * gate",
    "}",
  ];
  const kws = [
    'import squeeze_excite from "light.spk"',
    ...Array.from({ length: 4 }, () => "#"),
    "network kws(x: [18, 8, 8]) -> y: [18, 8, 8] {",
    "  y = x",
    "    -> squeeze_excite",
    "}",
  ];
  const texts = { "light.spk": light.join("\n") };
  expect(messages(kws.join("\n"), "kws.spk", { texts })).toBe(
    [
      "light.spk:9:40: error[shape/whole]: c / reduce is 18 / 4 = 4.5 units, in `squeeze_excite` used at kws.spk:8:8",
      "    gate = x -> global_avg_pool -> dense(c / reduce) -> relu -> dense(c) -> hard_sigmoid",
      "                                         ^^^^^^^^^^ use reduce: 3 or 6, or dense(ceil(c / reduce))",
    ].join("\n"),
  );
});

test("chance without a seed says what it draws", () => {
  const text = [
    "network sparse(image: [1, 28, 28]) -> digit: [300] {",
    "  weights kaiming(seed: 1)",
    "  digit = image -> flatten",
    "    -> dense(300, sparse: random(keep: 10%))",
    "}",
  ];
  expect(messages(text.join("\n"), "sparse.spk")).toBe(
    [
      "sparse.spk:4:27: error[chance/seed]: `random` draws 23,520 of 235,200 synapses without a seed",
      "      -> dense(300, sparse: random(keep: 10%))",
      "                            ^^^^^^ write `random(keep: 10%, seed: 1)`",
    ].join("\n"),
  );
});
