import fc from "fast-check";
import { expect, test } from "vitest";
import { conversionModes, convert } from "../../compiler/convert/index.ts";
import { greedyDigits, item, type SpikingNetwork } from "../../compiler/ir/index.ts";
import { inputsOf, integerGraphs, modes } from "../../compiler/testing/index.ts";
import { type Message, runSpiking, type SpikingRun } from "../../runtime/spiking/index.ts";

/** Digits by population and element, place by place. */
const digitsBySender = (messages: readonly Message[]): ReadonlyMap<string, readonly Message[]> => {
  const senders = new Map<string, Message[]>();
  for (const message of messages) {
    const key = `${message.population} ${message.element}`;
    senders.set(key, [...(senders.get(key) ?? []), message]);
  }
  return senders;
};

/** The first element whose messages are not the greedy digits of its level, each in its place, once. */
const wrongDigits = (
  network: SpikingNetwork,
  run: SpikingRun,
  messages: readonly Message[],
): string | null => {
  const bySender = digitsBySender(messages);
  for (const { id, code } of network.populations) {
    if (code.kind !== "phased") continue;
    for (const [element, level] of run.at(id).data.entries()) {
      const wanted = greedyDigits(level, code.gains, code.limit).flatMap((digit, place) =>
        digit === 0 ? [] : [[place, digit]],
      );
      const sent = (bySender.get(`${id} ${element}`) ?? []).map(({ place, digit }) => [place, digit]);
      if (JSON.stringify(wanted) !== JSON.stringify(sent))
        return `${id}[${element}] of level ${level} sends ${JSON.stringify(sent)}`;
    }
  }
  return null;
};

const phased = conversionModes.filter(({ theorem }) => theorem === "B");

test.each(phased)("$name sends the greedy digits of every level", (mode) => {
  fc.assert(
    fc.property(
      integerGraphs({ maxSteps: 4 }),
      fc.nat(99),
      fc.constantFrom(...modes),
      (graph, seed, style) => {
        const { graph: network } = convert(graph, mode);
        const messages: Message[] = [];
        const run = runSpiking(network, inputsOf(graph, seed, style).inputs, {
          recorder: (m) => messages.push(m),
        });
        expect(wrongDigits(network, run, messages)).toBeNull();
        expect(run.counters.steps).toBeGreaterThan(Math.max(-1, ...messages.map(({ step }) => step)));
      },
    ),
    { numRuns: 100 },
  );
});

test("messages are sent in their phase, place by place", () => {
  fc.assert(
    fc.property(integerGraphs({ maxSteps: 4 }), fc.nat(99), (graph, seed) => {
      for (const mode of phased) {
        const { graph: network } = convert(graph, mode);
        if (network.schedule.kind !== "phases") throw new Error("no phases");
        const { lengths } = network.schedule;
        const begins = lengths.map((_, p) => lengths.slice(0, p).reduce((a, b) => a + b, 0));
        const starts = new Map(network.populations.map((p) => [p.id, item(begins, p.start)]));
        runSpiking(network, inputsOf(graph, seed, "uniform").inputs, {
          recorder: ({ population, step, place }) =>
            expect(step - (starts.get(population) ?? 0)).toBe(mode.name === "exact.spatial" ? 0 : place),
        });
      }
    }),
    { numRuns: 20 },
  );
});

test("tracking sends unit spikes that add up to the level", () => {
  fc.assert(
    fc.property(integerGraphs({ signedInputs: true }), fc.nat(99), (graph, seed) => {
      const mode = item(
        conversionModes.filter(({ theorem }) => theorem === "A"),
        0,
      );
      const { graph: network } = convert(graph, mode);
      const messages: Message[] = [];
      const run = runSpiking(network, inputsOf(graph, seed, "uniform").inputs, {
        recorder: (m) => messages.push(m),
      });
      for (const [key, sent] of digitsBySender(messages)) {
        const { population, element } = item(sent, 0);
        expect(sent.every(({ digit }) => Math.abs(digit) === 1)).toBe(true);
        expect([key, sent.reduce((sum, { digit }) => sum + digit, 0)]).toEqual([
          key,
          run.at(population).data[element],
        ]);
      }
    }),
    { numRuns: 60 },
  );
});
