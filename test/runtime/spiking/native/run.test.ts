import { expect, test } from "vitest";
import {
  clock,
  dense,
  diagonal,
  floats,
  integers,
  type Membrane,
  membraneOf,
  numbers,
  type Population,
  payloads,
  populationId,
  project,
  readOf,
  type SpikingNetwork,
  spikes,
  toZero,
} from "../../../../compiler/ir/index.ts";
import {
  denseStream,
  type EventStream,
  encodeStream,
  eventStream,
  openStreams,
} from "../../../../runtime/spiking/index.ts";

const part = (...values: readonly number[]) => floats("p", [values.length], Float64Array.from(values));
const id = populationId.of;

const network = (
  model: Population["model"],
  more: Partial<SpikingNetwork> = {},
  bias: Population["bias"] = null,
): SpikingNetwork => ({
  name: "one",
  schedule: clock(0, { hop: 0 }),
  arithmetic: { kind: "real" },
  populations: [
    {
      id: id("input"),
      shape: [1],
      model: { kind: "events", code: null },
      code: spikes,
      bias: null,
      origins: [],
      start: 0,
    },
    { id: id("cell"), shape: [1], model, code: payloads, bias, origins: [], start: 1 },
  ],
  projections: [project({ from: id("input"), to: id("cell"), map: diagonal([1], part(1)) })],
  outputs: [readOf({ name: "y", from: id("cell"), read: "spikes" })],
  spellings: [],
  ...more,
});

const course = (net: SpikingNetwork, xs: readonly number[], quantity: "sent" | "v" = "sent") => {
  const runner = openStreams(net, { probes: [{ population: id("cell"), quantity }] });
  const stream = denseStream(numbers([xs.length, 1], Float64Array.from(xs)));
  return [...runner.run(new Map([["input", stream]])).trace(id("cell"), quantity).data];
};

const cell = (more: Partial<Parameters<typeof membraneOf>[0]>): Membrane =>
  membraneOf({ decay: part(1), threshold: part(2), comparator: "above", reset: toZero, ...more });

test("a spike that is compared first is sent a step later, and its reset takes from the new potential", () => {
  const first = cell({ spikeFirst: true, reset: { kind: "subtract" } });
  expect(course(network(first), [3, 1, 0, 0])).toEqual([0, 1, 0, 0]);
  expect(course(network(first), [3, 1, 0, 0], "v")).toEqual([3, 2, 2, 2]);
});

test("a potential starts at its start, and is pulled to its rest", () => {
  const resting = cell({ decay: part(0.5), start: part(1), rest: part(-1), threshold: part(9) });
  expect(course(network(resting), [0, 0, 0], "v")).toEqual([0, -0.5, -0.75]);
});

test("a restart comes back every interval, at the step of the population", () => {
  const schedule = clock(0, { hop: 0, interval: 3, restart: true });
  const counting = cell({ threshold: part(99) });
  expect(course(network(counting, { schedule }), [1, 1, 1, 1, 1, 1], "v")).toEqual([1, 1, 2, 3, 1, 2]);
});

test("a sigma-delta neuron sends what has changed, when it is large enough, and keeps the rest", () => {
  const model: Population["model"] = { kind: "sigmaDelta", threshold: part(64), rectify: true, shift: 6 };
  // x: 50, 100, 100, 20, 0 (rectified); what is sent is a multiple of 64.
  expect(course(network(model), [50, 50, 0, -80, -30])).toEqual([0, 1, 0, -2, 0]);
});

test("delays of single synapses are those of their target and source", () => {
  const net = network(cell({ threshold: part(0) }));
  const wide: SpikingNetwork = {
    ...net,
    populations: net.populations.map((p) => ({ ...p, shape: [2] })),
    projections: [
      project({
        from: id("input"),
        to: id("cell"),
        map: dense(floats("w", [2, 2], Float64Array.of(1, 0, 1, 1))),
        delays: integers("d", [2, 2], Float64Array.of(1, 9, 2, 4)),
      }),
    ],
  };
  const probe = { population: id("cell"), quantity: "sent" as const };
  const events = [0, 1].map((element) => ({ step: 0, element }));
  const run = openStreams(wide, { probes: [probe] }).run(new Map([["input", eventStream([2], 6, events)]]));
  const fired = [...run.trace(id("cell"), "sent").data].flatMap((s, i) =>
    s > 0 ? [[Math.floor(i / 2), i % 2]] : [],
  );
  expect(fired).toEqual([
    [1, 0],
    [2, 1],
    [4, 1],
  ]);
});

