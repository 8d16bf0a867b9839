import fc from "fast-check";
import { expect, test } from "vitest";
import { conversionModes, convert } from "../../../compiler/convert/index.ts";
import { Rejected } from "../../../compiler/diagnostics/index.ts";
import {
  clock,
  dense,
  integers,
  item,
  populationId,
  type SpikingNetwork,
} from "../../../compiler/ir/index.ts";
import { realizeIntegers } from "../../../compiler/realize/realize.ts";
import { inputsOf, integerGraphs, modes } from "../../../compiler/testing/index.ts";
import { runInteger } from "../../../runtime/integer/index.ts";
import { openInbox } from "../../../runtime/spiking/inbox.ts";
import {
  byProjection,
  type Carrier,
  type Inputs,
  type Message,
  runSpikingLevels,
  type SpikingOptions,
} from "../../../runtime/spiking/index.ts";
import { wiringOf } from "../../../runtime/spiking/wiring.ts";
import { testTargets } from "../../realize/cells.ts";

/** Message by message, as a machine would deliver. */
const oneByOne: Carrier = {
  extraDelay: 0,
  open: (wiring, inboxes) => {
    const { send } = byProjection().open(wiring, inboxes);
    return { send };
  },
};

interface Seen {
  readonly values: readonly unknown[];
  readonly counters: unknown;
  readonly messages: readonly string[];
}

const seen = (network: SpikingNetwork, levels: Inputs, options: SpikingOptions): Seen => {
  const messages: string[] = [];
  const recorder = ({ population, element, step, place, digit }: Message) => {
    messages.push(`${population} ${element} ${step} ${place} ${digit}`);
  };
  const { outputs, counters } = runSpikingLevels(network, levels, { ...options, recorder });
  return { values: [...outputs.values()], counters, messages };
};

const realizedOn = (graph: Parameters<typeof realizeIntegers>[0]): readonly SpikingNetwork[] =>
  testTargets.flatMap((target) => {
    try {
      return [realizeIntegers(graph, target).realized.network];
    } catch (error) {
      if (error instanceof Rejected) return [];
      throw error;
    }
  });

test("messages that are sent together do what they do one by one", () => {
  fc.assert(
    fc.property(
      integerGraphs({ maxSteps: 4 }),
      fc.nat(99),
      fc.constantFrom(...modes),
      (graph, seed, style) => {
        const integer = runInteger(graph, inputsOf(graph, seed, style).inputs);
        const levels = new Map(graph.inputs.map((node) => [node.attrs.name, integer.at(node)]));
        const networks = [...conversionModes.map((mode) => convert(graph, mode).graph), ...realizedOn(graph)];
        for (const network of networks) {
          expect(seen(network, levels, { carrier: oneByOne })).toEqual(seen(network, levels, {}));
        }
      },
    ),
    { numRuns: 40 },
  );
});

const oneProjection = (kind: "exact" | "buffered"): SpikingNetwork => ({
  name: "row",
  schedule: clock(4, { interval: 1 }),
  arithmetic: kind === "exact" ? { kind } : { kind, bufferBits: 16, stateBits: 32 },
  populations: [
    {
      id: populationId.of("a"),
      shape: [1],
      model: { kind: "start" },
      code: { kind: "plain", payload: false },
      bias: null,
      origins: [],
      start: 0,
    },
    {
      id: populationId.of("b"),
      shape: [6],
      model: { kind: "sum" },
      code: { kind: "plain", payload: false },
      bias: null,
      origins: [],
      start: 3,
    },
  ],
  projections: [
    {
      from: populationId.of("a"),
      to: populationId.of("b"),
      map: dense(integers("w", [6, 1], Float64Array.of(1, -2, 3, 0, -5, 6))),
      gain: -2,
      delay: 2,
      delays: null,
    },
  ],
  outputs: [],
  spellings: [],
});

test("a message adds amount * gain * weight, delay + 1 steps later", () => {
  const wiring = wiringOf(oneProjection("exact"));
  const inboxes = wiring.sites.map((site) => openInbox(site, 4, false));
  expect(byProjection().open(wiring, inboxes).send(0, 0, 3, 6)).toBe(5);
  const { slots, touched } = item(inboxes, 1);
  // Step 6 + 1 + 2 is slot 1 of 4.
  expect([...touched]).toEqual([0, 1, 0, 0]);
  expect([...item(slots, 1)].map((n) => n + 0)).toEqual([-6, 12, -18, 0, 30, -36]);
});

test("sizes of negative contributions have their place behind the positive ones", () => {
  const wiring = wiringOf(oneProjection("buffered"));
  const inboxes = wiring.sites.map((site) => openInbox(site, 4, true));
  byProjection().open(wiring, inboxes).send(0, 0, 1, 0);
  expect([...item(item(inboxes, 1).slots, 3)]).toEqual([0, 4, 0, 0, 10, 0, 2, 0, 6, 0, 0, 12]);
});

test("random delays are drawn for every message on every projection", () => {
  const wiring = wiringOf(oneProjection("exact"));
  const inboxes = wiring.sites.map((site) => openInbox(site, 8, false));
  const draws = [0, 3];
  const carrier = byProjection({ most: 3, next: () => draws.shift() ?? 0 });
  const { send, sendAll } = carrier.open(wiring, inboxes);
  send(0, 0, 1, 0);
  send(0, 0, 1, 0);
  expect([carrier.extraDelay, sendAll, [...item(inboxes, 1).touched]]).toEqual([
    3,
    undefined,
    [0, 0, 0, 1, 0, 0, 1, 0],
  ]);
});
