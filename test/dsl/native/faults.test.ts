import { expect, test } from "vitest";
import { floats } from "../../../compiler/ir/index.ts";
import { arrays, codes, type Files, messages } from "../support.ts";
import { flow, fromNir, inOrder, lifs, network, plainLif } from "./small.ts";

interface Case {
  readonly text: string;
  readonly says: string;
  readonly files?: Files;
}

/** The least program for each fault of time and kind, and what it says behind its place. */
const cases: Readonly<Record<string, Case>> = {
  "time/step": {
    text: network(`y = x -> ${plainLif} -> read.count`, "spikes[4]", "[4]", ""),
    says: "`snn` runs in time, and its time step is not said\n  network snn(x: spikes[4]) -> y: [4] {\n          ^^^ add a line `step 1 ms`",
  },
  "time/still": {
    text: network("y = x -> relu", "[4]"),
    says: "`step` is said, and nothing of `snn` runs in time\n    step 1 ms\n    ^^^^^^^^^ take the line out, or add neurons",
  },
  "time/twice": {
    text: network(`step 2 ms\n  y = x -> ${plainLif} -> read.count`),
    says: "`step` stands twice (first on line 2)\n    step 2 ms\n    ^^^^^^^^^ leave one out",
  },
  "time/positive": {
    text: flow("delay(3 ms) -> LIF(tau: 0 ms, reset: soft) -> read.count"),
    says: "`tau` is 0 ms: it must be longer than 0",
  },
  "time/rule": {
    text: network(`dynamics eulr\n  y = x -> ${plainLif} -> read.count`),
    says: "there is no rule `eulr` for `dynamics`\n    dynamics eulr\n             ^^^^ did you mean `euler`?",
  },
  "time/unstable": {
    text: flow("LIF(tau: 0.5 ms, reset: soft) -> read.count"),
    says: "tau = 0.5 ms is shorter than the step of 1 ms; euler diverges\n    y = x -> LIF(tau: 0.5 ms, reset: soft) -> read.count\n                      ^^^^^^ write `step 0.05 ms`, or `dynamics exact`",
  },
  "time/grid": {
    text: flow("delay(2.5 ms) -> read.count"),
    says: "2.5 ms is not a whole number of steps of 1 ms\n    y = x -> delay(2.5 ms) -> read.count\n                   ^^^^^^ use 2 ms, 3 ms, or `step 0.5 ms`",
  },
  "time/rate": {
    text: flow("encode.rate(peak: 2 kHz, time: 100 ms, seed: 1) -> read.count", "[4]"),
    says: "2000 Hz are 2 spikes in a step of 1 ms; a step holds one",
  },
  "time/bounds": {
    text: network('weights "w.npz"\n  y = x -> dense(4, delays: uniform(5 ms, 2 ms, seed: 1)) -> read.mean'),
    says: "`high` is 2 ms, which is below the lower bound",
  },
  "time/delays": {
    text: network(
      "weights kaiming(seed: 1)\n  y = x -> dense(200, delays: uniform(1 ms, 2 s, seed: 1)) -> dense(4) -> read.mean",
    ),
    says: "the synapses of `dense1` have 660 different delays, at most 256 are built",
  },
  "time/delay": {
    text: flow("delay(70 s) -> read.count"),
    says: "a delay of 70000 steps is longer than the 65536 that a run keeps",
  },
  "kind/input": {
    text: flow(`${plainLif} -> read.count`, "[4]"),
    says: "`LIF` needs a signal or spikes, its input is values\n    y = x -> LIF(tau: 20 ms, reset: soft) -> read.count\n             ^^^ make spikes of the values first, for example `-> encode.rate(peak: 200 Hz, time: 100 ms, seed: 1)`",
  },
  "kind/read-out": {
    text: flow(plainLif),
    says: "`y` is declared values [4] but is spikes[4]\n    y = x -> LIF(tau: 20 ms, reset: soft)\n             ^^^ add `-> read.count`, or declare `y: spikes[4]`",
  },
  "kind/host": {
    text: flow(`relu -> encode.current(time: 10 ms) -> ${plainLif} -> read.count`, "[4]"),
    says: "`relu` computes values before `encode` of a network that runs in time\n    y = x -> relu -> encode.current(time: 10 ms) -> LIF(tau: 20 ms, reset: soft) -> read.count\n             ^^^^ scale the data instead, or put the layer behind `encode`, where it reads spikes",
  },
  "kind/codes": {
    text: network(
      "a = x -> encode.current(time: 10 ms)\n  b = x -> encode.latency(time: 10 ms)\n  y = a + b -> read.mean",
      "[4]",
    ),
    says: "`x` is encoded by `encode.current(time: 10 ms)` (line 3) and by `encode.latency(time: 10 ms)`",
  },
  "kind/mixed": {
    text: `network snn(x: spikes[4], z: [4]) -> y: [4] {\n  step 1 ms\n  y = x + z -> read.mean\n}\n`,
    says: "spikes and values meet here",
  },
  "kind/loop": {
    text: network(`h: [4] = x + previous(h) -> ${plainLif}\n  y = h -> read.count`),
    says: "`previous(h)` looks back in time, `h` is declared [4]",
  },
  "loop/shape": {
    text: network(`h = x + previous(h) -> ${plainLif}\n  y = h -> read.count`),
    says: "the shape of `h` is not known inside its own loop",
  },
  "chance/seed": {
    text: flow("encode.rate(peak: 200 Hz, time: 100 ms) -> read.count", "[4]"),
    says: "`encode.rate` draws spikes without a seed\n    y = x -> encode.rate(peak: 200 Hz, time: 100 ms) -> read.count\n             ^^^^^^^^^^^ write `encode.rate(peak: 200 Hz, time: 100 ms, seed: 1)`",
  },
  "unit/missing": {
    text: flow("LIF(tau: 20, reset: soft) -> read.count"),
    says: "`tau` is a time; 20 has no unit\n    y = x -> LIF(tau: 20, reset: soft) -> read.count\n                      ^^ write `20 ms`",
  },
  "option/missing": {
    text: flow("IF() -> read.count"),
    says: "`IF` needs `reset`, soft or hard",
  },
  "option/type": {
    text: network('weights "w.npz"\n  y = x -> dense(4, delays: soft) -> read.mean'),
    says: "`delays` of `dense` must be stored, a time, or uniform(low, high, seed)",
  },
  "parameter/shape": {
    text: network('weights "w.npz"\n  param t: [3]\n  y = x -> LIF(tau: t, reset: soft) -> read.count'),
    says: "`t` is [3], `LIF1` needs [1] or [4]",
  },
  "language/streams": {
    text: flow(`sigmoid -> tanh -> ${plainLif} -> read.count`),
    says: "`sigmoid`, `tanh` on streams is part of the language, but this version does not build it",
  },
  "weights/format": {
    text: network('weights "w.onnx" in order\n  y = x -> dense(4) -> read.mean'),
    says: "weights are not read from `w.onnx`",
  },
  "weights/order": {
    text: inOrder(`dense(4, bias: none) -> ${plainLif.replace("20 ms", "30 ms")}`),
    files: fromNir(lifs(1)),
    says: "w.nir does not go on as the network does: `LIF1` (line 4) has tau 0.03, there it is 0.02: write `tau: stored`",
  },
  "weights/unfilled": {
    text: network("weights kaiming(seed: 1)\n  y = x -> dense(4) -> LIF(stored, reset: soft) -> read.count"),
    says: "`LIF1.tau` is filled by nothing",
  },
};

