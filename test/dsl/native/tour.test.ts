import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { floats, item, randomFrom, type Shape, sizeOf, type Weight } from "../../../compiler/ir/index.ts";
import type { NativeNode } from "../../../compiler/native/index.ts";
import { encodeStreams, eventStream } from "../../../runtime/spiking/index.ts";
import { repoFile } from "../../shared-data.ts";
import { timeNetworkOf } from "../support.ts";
import { chain, delay, dense, neurons, type Stage, type Vector } from "./reference.ts";
import { lowered, runOn } from "./run.ts";

const tour = (number: string): string =>
  readFileSync(repoFile(`test/fixtures/dsl/tour/${number}.spk`), "utf8");

/** Numbers within a bound, different for every name. */
const drawn = (name: string, shape: Shape, bound: number, middle = 0): Weight => {
  const random = randomFrom([...name].reduce((sum, c) => sum * 31 + c.charCodeAt(0), 7) >>> 0);
  const data = Float64Array.from({ length: sizeOf(shape) }, () =>
    Math.fround(middle + bound * (2 * random.unit() - 1)),
  );
  return floats(name, shape, data, "f32");
};

const files = (...weights: readonly Weight[]): ReadonlyMap<string, Weight> =>
  new Map(weights.map((w) => [w.name, w]));

const vectorOf = (arrays: ReadonlyMap<string, Weight>, name: string): Vector => [
  ...(arrays.get(name)?.stored() ?? []),
];

const rowsOf = (arrays: ReadonlyMap<string, Weight>, name: string): readonly Vector[] => {
  const values = vectorOf(arrays, name);
  const [rows = 0, columns = 0] = arrays.get(name)?.shape ?? [];
  return Array.from({ length: rows }, (_, r) => values.slice(r * columns, (r + 1) * columns));
};

const layer = (arrays: ReadonlyMap<string, Weight>, name: string): Stage =>
  dense(rowsOf(arrays, `${name}.weight`), vectorOf(arrays, `${name}.bias`));

const near = (a: Vector, b: Vector): number =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? Infinity))), 0);

test("the first spiking network of the tour gives what plain loops give", () => {
  const arrays = files(
    drawn("dense1.weight", [256, 784], 0.8),
    drawn("dense1.bias", [256], 0.1),
    drawn("dense2.weight", [10, 256], 1),
    drawn("dense2.bias", [10], 0.1),
  );
  const network = lowered(timeNetworkOf(tour("09"), { weights: { "spiking_mnist.npz": arrays } }));
  const image = drawn("image", [1, 28, 28], 0.5, 0.5);
  const data = Float64Array.from(image.stored());
  const streams = encodeStreams(network.network, new Map([["image", { shape: [1, 28, 28], data }]]));
  const ran = runOn(network, streams, []);
  const stream = streams.get("image");
  if (stream === undefined) throw new Error("the image makes no stream");
  // 200 Hz for 100 ms: a pixel of 1 spikes 20 times on average.
  expect(stream.steps).toBe(100);
  const expected = data.reduce((sum, x) => sum + 20 * x, 0);
  expect(Math.abs(stream.element.length / expected - 1)).toBeLessThan(0.05);
  const hidden = neurons(256, { tau: 20, threshold: 1, reset: "soft" });
  const model = chain(
    layer(arrays, "dense1"),
    hidden,
    layer(arrays, "dense2"),
    neurons(10, { tau: 20, threshold: null }),
  );
  const most: number[] = Array.from({ length: 10 }, () => -Infinity);
  for (let t = 0; t < 100; t++) {
    const x = Array.from({ length: 784 }, () => 0);
    for (let i = item([...stream.offsets], t); i < item([...stream.offsets], t + 1); i++)
      x[stream.element[i] ?? 0] = 1;
    model(x).forEach((v, e) => {
      most[e] = Math.max(item(most, e), v);
    });
  }
  expect(near(ran.output("digit"), most)).toBeLessThan(1e-9);
  expect(Math.max(...most)).toBeGreaterThan(0.5);
});

/** The weights of a layer whose synapses stand in one node for each delay. */
const weightsAt = (nodes: readonly NativeNode[], stage: string, size: number): Vector => {
  const sum = new Float64Array(size);
  for (const { name, op } of nodes) {
    if (op.kind !== "linear" || op.map.kind !== "sparse" || name.replace(/\.\d+$/, "") !== stage) continue;
    const { row, column, weight, from } = op.map;
    weight.stored().forEach((w, i) => {
      sum[item(row.stored(), i) * sizeOf(from) + item(column.stored(), i)] = w;
    });
  }
  return [...sum];
};

