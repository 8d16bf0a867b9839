import fc from "fast-check";
import { expect, test } from "vitest";
import { loihi1 } from "../../backends/loihi1/index.ts";
import { conversionModes, convert } from "../../compiler/convert/index.ts";
import { Rejected } from "../../compiler/diagnostics/index.ts";
import { item, machineInvariants, type SpikingNetwork, violationsOf } from "../../compiler/ir/index.ts";
import { type Mapping, mapNetwork, resources } from "../../compiler/map/index.ts";
import { realizeIntegers } from "../../compiler/realize/realize.ts";
import { known } from "../../compiler/target/index.ts";
import { integerGraphs } from "../../compiler/testing/index.ts";
import { adjacencyOfLists, adjacencyOfProjections, naiveUses } from "./adjacency.ts";
import { machineWith, plainCost } from "./machines.ts";

const abstract = integerGraphs({ maxSteps: 5 }).chain((graph) =>
  fc.constantFrom(...conversionModes.filter((m) => m.signed)).map((mode) => convert(graph, mode).graph),
);

/** Capacities of small cores that still hold every neuron, as drawn limits above the largest neuron. */
const roomy = fc.record({
  neurons: fc.integer({ min: 1, max: 40 }),
  "synapse words": fc.integer({ min: 60, max: 3000 }),
  "input axons": fc.integer({ min: 30, max: 400 }),
});

const mapped = (network: SpikingNetwork, capacity: Readonly<Record<string, number>>): Mapping | null => {
  try {
    return mapNetwork(network, machineWith(capacity));
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    expect(error.diagnostics.map((d) => d.code)).toEqual(error.diagnostics.map(() => "map/neuron-too-large"));
    return null;
  }
};

test("lists of all cores add up to the projections", () => {
  let fitted = 0;
  let split = 0;
  fc.assert(
    fc.property(abstract, roomy, (network, capacity) => {
      const mapping = mapped(network, capacity);
      if (mapping === null) return;
      fitted++;
      if (mapping.program.cores.length > 1) split++;
      expect(violationsOf(machineInvariants, mapping.program)).toEqual([]);
      expect([...adjacencyOfLists(mapping.program)]).toEqual([...adjacencyOfProjections(network)]);
    }),
    { numRuns: 150 },
  );
  expect(fitted).toBeGreaterThan(40);
  expect(split).toBeGreaterThan(30);
});

test("lists of realized networks add up to the projections on Loihi's weight grid", () => {
  let fitted = 0;
  fc.assert(
    fc.property(integerGraphs({ maxSteps: 4 }), (graph) => {
      try {
        const { network } = realizeIntegers(graph, loihi1.target).realized;
        const { program } = mapNetwork(network, loihi1);
        expect([...adjacencyOfLists(program)]).toEqual([...adjacencyOfProjections(network)]);
        fitted++;
      } catch (error) {
        if (!(error instanceof Rejected)) throw error;
      }
    }),
    { numRuns: 40 },
  );
  expect(fitted).toBeGreaterThan(25);
});

test("delays, lanes and formats are counted while cores are filled", () => {
  let fitted = 0;
  fc.assert(
    fc.property(integerGraphs({ maxSteps: 3 }), fc.integer({ min: 40, max: 300 }), (graph, words) => {
      const limits = {
        "synapse words": known(words, "word", "a test"),
        "words per axon": known(12, "word", "a test"),
      };
      const target = { ...loihi1.target, capacity: { ...loihi1.target.capacity, ...limits } };
      try {
        const { network } = realizeIntegers(graph, target).realized;
        const { program } = mapNetwork(network, { target, cost: loihi1.cost });
        for (const { uses } of program.cores) {
          expect(uses.find((u) => u.resource === "synapse words")?.amount).toBeLessThanOrEqual(words);
          expect(uses.find((u) => u.resource === "words per axon")?.amount).toBeLessThanOrEqual(12);
        }
        if (program.cores.length > 1) fitted++;
      } catch (error) {
        if (!(error instanceof Rejected)) throw error;
      }
    }),
    { numRuns: 60 },
  );
  expect(fitted).toBeGreaterThan(8);
});

test("one changed weight makes the sums differ", () => {
  fc.assert(
    fc.property(abstract, fc.nat(), (network, at) => {
      const { program } = mapNetwork(network, machineWith({ neurons: 30 }));
      const core = program.lists.findIndex((l) => l.slot.length > 0);
      fc.pre(core >= 0);
      const { mantissa } = item(program.lists, core);
      mantissa[at % mantissa.length] = item(mantissa, at % mantissa.length) + 1;
      expect([...adjacencyOfLists(program)]).not.toEqual([...adjacencyOfProjections(network)]);
    }),
    { numRuns: 40 },
  );
});

test("uses are what a naive count gives, and stay below every limit", () => {
  fc.assert(
    fc.property(abstract, roomy, (network, capacity) => {
      const mapping = mapped(network, capacity);
      if (mapping === null) return;
      const naive = naiveUses(mapping.program, plainCost.outputEntries);
      mapping.program.cores.forEach(({ uses }, c) => {
        const amounts = new Map(uses.map((u) => [u.resource, u.amount]));
        for (const [resource, amount] of item(naive, c)) expect(amounts.get(resource)).toBe(amount);
        for (const [resource, limit] of Object.entries(capacity))
          expect(amounts.get(resource)).toBeLessThanOrEqual(limit);
      });
    }),
    { numRuns: 100 },
  );
});

test("one less than what the fullest core uses gives another mapping or an error, never too much", () => {
  let other = 0;
  fc.assert(
    fc.property(abstract, fc.constantFrom(...resources), (network, resource) => {
      const roomyCores = { neurons: 60, "output axons": 2000, "input axons": 500, "synapse words": 4000 };
      const first = mapped(network, roomyCores);
      fc.pre(first !== null);
      const most = first?.report.resources.find((r) => r.resource === resource)?.most ?? 0;
      fc.pre(most > 0);
      const second = mapped(network, { ...roomyCores, [resource]: most - 1 });
      if (second === null) return;
      other++;
      for (const { uses } of second.program.cores)
        expect(uses.find((u) => u.resource === resource)?.amount).toBeLessThan(most);
      expect(second.report.cores).toBeGreaterThanOrEqual(first?.report.coresBound ?? 0);
    }),
    { numRuns: 200 },
  );
  expect(other).toBeGreaterThan(40);
});

test("no mapping uses fewer cores than its bound", () => {
  fc.assert(
    fc.property(abstract, roomy, (network, capacity) => {
      const mapping = mapped(network, capacity);
      if (mapping === null) return;
      expect(mapping.report.coresBound).toBeLessThanOrEqual(mapping.report.cores);
      expect(mapping.report.coresBound).toBeGreaterThan(0);
    }),
    { numRuns: 100 },
  );
});

test("the same network and target give the same program", () => {
  fc.assert(
    fc.property(abstract, roomy, (network, capacity) => {
      const [one, two] = [mapped(network, capacity), mapped(network, capacity)];
      expect(one?.program.cores).toEqual(two?.program.cores);
      expect(one?.program.lists).toEqual(two?.program.lists);
    }),
    { numRuns: 20 },
  );
});
