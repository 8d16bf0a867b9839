import fc from "fast-check";
import { expect, test } from "vitest";
import { simulator } from "../../../backends/simulator/index.ts";
import { item, numbers } from "../../../compiler/ir/index.ts";
import { mapNetwork } from "../../../compiler/map/index.ts";
import { native } from "../../../compiler/native/index.ts";
import { carrierOf, costsOf, openMeter } from "../../../runtime/cycle/index.ts";
import { wavesOf } from "../../../runtime/cycle/waves.ts";
import { denseStream, hopOf, openStreams } from "../../../runtime/spiking/index.ts";
import { dt, randomNetwork } from "../../native/random.ts";
import { lower, one } from "../../native/support.ts";

test("a population comes behind all that reach it in the same step, and at once where every message takes a step", () => {
  fc.assert(
    fc.property(randomNetwork, (network) => {
      for (const profile of ["euler", "lava-float"] as const) {
        const lowered = lower(network, { dt, profile }).network;
        const { count, of } = wavesOf(lowered);
        const index = new Map(lowered.populations.map((p, i) => [p.id, i]));
        for (const { from, to, delay, delays } of lowered.projections) {
          const [a, b] = [index.get(from) ?? -1, index.get(to) ?? -1];
          const atOnce = delay === 0 && delays === null && hopOf(lowered, item(lowered.populations, a)) === 0;
          if (atOnce) expect(item(of, b)).toBeGreaterThan(item(of, a));
        }
        expect(count).toBe(Math.max(...of) + 1);
        const relays = lowered.populations.some((p) => p.model.kind === "relay");
        if (profile === "lava-float" && !relays) expect(count).toBe(1);
      }
    }),
    { numRuns: 60, seed: 6 },
  );
});

const chain = () => {
  const { nativeNetwork, node, path, input, integrateAndFire, output, delay } = native;
  return lower(
    nativeNetwork(
      "chain",
      [
        node("input", input([1])),
        node("a", integrateAndFire({ threshold: one(0.5) })),
        node("late", delay(one(2), "steps")),
        node("b", integrateAndFire({ threshold: one(0.5) })),
        node("output", output()),
      ],
      path("input", "a", "late", "b", "output"),
    ),
    { profile: "sinabs" },
  ).network;
};

test("every turn of a step is charged with its neurons and a barrier, sample by sample, to the end of the sample", () => {
  const network = chain();
  const { program } = mapNetwork(network, simulator);
  const meter = openMeter(program, costsOf(simulator.target.profiles.default ?? {}));
  const runner = openStreams(network, { carrier: carrierOf(program, meter) });
  const steps = 4;
  const samples = [
    [1, 0, 0, 1],
    [0, 0, 0, 0],
    [0, 0, 1, 1],
  ];
  for (const values of samples)
    runner.run(new Map([["input", denseStream(numbers([steps, 1], Float64Array.from(values)))]]));
  const totals = meter.finish(3 * steps);
  expect(totals.steps).toBe(3 * steps);
  // Four spikes come in and fire a, which sends on: eight synapses. The last two arrive behind the end of the sample.
  expect(totals.synapses).toBe(8);
  // Two turns a step (host with b, then a) with a barrier of 16 and a neuron each; a walk of one synapse is one cycle.
  expect(totals.cycles).toBe(3 * steps * 2 * (16 + 1) + 8);
  expect(totals.activeUpdates).toBe(4 + 1);
});
