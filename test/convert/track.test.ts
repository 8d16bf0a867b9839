import fc from "fast-check";
import { expect, test } from "vitest";
import { integerGraphs, modes, randomFrom } from "../../compiler/testing/index.ts";
import { byProjection, type Carrier } from "../../runtime/spiking/index.ts";
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
});