test("spoken digits of the tour: adaptation, delays of synapses from a file and by chance, and a delay", () => {
  const taus = drawn("neuron1.tau", [256], 0.005, 0.02);
  const steps = (name: string, shape: Shape): Weight => {
    const whole = drawn(name, shape, 8, 8)
      .stored()
      .map((x) => Math.fround(Math.floor(x) / 1000));
    return floats(name, shape, whole, "f32");
  };
  const arrays = files(
    drawn("dense1.weight", [256, 700], 5),
    drawn("dense1.bias", [256], 0.2),
    steps("dense1.delay", [256, 700]),
    taus,
    drawn("dense2.weight", [256, 256], 15),
    drawn("dense2.bias", [256], 0.2),
    floats("neuron2.tau", [1], Float64Array.of(Math.fround(0.015)), "f32"),
    drawn("dense3.weight", [20, 256], 1),
    drawn("dense3.bias", [20], 0.1),
  );
  const network = timeNetworkOf(tour("12"), { weights: { "spoken_digits.safetensors": arrays } });
  const low = lowered(network);
  const random = randomFrom(3);
  const all = Array.from({ length: 40 * 700 }, (_, i) => ({ step: Math.floor(i / 700), element: i % 700 }));
  const events = all.filter(() => random.unit() < 0.05);
  const ran = runOn(low, new Map([["cochlea", eventStream([700], 40, events)]]), ["neuron1", "neuron2"]);
  // Which synapses the first layer keeps is read from the network itself.
  const kept = weightsAt(network.network.nodes, "dense1", 256 * 700);
  const delays = randomFrom(6);
  const drawnDelays = Array.from({ length: 256 * 256 }, () => 1 + delays.below(25));
  expect(kept.filter((w) => w !== 0).length).toBe(17_920);
  const given = vectorOf(arrays, "dense1.delay");
  const first = dense(
    Array.from({ length: 256 }, (_, r) => kept.slice(r * 700, (r + 1) * 700)),
    vectorOf(arrays, "dense1.bias"),
    (out, from) => Math.round(1000 * item(given, out * 700 + from)),
  );
  const second = dense(rowsOf(arrays, "dense2.weight"), vectorOf(arrays, "dense2.bias"), (out, from) =>
    item(drawnDelays, out * 256 + from),
  );
  const adapt = { tau: 150, beta: 1.6 };
  const cells = taus.stored().map((t) => 1000 * t);
  const one = [...cells].map((tau) => neurons(1, { tau, threshold: 1, reset: "soft", adapt }, true));
  const firstNeurons: Stage = (x) => one.map((cell, e) => item(cell([item(x, e)]), 0));
  const secondNeurons = neurons(
    256,
    { tau: 1000 * Math.fround(0.015), threshold: 1, reset: "soft", adapt },
    true,
  );
  const late = delay(3);
  const readout = chain(layer(arrays, "dense3"), neurons(20, { tauSyn: 5, tau: 20, threshold: null }, true));
  const mean: number[] = Array.from({ length: 20 }, () => 0);
  const [sent1, sent2] = [ran.sent("neuron1"), ran.sent("neuron2")];
  let [a, b] = [0, 0];
  for (let t = 0; t < 40; t++) {
    const x = Array.from({ length: 700 }, () => 0);
    for (const { step, element } of events) if (step === t) x[element] = 1;
    const s1 = firstNeurons(first(x));
    const s2 = secondNeurons(second(late(s1)));
    s1.forEach((s, e) => {
      if (s !== sent1[t * 256 + e]) a++;
    });
    s2.forEach((s, e) => {
      if (s !== sent2[t * 256 + e]) b++;
    });
    readout(s2).forEach((v, e) => {
      mean[e] = item(mean, e) + v / 40;
    });
  }
  expect([a, b]).toEqual([0, 0]);
  expect(sent1.filter((s) => s === 1).length).toBeGreaterThan(100);
  expect(sent2.filter((s) => s === 1).length).toBeGreaterThan(100);
  expect(near(ran.output("word"), mean)).toBeLessThan(1e-9);
});