for (const [code, { text, files, says }] of Object.entries(cases))
  test(`${code} is what its program is refused by, and the only thing`, () => {
    expect(messages(text, "snn.spk", files)).toContain(`[${code}]: ${says}`);
    expect(new Set(codes(text, files))).toEqual(new Set([code]));
  });

test("no time of a program is below 0", () => {
  for (const stages of [
    "delay(-3 ms) -> read.mean",
    "LIF(20 ms, reset: soft, refractory: -3 ms) -> read.count",
    "dense(4, delays: -3 ms) -> read.mean",
    "dense(4, delays: uniform(-3 ms, 2 ms, seed: 1)) -> read.mean",
  ])
    expect(codes(network(`weights kaiming(seed: 1)\n  y = x -> ${stages}`))).toEqual(["time/positive"]);
  expect(messages(flow("delay(-3 ms) -> read.mean"))).toContain("`time` is -3 ms: it must be longer than 0");
  expect(codes(flow("delay(0 ms) -> read.mean"))).toEqual([]);
});

test("times of a file are checked as those of the program are", () => {
  const text = network('weights "w.npz"\n  y = x -> LIF(stored, reset: soft) -> read.count');
  const with_ = (tau: number) => ({
    weights: {
      "w.npz": new Map([
        ["LIF1.tau", floats("LIF1.tau", [1], Float64Array.of(tau), "f32")],
        ["LIF1.v_threshold", floats("LIF1.v_threshold", [4], new Float64Array(4).fill(1), "f32")],
      ]),
    },
  });
  expect(codes(text, with_(0.02))).toEqual([]);
  expect(codes(text, with_(0.0005))).toEqual(["time/unstable"]);
  expect(codes(text, with_(-1))).toEqual(["time/positive"]);
  const delayed = network('weights "w.npz"\n  y = x -> delay(stored) -> read.mean');
  const late = (delay: number) => ({
    weights: {
      "w.npz": new Map([
        ["delay1.delay", floats("delay1.delay", [4], Float64Array.of(0, delay, 0, 0), "f32")],
      ]),
    },
  });
  expect(codes(delayed, late(0.003))).toEqual([]);
  expect(codes(delayed, late(0.0035))).toEqual(["time/grid"]);
});