test("delays of single synapses hold for those that subtract where signs have sums of their own", () => {
  const net = network(cell({ threshold: part(9) }), {
    arithmetic: { kind: "buffered", bufferBits: 16, stateBits: 32 },
  });
  const wide: SpikingNetwork = {
    ...net,
    populations: net.populations.map((p) => ({ ...p, shape: [2] })),
    projections: [
      project({
        from: id("input"),
        to: id("cell"),
        map: dense(integers("w", [2, 2], Float64Array.of(3, 0, -1, 2))),
        delays: integers("d", [2, 2], Float64Array.of(1, 1, 2, 3)),
      }),
    ],
  };
  const probe = { population: id("cell"), quantity: "v" as const };
  const events = [0, 1].map((element) => ({ step: 0, element }));
  const run = openStreams(wide, { probes: [probe] }).run(new Map([["input", eventStream([2], 5, events)]]));
  expect([...run.trace(id("cell"), "v").data]).toEqual([0, 0, 3, 0, 3, -1, 3, 1, 3, 1]);
});

test("an input that is missing or has another shape, and a cycle without a step, are errors", () => {
  const net = network(cell({}));
  expect(() => openStreams(net).run(new Map())).toThrow("input input is not given");
  expect(() => openStreams(net).run(new Map([["input", eventStream([2], 1, [])]]))).toThrow("[1] is needed");
  const self = project({ from: id("cell"), to: id("cell"), map: diagonal([1], part(1)) });
  expect(() => openStreams({ ...net, projections: [self] })).toThrow("a cycle without a delay");
});

/** Events as [step, element, amount]. */
const listed = ({ offsets, element, amount, steps }: EventStream): readonly (readonly number[])[] =>
  Array.from({ length: steps }, (_, t) => t).flatMap((t) =>
    [...element.slice(offsets[t], offsets[t + 1])].map((e, k) => [
      t,
      e,
      amount?.[(offsets[t] ?? 0) + k] ?? 1,
    ]),
  );

test("latency codes send once, the greatest first; a current is sent in every step", () => {
  const values = numbers([3], Float64Array.of(0.5, 0, 1));
  expect(listed(encodeStream({ kind: "latency", steps: 5 }, values))).toEqual([
    [0, 2, 1],
    [2, 0, 1],
  ]);
  expect(listed(encodeStream({ kind: "current", steps: 2 }, values))).toEqual([
    [0, 0, 0.5],
    [0, 2, 1],
    [1, 0, 0.5],
    [1, 2, 1],
  ]);
});

test("a rate code draws as often as its values say, and the same for the same seed", () => {
  const values = numbers([2], Float64Array.of(0.5, -1));
  const of = (seed: number) => listed(encodeStream({ kind: "rate", peak: 0.4, steps: 4000, seed }, values));
  expect(of(1)).toEqual(of(1));
  expect(of(1)).not.toEqual(of(2));
  const count = (element: number) => of(1).filter((e) => e[1] === element).length / 4000;
  expect(count(0)).toBeCloseTo(0.2, 1);
  expect(count(1)).toBeCloseTo(0.4, 1);
  expect(new Set(of(1).map((e) => `${e[1]}:${e[2]}`))).toEqual(new Set(["0:1", "1:-1"]));
});

test("a delta code sends when a value has moved by the threshold", () => {
  const values = numbers([4, 1], Float64Array.of(0.3, 1.1, 1.2, -0.1));
  expect(listed(encodeStream({ kind: "delta", threshold: 0.5 }, values))).toEqual([
    [1, 0, 2],
    [3, 0, -2],
  ]);
});

test("events outside of their stream are refused", () => {
  expect(() => eventStream([2], 3, [{ step: 3, element: 0 }])).toThrow("outside of 3 steps");
  expect(() => eventStream([2], 3, [{ step: 0, element: 2 }])).toThrow("element 2");
});
