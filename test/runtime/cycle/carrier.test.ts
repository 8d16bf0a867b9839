import fc from "fast-check";
import { expect, test } from "vitest";
import { loihi1 } from "../../../backends/loihi1/index.ts";
import { spinnaker1 } from "../../../backends/spinnaker1/index.ts";
import { conversionModes, convert } from "../../../compiler/convert/index.ts";
import { Rejected } from "../../../compiler/diagnostics/index.ts";
import { item, type MachineProgram, type SpikingNetwork } from "../../../compiler/ir/index.ts";
import { mapNetwork } from "../../../compiler/map/index.ts";
import { realizeIntegers } from "../../../compiler/realize/realize.ts";
import { inputsOf, integerGraphs, modes } from "../../../compiler/testing/index.ts";
import { carrierOf } from "../../../runtime/cycle/index.ts";
import { encodeInput, runInteger } from "../../../runtime/integer/index.ts";
import {
  type Carrier,
  encodeInputs,
  type Message,
  runSpiking,
  streamSpikingLevels,
} from "../../../runtime/spiking/index.ts";
import { machineWith } from "../../map/machines.ts";

const recorded = (network: SpikingNetwork, inputs: Parameters<typeof runSpiking>[1], carrier?: Carrier) => {
  const messages: Message[] = [];
  const recorder = (m: Message): void => {
    messages.push(m);
  };
  const run = runSpiking(network, inputs, carrier === undefined ? { recorder } : { recorder, carrier });
  return { messages, run };
};

test.each(conversionModes)("lists send the digits of the engine, message for message: $name", (mode) => {
  fc.assert(
    fc.property(
      integerGraphs({ maxSteps: 5 }),
      fc.nat(99),
      fc.constantFrom(...modes),
      fc.integer({ min: 1, max: 40 }),
      (graph, seed, style, neurons) => {
        const { graph: network } = convert(graph, mode);
        const { program } = mapNetwork(network, machineWith({ neurons }));
        const { inputs } = inputsOf(graph, seed, style);
        const engine = recorded(network, inputs);
        const machine = recorded(network, inputs, carrierOf(program));
        expect(machine.messages).toEqual(engine.messages);
        // The engine waits a step for a map without weights; lists have no such map.
        const { steps, neuronUpdates: _, ...counts } = machine.run.counters;
        expect(engine.run.counters).toMatchObject(counts);
        expect(steps).toBeLessThanOrEqual(engine.run.counters.steps);
      },
    ),
    { numRuns: 60 },
  );
});

const backends = [loihi1, spinnaker1];

test.each(backends)(
  "lists give every level of the integer network on $target.name, sample after sample",
  (backend) => {
    let ran = 0;
    fc.assert(
      fc.property(integerGraphs({ maxSteps: 4 }), fc.nat(99), (graph, seed) => {
        try {
          const { integer, realized, ownPairs } = realizeIntegers(graph, backend.target);
          const { program } = mapNetwork(realized.network, backend);
          const samples = modes.map((style, k) => inputsOf(integer, seed + k, style).inputs);
          const levels = samples.map(
            (s) =>
              new Map(integer.inputs.map((i) => [i.attrs.name, encodeInput(i, item([...s.values()], 0))])),
          );
          const run = streamSpikingLevels(realized.network, levels, { carrier: carrierOf(program) });
          let n = 0;
          for (const sample of run.samples) {
            const wanted = runInteger(integer, item(samples, n++));
            for (const [node, id] of ownPairs)
              expect([...sample.at(id).data]).toEqual([...wanted.at(node).data]);
          }
          expect(n).toBe(samples.length);
          expect(run.counters().wraps + run.counters().saturations).toBe(0);
          ran++;
        } catch (error) {
          if (!(error instanceof Rejected)) throw error;
        }
      }),
      { numRuns: 60 },
    );
    expect(ran).toBeGreaterThan(35);
  },
);

/** The program with one number of one list changed. */
const tampered = (
  program: MachineProgram,
  change: (lists: MachineProgram["lists"][number]) => void,
): MachineProgram => {
  const lists = program.lists.map((l) => ({ ...l, mantissa: l.mantissa.slice(), slot: l.slot.slice() }));
  change(item(lists, 0));
  return { ...program, lists };
};

test("what runs is the lists: a changed synapse changes the levels, whatever the projections say", () => {
  let changed = 0;
  fc.assert(
    fc.property(integerGraphs({ maxSteps: 3 }), fc.nat(99), (graph, seed) => {
      const { graph: network } = convert(graph, item(conversionModes, 0));
      const { program } = mapNetwork(network, machineWith({}));
      const { inputs } = inputsOf(graph, seed, "uniform");
      const broken = tampered(program, ({ mantissa }) => mantissa.fill(0));
      const [right, wrong] = [program, broken].map((p) => recorded(network, inputs, carrierOf(p)).run);
      const outputs = (run: typeof right): readonly number[] =>
        [...(run?.outputs.values() ?? [])].flatMap((o) => [...o.data]);
      if (outputs(right).join() !== outputs(wrong).join()) changed++;
    }),
    { numRuns: 40 },
  );
  expect(changed).toBeGreaterThan(20);
});

test("a synapse to a gate that no projection has is refused", () => {
  const graphs = fc.sample(integerGraphs({ maxSteps: 6 }), { numRuns: 200, seed: 5 });
  const graded = conversionModes.find((m) => m.name === "exact.graded");
  if (graded === undefined) throw new Error("exact.graded is missing");
  const found = graphs
    .map((graph) => ({ graph, network: convert(graph, graded).graph }))
    .find(({ network }) =>
      network.populations.some((p) => p.model.kind === "maximum" && p.shape.some((n) => n > 1)),
    );
  if (found === undefined) throw new Error("no graph with a gate was drawn");
  const { program } = mapNetwork(found.network, machineWith({}));
  const gate = found.network.populations.find(
    (p) => p.model.kind === "maximum" && p.shape.some((n) => n > 1),
  );
  const block = item(program.cores, 0).blocks.find((b) => b.population === gate?.id);
  const broken = tampered(program, ({ slot }) => slot.fill(block?.slot ?? 0));
  const levels = encodeInputs(found.network, inputsOf(found.graph, 1, "uniform").inputs);
  expect(levels.size).toBeGreaterThan(0);
  expect(() =>
    recorded(found.network, inputsOf(found.graph, 1, "uniform").inputs, carrierOf(broken)),
  ).toThrow("in no projection");
});
