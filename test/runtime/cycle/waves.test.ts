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

test("every turn of a step is charged with its neurons and a barrier", () => {
  const { nativeNetwork, node, path, input, integrateAndFire, output } = native;
  const network = lower(
    nativeNetwork(
      "chain",
      [
        node("input", input([1])),
        node("a", integrateAndFire({ threshold: one(0.5) })),
        node("b", integrateAndFire({ threshold: one(0.5) })),
        node("output", output()),
      ],
      path("input", "a", "b", "output"),
    ),
    { profile: "sinabs" },
  ).network;
  const { program } = mapNetwork(network, simulator);
  const meter = openMeter(program, costsOf(simulator.target.profiles.default ?? {}));
  const runner = openStreams(network, { carrier: carrierOf(program, meter) });
  const steps = 4;
  runner.run(new Map([["input", denseStream(numbers([steps, 1], Float64Array.of(1, 0, 0, 1)))]]));
  const totals = meter.finish(steps);
  expect(totals.steps).toBe(steps);
  // Three turns a step (host, a, b) with a barrier of 16; one neuron each in two of them; two spikes walk two synapses.
  expect(totals.synapses).toBe(4);
  expect(totals.cycles).toBe(steps * (3 * 16 + 2) + 2 * 2);
});
