import { expect, test } from "vitest";
import { item, numbers, randomFrom, type Shape, sizeOf, type Weight } from "../../../compiler/ir/index.ts";
import { denseStream } from "../../../runtime/spiking/index.ts";
import { runTensor } from "../../../runtime/tensor/index.ts";
import { arrays, codes, elaborate, graphOf, timeNetworkOf } from "../support.ts";
import { lowered, runOn } from "./run.ts";

/** Chains of layers on [4, 6, 6], with the shape that they give. */
const chains: readonly (readonly [string, string])[] = [
  ["conv(6, 3x3, stride: 2, pad: 1, groups: 2)", "[6, 3, 3]"],
  ["conv(3, 3x3, dilation: 2, pad: 1, bias: none)", "[3, 4, 4]"],
  ["depthwise(3x3, multiplier: 2)", "[8, 6, 6]"],
  ["local(2, 3x3, stride: 3, pad: 0)", "[2, 2, 2]"],
  ["conv_transpose(3, 3x3, stride: 2, pad: 1)", "[3, 11, 11]"],
  ["conv_bn(5, 1x1)", "[5, 6, 6]"],
  ["avg_pool(2x2)", "[4, 3, 3]"],
  ["sum_pool(3x3, stride: 1, pad: 1)", "[4, 6, 6]"],
  ["global_avg_pool -> dense(3)", "[3]"],
  ["flatten -> dense(7, sparse: random(keep: 50%, seed: 1))", "[7]"],
  ["reshape([6, 4, 6]) -> transpose([2, 0, 1])", "[6, 6, 4]"],
  ["zero_pad([1, 0, 2, 1])", "[4, 7, 9]"],
  ["upsample(2x3)", "[4, 12, 18]"],
  ["scale(0.25)", "[4, 6, 6]"],
  ["repeat 2 { conv(4, 3x3) -> scale(0.5) }", "[4, 6, 6]"],
];

/** Lines of branches that meet. */
const joins: readonly (readonly [string, string])[] = [
  ["a, b = x -> split(2)\n  y = [b, a, x] -> concat", "[8, 6, 6]"],
  ["a = x -> conv(4, 1x1)\n  y = a + x + a", "[4, 6, 6]"],
  ["a = x -> conv(4, 1x1)\n  y = x - a", "[4, 6, 6]"],
  ["a = x -> global_avg_pool\n  y = x + a", "[4, 6, 6]"],
  ["y = 3 - x * 2", "[4, 6, 6]"],
  ["y = -x / 4 + 0.5", "[4, 6, 6]"],
  ["param p: [4]\n  y = x * p + p", "[4, 6, 6]"],
  ["shared f = conv(4, 3x3)\n  y = (x -> f -> f) + (x -> f)", "[4, 6, 6]"],
];

const bodies = [...chains.map(([stages, to]) => [`y = x -> ${stages}`, to] as const), ...joins];

const weights = "weights normal(mean: 0.1, std: 0.5, seed: 5)";

const picture = (shape: Shape): Float64Array => {
  const random = randomFrom(9);
  return Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(2 * random.unit() - 1));
};

for (const [body, to] of bodies)
  test(`on a stream of one step gives what it gives on values: ${body.replaceAll("\n", "; ")}`, () => {
    const shape = [4, 6, 6];
    const data = picture(shape);
    const still = graphOf(`network n(x: [4, 6, 6]) -> y: ${to} {\n  ${weights}\n  ${body}\n}\n`);
    const given = new Map([["x", numbers(shape, data)]]);
    const wanted = runTensor(still, given).outputs.get("y")?.data ?? new Float64Array(0);
    const moving = timeNetworkOf(
      `network n(x: signal[4, 6, 6]) -> y: ${to} {\n  step 1 ms\n  ${weights}\n  ${body} -> read.last\n}\n`,
    );
    const stream = denseStream({ shape: [1, ...shape], data });
    const found = runOn(lowered(moving), new Map([["x", stream]]), []).output("y");
    expect(found.length).toBe(wanted.length);
    wanted.forEach((value, i) => {
      expect(Math.abs(item(found, i) - value)).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
    });
  });

test("a batch norm on a stream is the factor and the shift of its statistics", () => {
  const names = ["weight", "bias", "running_mean", "running_var"];
  const files = new Map<string, Weight>(
    arrays(Object.fromEntries(names.map((name) => [`bn1.${name}`, [2]]))),
  );
  const text = `network n(x: signal[2]) -> y: [2] {\n  step 1 ms\n  weights "w.npz"\n  y = x -> batch_norm -> read.last\n}\n`;
  const network = lowered(timeNetworkOf(text, { weights: { "w.npz": files } }));
  const stream = denseStream(numbers([1, 2], Float64Array.of(3, -1)));
  const at = (name: string, c: number): number => item(files.get(`bn1.${name}`)?.stored() ?? [], c);
  const found = runOn(network, new Map([["x", stream]]), []).output("y");
  [3, -1].forEach((x, c) => {
    const norm = (x - at("running_mean", c)) / Math.sqrt(at("running_var", c) + Math.fround(1e-5));
    expect(item(found, c)).toBeCloseTo(at("weight", c) * norm + at("bias", c), 10);
  });
});