test("parameters of neurons may be one number, one a channel or one each, and nothing else", () => {
  const text =
    'network snn(x: spikes[2, 3, 3]) -> y: [2, 3, 3] {\n  step 1 ms\n  weights "w.npz"\n  y = x -> IF(v_threshold: stored, reset: soft) -> read.count\n}\n';
  const of = (shape: readonly number[]): Files => ({
    weights: { "w.npz": arrays({ "IF1.v_threshold": shape }) },
  });
  for (const shape of [[1], [2], [2, 3, 3]]) expect(codes(text, of(shape))).toEqual([]);
  for (const shape of [[3], [9], [2, 3]]) expect(codes(text, of(shape))).toEqual(["weights/shape"]);
});

const around = (
  inner: string,
  outer: string,
  weights = "",
): string => `network inner(x: spikes[4]) -> h: spikes[4] {
  ${inner}
  ${weights}
  h = x -> LIF(20 ms, reset: soft)
}

network outer(x: spikes[4]) -> y: [4] {
  ${outer}
  y = x -> inner -> read.count
}
`;

test("a network as a stage runs in the time of the one around it", () => {
  for (const weights of ["", "weights kaiming(seed: 1)"]) {
    expect(codes(around("step 1 ms", "step 1 ms", weights))).toEqual([]);
    expect(codes(around("step 1 ms\n  dynamics exact", "step 1 ms\n  dynamics exact", weights))).toEqual([]);
    expect(codes(around("step 1 ms", "step 2 ms", weights))).toEqual(["time/differs"]);
    expect(codes(around("step 1 ms", "step 1 ms\n  dynamics exact", weights))).toEqual(["time/differs"]);
  }
});

test("time constants may stand first without their names, and once", () => {
  expect(codes(flow("LI(20 ms) -> read.last"))).toEqual([]);
  expect(codes(flow("CubaLI(5 ms, 20 ms) -> read.last"))).toEqual([]);
  expect(codes(flow("LIF(20 ms, tau: 10 ms, reset: soft) -> read.count"))).toEqual(["option/twice"]);
  expect(codes(flow("IF(20 ms, reset: soft) -> read.count"))).toEqual(["option/type"]);
  expect(codes(flow("LIF(20 ms, 5 ms, reset: soft) -> read.count"))).toEqual(["option/position"]);
});

test("the gated unit of the tour is checked, and refused by one message for what has no neurons", () => {
  const gru = `block gru(x: signal[n], units: int) -> h: signal[units] {
  update = (x -> dense(units)) + (previous(h) -> dense(units)) -> sigmoid
  forget = (x -> dense(units)) + (previous(h) -> dense(units)) -> sigmoid
  fresh = (x -> dense(units)) + (forget * previous(h) -> dense(units)) -> tanh
  h = update * previous(h) + (1 - update) * fresh
}
`;
  const text = `${gru}${network("y = x -> gru(3) -> read.last", "signal[4]", "[3]")}`;
  expect(messages(text)).toContain(
    "[language/streams]: `sigmoid`, `*`, `tanh` on streams is part of the language",
  );
  expect(codes(text)).toEqual(["language/streams"]);
  expect(codes(text.replace("[3]", "[5]"))).toEqual(["shape/output"]);
});
