import fc from "fast-check";
import { expect, test } from "vitest";
import { item, numbers, spikingInvariants, violationsOf } from "../../compiler/ir/index.ts";
import { denseStream, openStreams } from "../../runtime/spiking/index.ts";
import { dt, randomNetwork, width } from "./random.ts";
import { courseOf } from "./reference.ts";
import { lower } from "./support.ts";

const steps = 12;

test("random networks run as their equations, node by node and step by step", () => {
  let fired = 0;
  fc.assert(
    fc.property(
      randomNetwork,
      fc.array(fc.constantFrom(0, 0, 1, 2, -1), { minLength: steps * width, maxLength: steps * width }),
      (network, given) => {
        const lowered = lower(network, { dt });
        expect(violationsOf(spikingInvariants, lowered.network)).toEqual([]);
        const names = [...lowered.populations.keys()];
        const probes = [...lowered.populations.values()].map((population) => ({
          population,
          quantity: "sent" as const,
        }));
        const runner = openStreams(lowered.network, { probes });
        const stream = denseStream(numbers([steps, width], Float64Array.from(given)));
        const course = courseOf(
          network,
          (_, step) => Float64Array.from(given.slice(step * width, (step + 1) * width)),
          width,
          dt,
        );
        // A second run of the same machine begins where the first did.
        runner.run(new Map([["input", stream]]));
        const run = runner.run(new Map([["input", stream]]));
        for (const name of names) {
          const id = lowered.populations.get(name);
          if (id === undefined) continue;
          const wanted = Array.from({ length: steps }, (_, t) => [...course(name, t)]).flat();
          expect([name, [...run.trace(id, "sent").data]]).toEqual([name, wanted.map((x) => x + 0)]);
          fired += wanted.filter((x) => x === 1).length;
        }
        expect(item(run.outputs.get("output")?.shape ?? [], 0)).toBe(width);
      },
    ),
    { numRuns: 300, seed: 1 },
  );
  expect(fired).toBeGreaterThan(1000);
});