test("each read-out of spikes and of a signal is what its name says", () => {
  const read = (kind: string, how: string): readonly number[] => {
    const text = `network n(x: ${kind}[2]) -> y: [2] {\n  step 1 ms\n  y = x -> read.${how}\n}\n`;
    const data = kind === "spikes" ? [0, 1, 0, 1, 0, 0, 0, 1] : [0.5, -2, -1, 3, 2.5, -4, 2, -1];
    const stream = denseStream(numbers([4, 2], Float64Array.from(data)));
    return runOn(lowered(timeNetworkOf(text)), new Map([["x", stream]]), []).output("y");
  };
  expect(read("spikes", "count")).toEqual([0, 3]);
  expect(read("spikes", "first")).toEqual([4, 0]);
  expect(read("spikes", "mean")).toEqual([0, 0.75]);
  expect(read("spikes", "last")).toEqual([0, 1]);
  expect(read("spikes", "max")).toEqual([0, 1]);
  expect(read("signal", "mean")).toEqual([1, -1]);
  expect(read("signal", "last")).toEqual([2, -1]);
  expect(read("signal", "max")).toEqual([2.5, 3]);
});

test("spikes that are read behind a move are those of the neurons in other places", () => {
  const text = `network n(x: spikes[2, 3]) -> y: [3, 2] {\n  step 1 ms\n  y = x -> threshold(0.5) -> read.count -> transpose([1, 0])\n}\n`;
  const stream = denseStream(numbers([2, 2, 3], Float64Array.of(1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1)));
  const found = runOn(lowered(timeNetworkOf(text)), new Map([["x", stream]]), []).output("y");
  expect(found).toEqual([2, 0, 1, 0, 1, 2]);
});

test("sums of sums are as large as their lines, not as their terms", () => {
  const doubled = (line: (i: number) => string): string => `network twice(x: signal[2]) -> y: signal[2] {
  weights kaiming(seed: 1)
  step 1 ms
  y = (x -> delay(0 ms)) + x
}

network n(x: signal[2]) -> y: [2] {
  step 1 ms
  a0 = x + x
${Array.from({ length: 40 }, (_, i) => `  ${line(i)}\n`).join("")}  y = a40 -> read.last
}
`;
  for (const line of [
    (i: number) => `a${i + 1} = a${i} + a${i}`,
    (i: number) => `a${i + 1} = (a${i} -> reshape([2])) + a${i}`,
    (i: number) => `a${i + 1} = a${i} -> twice`,
  ]) {
    const network = elaborate(doubled(line)).networks[1];
    if (network?.kind !== "native") throw new Error("n does not run in time");
    expect(network.network.edges.length).toBeLessThan(40 * 512);
    const stream = denseStream(numbers([1, 2], Float64Array.of(3, -1)));
    const found = runOn(lowered(network), new Map([["x", stream]]), []).output("y");
    expect(found).toEqual([3 * 2 ** 41, -(2 ** 41)]);
  }
});

test("uses of a shared spiking stage have one set of weights and states of their own", () => {
  const text = `network n(x: spikes[3], z: spikes[3]) -> y: [3] {
  step 1 ms
  weights kaiming(seed: 1)
  shared f = dense(3) -> LIF(tau: 4 ms, reset: soft)
  y = (x -> f) + (z -> f) -> read.mean
}
`;
  const { network } = timeNetworkOf(text);
  const affine = network.nodes.flatMap(({ op }) => (op.kind === "affine" ? [op.weight] : []));
  const neurons = network.nodes.filter(({ op }) => op.kind === "neuron");
  expect([affine.length, new Set(affine).size, neurons.length]).toEqual([2, 1, 2]);
});

test("a layer of a block may be neurons, and each use of a name is a population of its own", () => {
  const text = `block cell(x: [n], units: int, act: layer = relu) -> y {
  y = x -> dense(units) -> act -> dense(units) -> act
}

network n(x: spikes[3]) -> y: [4] {
  step 1 ms
  weights kaiming(seed: 1)
  spike = LIF(tau: 5 ms, reset: hard)
  y = x -> cell(4, act: spike) as first -> repeat 2 { dense(4) -> spike } -> read.count
}
`;
  const { network } = timeNetworkOf(text);
  const names = network.nodes.flatMap(({ name, op }) => (op.kind === "neuron" ? [name] : []));
  expect(names).toEqual(["first.act1", "first.act2", "spike1", "spike2"]);
  expect(codes(text.replace(", act: spike", ""))).toEqual(["language/streams"]);
});

test("a window of max_pool behind neurons spikes when any of them does", () => {
  const text = `network n(x: spikes[1, 2, 6]) -> y: [1, 1, 3] {
  step 1 ms
  s = x -> IF(r: 1000, v_threshold: 0.5, reset: soft)
  y = s -> max_pool(2x2) -> read.mean
}
`;
  const random = randomFrom(2);
  const data = Float64Array.from({ length: 10 * 12 }, () => (random.unit() < 0.2 ? 1 : 0));
  const network = lowered(timeNetworkOf(text));
  const ran = runOn(network, new Map([["x", denseStream(numbers([10, 1, 2, 6], data))]]), ["s"]);
  const sent = ran.sent("s");
  const any = (t: number, window: number): number =>
    Math.max(...[0, 1, 6, 7].map((at) => item(sent, 12 * t + 2 * window + at)));
  const steps = Array.from({ length: 10 }, (_, t) => t);
  const wanted = [0, 1, 2].map((window) => steps.reduce((sum, t) => sum + any(t, window), 0) / 10);
  expect(ran.output("y")).toEqual(wanted);
  expect(wanted.some((mean) => mean > 0 && mean < 1)).toBe(true);
  expect(codes(text.replace("reset: soft)", "reset: soft) -> scale(2)"))).toEqual(["language/streams"]);
});
