import fc from "fast-check";
import { expect, test } from "vitest";
import { simulator } from "../../../backends/simulator/index.ts";
import { spinnaker1 } from "../../../backends/spinnaker1/index.ts";
import { floats, item, numbers, type SpikingNetwork } from "../../../compiler/ir/index.ts";
import { lowerNative, type NativeNetwork, native } from "../../../compiler/native/index.ts";
import { nativeObligations } from "../../../compiler/pipeline/native/obligations.ts";
import { carrierOf } from "../../../runtime/cycle/index.ts";
import { type Carrier, denseStream, openStreams, type StreamRun } from "../../../runtime/spiking/index.ts";
import { dt, randomNetwork, width } from "../../native/random.ts";
import { matrix, one, single } from "../../native/support.ts";
import { faultsOf } from "../../rejected.ts";
import { bytesOf, compiled, emitted } from "./support.ts";

const steps = 12;
const given = fc.array(fc.constantFrom(0, 0, 1, 2, -1), {
  minLength: steps * width,
  maxLength: steps * width,
});

const run = (network: SpikingNetwork, values: readonly number[], carrier: Carrier | null): StreamRun => {
  const probes = network.populations.map((p) => ({ population: p.id, quantity: "sent" as const }));
  const runner = openStreams(network, carrier === null ? { probes } : { probes, carrier });
  return runner.run(
    new Map([["input", denseStream(numbers([steps, width], Float64Array.from(values)))]]),
    steps,
  );
};

test("the emitted lists of random networks send every message of the network, step by step", () => {
  let messages = 0;
  fc.assert(
    fc.property(randomNetwork, given, (network, values) => {
      const options = { profile: "euler" as const, dt, reset: null };
      const { network: lowered } = lowerNative(network, options);
      const program = emitted(compiled(network, options));
      const wanted = run(lowered, values, null);
      const found = run(program.network, values, carrierOf(program));
      for (const { id } of lowered.populations) {
        const sent = wanted.trace(id, "sent").data;
        expect([id, [...found.trace(id, "sent").data]]).toEqual([id, [...sent]]);
        messages += sent.filter((x) => x !== 0).length;
      }
      expect(found.counters.synapticOperations).toBe(wanted.counters.synapticOperations);
    }),
    { numRuns: 100, seed: 2 },
  );
  expect(messages).toBeGreaterThan(5000);
});

test("the same request gives the same bytes", () => {
  fc.assert(
    fc.property(randomNetwork, (network) => {
      expect(bytesOf(compiled(network, { dt }))).toEqual(bytesOf(compiled(network, { dt })));
    }),
    { numRuns: 5, seed: 3 },
  );
});

const lif = single(native.leakyIntegrateAndFire(one(2e-3), { threshold: one(1) }));

test("dynamics, step and reset that nobody gave are assumed with a note each", () => {
  const { notes, targets } = compiled(lif);
  expect(notes.map((d) => d.code)).toEqual([
    "build/dynamics-assumed",
    "native/dt-assumed",
    "native/reset-assumed",
  ]);
  expect(item(targets, 0).dynamics).toEqual({ profile: "snntorch", dt: 1e-4, reset: "hard", steps: 0 });
  expect(compiled(lif, { profile: "norse", dt: 1e-3, reset: "soft" }).notes).toEqual([]);
});

test("a target whose neurons keep no state refuses, with what it can do", () => {
  const faults = faultsOf(() => compiled(lif, { dt: 1e-3 }, [spinnaker1, simulator]));
  expect(faults.map((d) => d.code)).toEqual(["build/native-not-offered"]);
  expect(faults[0]?.fix).toContain("simulator");
});

test("the bound of spikes is neurons times steps, and unknown where the data say the steps", () => {
  expect(item(compiled(lif, { dt: 1e-3, steps: 40 }).targets, 0).spikeBound).toBe(40);
  expect(item(compiled(lif, { dt: 1e-3 }).targets, 0).spikeBound).toBe(null);
});

const rounding = (): NativeNetwork => {
  const { nativeNetwork, node, path } = native;
  const weights = (seed: number) =>
    matrix([0, 1, 2].map((r) => [0, 1, 2].map((c) => Math.fround(Math.sin(seed + 7 * r + c)))));
  return nativeNetwork(
    "rounding",
    [
      node("input", native.input([3])),
      node("a", native.affine(weights(1))),
      node("b", native.affine(weights(2))),
      node("c", native.affine(weights(3))),
      node("layer", native.integrateAndFire({ threshold: one(1) })),
      node("output", native.output()),
    ],
    path("input", "a", "b", "c", "layer", "output"),
  );
};

test("products of weights that a double cannot hold are rounded once, and listed", () => {
  const { network } = item(compiled(rounding(), { profile: "sinabs" }).targets, 0);
  expect(network.projections.map((q) => q.map.kind)).toEqual(["sparse"]);
});

test("a synapse that is not in the projections stops the compile", () => {
  const { program, dynamics } = item(compiled(rounding(), { profile: "sinabs" }).targets, 0);
  expect(nativeObligations(program, dynamics, simulator.target).map((o) => o.status)).toEqual([
    "checked",
    "assumed",
  ]);
  const [first, ...others] = program.lists;
  if (first === undefined) throw new Error("no lists");
  const mantissa = first.mantissa.slice();
  mantissa[4] = (mantissa[4] ?? 0) * (1 + 2 ** -52);
  const forged = { ...program, lists: [{ ...first, mantissa }, ...others] };
  expect(() => nativeObligations(forged, dynamics, simulator.target)).toThrow("are not the projections");
});

test("delays of a synapse each become projections of one delay", () => {
  const { nativeNetwork, node, path } = native;
  const network = nativeNetwork(
    "delayed",
    [
      node("input", native.input([3])),
      node("late", native.delay(floats("d", [3], Float64Array.of(0, 2, 2)), "steps")),
      node("layer", native.integrateAndFire({ threshold: one(0.5) })),
      node("output", native.output()),
    ],
    path("input", "late", "layer", "output"),
  );
  const { projections } = item(compiled(network, { profile: "sinabs" }).targets, 0).network;
  expect(projections.map((q) => [q.delay, q.delays])).toEqual([
    [0, null],
    [2, null],
  ]);
});
