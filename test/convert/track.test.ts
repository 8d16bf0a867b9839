import fc from "fast-check";
import { expect, test } from "vitest";
import { convert, streamSteps } from "../../compiler/convert/index.ts";
import { named } from "../../compiler/diagnostics/index.ts";
import {
  integers,
  type LevelFunction,
  makeInteger,
  numbers,
  type Population,
  type SpikingNetwork,
} from "../../compiler/ir/index.ts";
import { integerGraphs, modes, randomFrom } from "../../compiler/testing/index.ts";
import { byProjection, type Carrier, runSpikingLevels } from "../../runtime/spiking/index.ts";
import { disagreement, modeNamed } from "./agreement.ts";

const track = modeNamed("exact.track");

const randomDelays = (seed: number, most: number): Carrier => {
  const random = randomFrom(seed);
  return byProjection({ most, next: () => random.between(0, most) });
};

test("tracking gives the integers of 1,000 networks under random delays of every message on every projection", () => {
  const graphs = integerGraphs({ signedInputs: true });
  fc.assert(
    fc.property(
      graphs,
      fc.nat(99),
      fc.constantFrom(...modes),
      fc.integer({ min: 1, max: 5 }),
      (graph, seed, style, most) => {
        expect(
          disagreement(graph, track, seed, style, { options: { carrier: randomDelays(seed, most) } }),
        ).toBeNull();
      },
    ),
    { numRuns: 1000 },
  );
}, 240_000);

/** The same network with another greatest change of a step; null sends all of it. */
const withSlew =
  (slew: number | null) =>
  (network: SpikingNetwork): SpikingNetwork => ({
    ...network,
    populations: network.populations.map(
      (p): Population => (p.code.kind === "tracking" ? { ...p, code: { kind: "tracking", slew } } : p),
    ),
  });

test.each([1, 2, 3, null])("tracking with slew %s gives the integers, delayed or not", (slew) => {
  const graphs = integerGraphs({ signedInputs: true });
  fc.assert(
    fc.property(graphs, fc.nat(99), fc.constantFrom(...modes), fc.nat(3), (graph, seed, style, most) => {
      const options = most === 0 ? {} : { carrier: randomDelays(seed, most) };
      expect(disagreement(graph, track, seed, style, { network: withSlew(slew), options })).toBeNull();
    }),
    { numRuns: 100 },
  );
});

test("projections of a stream may have delays of their own", () => {
  fc.assert(
    fc.property(integerGraphs(), fc.nat(99), fc.constantFrom(...modes), (graph, seed, style) => {
      const network = (n: SpikingNetwork): SpikingNetwork => {
        const projections = n.projections.map((q, i) => ({ ...q, delay: (seed + i) % 4 }));
        const steps = streamSteps({ populations: n.populations, projections });
        return { ...n, projections, schedule: { kind: "stream", steps } };
      };
      // A carrier that is given keeps the bounds of the undelayed network out of the comparison.
      expect(
        disagreement(graph, track, seed, style, { network, options: { carrier: byProjection() } }),
      ).toBeNull();
    }),
    { numRuns: 100 },
  );
});

test("a message of step t acts at step t + 1", () => {
  const x = makeInteger("input", [], { name: "x", shape: [1], scale: [1], low: 0, high: 7 }, [named("x")]);
  const upTo7 = (theta: number): LevelFunction => ({
    kind: "uniform",
    theta: integers("theta", [1], Float64Array.of(theta)),
    low: 0,
    high: 7,
  });
  const a = makeInteger("neuron", [x], { fn: upTo7(3), scale: [1] }, [named("a")]);
  const b = makeInteger("neuron", [a], { fn: upTo7(1), scale: [1] }, [named("b")]);
  const { graph } = convert({ name: "chain", inputs: [x], outputs: [{ name: "b", value: b }] }, track);
  const sent: string[] = [];
  const { counters } = runSpikingLevels(graph, new Map([["x", numbers([1], Float64Array.of(2))]]), {
    recorder: ({ population, step, digit }) => sent.push(`${population} ${step} ${digit}`),
  });
  // J_1 of a is 2: it is reached when the second message has arrived.
  expect([...sent].sort()).toEqual(["a 2 1", "b 3 1", "x 0 1", "x 1 1"]);
  expect(counters.steps).toBe(4);
});
