import { expect, test } from "vitest";
import {
  type Arithmetic,
  clock,
  diagonal,
  fixed,
  floats,
  integers,
  type Membrane,
  membraneOf,
  numbers,
  type Population,
  type Projection,
  populationId,
  readOf,
  type SpikingNetwork,
  toZero,
} from "../../../compiler/ir/index.ts";
import {
  type Inputs,
  type Message,
  runSpikingLevels,
  streamSpikingLevels,
} from "../../../runtime/spiking/index.ts";

const whole = (value: number) => integers("n", [1], Float64Array.of(value));

const cell = (threshold: number, decay = 0): Membrane =>
  membraneOf({
    decay: floats("decay", [1], Float64Array.of(decay)),
    threshold: whole(threshold),
    comparator: "reached",
    reset: toZero,
  });

const population = (id: string, model: Population["model"], start: number): Population => ({
  id: populationId.of(id),
  shape: [1],
  model,
  code: { kind: "plain", payload: false },
  bias: null,
  origins: [{ name: id, span: null }],
  start,
});

const projection = (from: string, to: string, weight: number, delay = 0): Projection => ({
  from: populationId.of(from),
  to: populationId.of(to),
  map: diagonal([1], whole(weight)),
  gain: 1,
  delay,
  delays: null,
});

const input: Population["model"] = { kind: "input", low: 0, high: 1, scale: [1], round: "floor" };

interface Parts {
  readonly arithmetic?: Arithmetic;
  readonly interval?: number;
  readonly populations: readonly Population[];
  readonly projections: readonly Projection[];
}

/** Lanes `x1` (worth 2) and `x0` (worth 1) spell input x; `out` is read at its start, in units of 3 above 1. */
const network = ({
  arithmetic = { kind: "exact" },
  interval = 1,
  populations,
  projections,
}: Parts): SpikingNetwork => ({
  name: "clocked",
  schedule: clock(8, { interval }),
  arithmetic,
  populations: [
    population("start", { kind: "start" }, 0),
    population("x1", input, 0),
    population("x0", input, 0),
    ...populations,
  ],
  projections,
  outputs: [readOf({ name: "y", from: populationId.of("out"), read: "potential", unit: 3, offset: 1 })],
  spellings: [
    {
      value: populationId.of("x"),
      shape: [1],
      lanes: [
        { population: populationId.of("x1"), gain: 2, step: 0 },
        { population: populationId.of("x0"), gain: 1, step: 0 },
      ],
    },
  ],
});

const level = (q: number): Inputs => new Map([["x1", numbers([1], Float64Array.of(q))]]);

const spikes = (net: SpikingNetwork, inputs: Inputs): readonly string[] => {
  const seen: string[] = [];
  runSpikingLevels(net, inputs, {
    recorder: ({ population: p, step }: Message) => seen.push(`${p}@${step}`),
  });
  return seen;
};

test("a spike sent at t acts at t + 1 + delay; a potential is read before the reset", () => {
  const net = network({
    populations: [population("m", cell(1), 4), population("out", cell(1), 6)],
    projections: [projection("start", "m", 1, 3), projection("m", "out", 31, 1)],
  });
  expect(spikes(net, level(2))).toEqual(["start@0", "x1@0", "m@4", "out@6"]);
  const { outputs, at, counters } = runSpikingLevels(net, level(3));
  expect(outputs.get("y")?.data).toEqual(Float64Array.of(10));
  expect(at(populationId.of("x")).data).toEqual(Float64Array.of(3));
  expect(at(populationId.of("out")).data).toEqual(Float64Array.of(10));
  expect(counters).toMatchObject({
    steps: 7,
    synapticOperations: 2,
    neuronUpdates: 14,
    wraps: 0,
    saturations: 0,
  });
});

test("input lanes spike with the greedy digits of the level", () => {
  const net = network({
    populations: [population("out", cell(100), 1)],
    projections: [projection("x1", "out", 6), projection("x0", "out", 3)],
  });
  expect([0, 1, 2, 3].map((q) => spikes(net, level(q)).slice(1))).toEqual([
    [],
    ["x0@0"],
    ["x1@0"],
    ["x1@0", "x0@0"],
  ]);
  expect(() => runSpikingLevels(net, level(4))).toThrow("a level of 0..3 is needed");
});

test("neurons that nothing arrives at go on by themselves, and rest when nothing changes", () => {
  const beat = cell(3, 1);
  const net = network({
    populations: [{ ...population("beat", beat, 0), bias: whole(1) }, population("out", cell(100), 7)],
    projections: [],
  });
  expect(spikes(net, level(0))).toEqual(["start@0", "beat@2", "beat@5"]);
  // A charge that fades is silent, but not at rest: 100, 50, 25.
  const fading = cell(1000, 0.5);
  const chip = fixed({ decayBits: 12, accumulatorBits: 22, currentBits: 24, voltageBits: 24 });
  const last = network({
    arithmetic: chip,
    populations: [population("out", fading, 3)],
    projections: [projection("start", "out", 100)],
  });
  expect(runSpikingLevels(last, level(0)).outputs.get("y")?.data).toEqual(Float64Array.of((25 - 1) / 3));
});

test("samples enter every interval, are pulled when they enter, and come out in order", () => {
  const net = network({
    interval: 2,
    populations: [population("m", cell(1000), 5), population("out", cell(1000), 5)],
    projections: [
      projection("x1", "out", 6, 4),
      projection("x0", "out", 3, 4),
      projection("start", "out", 1, 4),
    ],
  });
  let pulled = 0;
  function* samples(): Generator<Inputs> {
    for (const q of [1, 3, 0, 2, 2]) {
      pulled++;
      yield level(q);
    }
  }
  const run = streamSpikingLevels(net, samples());
  const seen: (readonly [number | undefined, number])[] = [];
  for (const { outputs } of run.samples) seen.push([outputs.get("y")?.data[0], pulled]);
  // Sample n enters at step 2 n and is read at 2 n + 5: by then samples n + 1 and n + 2 have entered.
  expect(seen).toEqual([
    [1, 3],
    [3, 4],
    [0, 5],
    [2, 5],
    [2, 5],
  ]);
  expect(run.counters().steps).toBe(14);
  expect(run.counters().spikes.get(populationId.of("start"))).toBe(5);
});

test("a stream without samples ends at once", () => {
  const net = network({ populations: [population("out", cell(1), 1)], projections: [] });
  expect([...streamSpikingLevels(net, []).samples]).toEqual([]);
});

test("only membranes, inputs and starts run under a clock", () => {
  const net = network({ populations: [population("out", { kind: "sum" }, 1)], projections: [] });
  expect(() => runSpikingLevels(net, level(0))).toThrow("out is a sum");
});
