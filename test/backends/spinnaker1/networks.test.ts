import fc from "fast-check";
import { expect, test } from "vitest";
import { spinnaker1 } from "../../../backends/spinnaker1/index.ts";
import { Rejected } from "../../../compiler/diagnostics/index.ts";
import { type MachineProgram, machineInvariants, violationsOf } from "../../../compiler/ir/index.ts";
import { mapNetwork } from "../../../compiler/map/index.ts";
import { realizeIntegers } from "../../../compiler/realize/realize.ts";
import { integerGraphs } from "../../../compiler/testing/index.ts";

const filesOf = (program: MachineProgram): ReadonlyMap<string, Uint8Array> =>
  new Map(spinnaker1.write(program).map(({ path, bytes }) => [path, Buffer.concat([...bytes()])]));

test("random integer networks become files in which every spike finds its listeners", () => {
  let mapped = 0;
  let refused = 0;
  let senders = 0;
  fc.assert(
    fc.property(integerGraphs(), (graph) => {
      try {
        const { network } = realizeIntegers(graph, spinnaker1.target).realized;
        const { program } = mapNetwork(network, spinnaker1);
        expect(violationsOf(machineInvariants, program)).toEqual([]);
        expect(spinnaker1.validate(filesOf(program))).toEqual([]);
        mapped += 1;
        senders += program.routes.length;
      } catch (error) {
        if (!(error instanceof Rejected)) throw error;
        expect(error.diagnostics.every((d) => d.code === "realize/sum-too-wide")).toBe(true);
        refused += 1;
      }
    }),
    { numRuns: 80 },
  );
  expect(mapped).toBeGreaterThan(50);
  expect(refused).toBeLessThan(30);
  expect(senders).toBeGreaterThan(500);
});
