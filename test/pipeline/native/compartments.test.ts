import fc from "fast-check";
import { expect, test } from "vitest";
import { loihi1 } from "../../../backends/loihi1/index.ts";
import { simulator } from "../../../backends/simulator/index.ts";
import { integers, item, membraneOf, numbers, toZero, valuesOf } from "../../../compiler/ir/index.ts";
import { lowerNative, type NativeNetwork, type NativeOp, native } from "../../../compiler/native/index.ts";
import { greatestSum } from "../../../compiler/pipeline/native/compartments.ts";
import { carrierOf } from "../../../runtime/cycle/index.ts";
import { denseStream, openStreams } from "../../../runtime/spiking/index.ts";
import { matrix, one, single } from "../../native/support.ts";
import { faultsOf } from "../../rejected.ts";
import { compiled, emitted } from "./support.ts";

const { nativeNetwork, node, path } = native;

const layered = (weights: readonly (readonly (readonly number[])[])[], tau: number): NativeNetwork => {
  const names = weights.flatMap((_, i) => [`w${i}`, `lif${i}`]);
  return nativeNetwork(
    "layers",
    [
      node("input", native.input([3])),
      ...weights.flatMap((rows, i) => [
        node(`w${i}`, native.affine(matrix(rows))),
        node(
          `lif${i}`,
          native.currentLeakyIntegrateAndFire(one(2e-3), one(tau), { threshold: one(0.4), r: one(9) }),
        ),
      ]),
      node("output", native.output()),
    ],
    path("input", ...names, "output"),
  );
};

const steps = 30;
const weight = fc.integer({ min: -40, max: 100 }).map((n) => n / 70);
const square = fc.array(fc.array(weight, { minLength: 3, maxLength: 3 }), { minLength: 3, maxLength: 3 });

test("compartments of Loihi spike as Lava's integers with the same weights, from the emitted lists", () => {
  let spikes = 0;
  fc.assert(
    fc.property(
      fc.array(square, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(4e-3, 9e-3),
      fc.array(fc.constantFrom(0, 1), { minLength: 3 * steps, maxLength: 3 * steps }),
      (weights, tau, given) => {
        const network = layered(weights, tau);
        const lava = lowerNative(network, {
          profile: "lava-fixed",
          dt: 1e-3,
          reset: null,
          chip: { mostWeight: 127 },
        }).network;
        const program = emitted(compiled(network, { profile: "euler", dt: 1e-3 }, [loihi1]));
        const streams = new Map([["input", denseStream(numbers([steps, 3], Float64Array.from(given)))]]);
        const probes = lava.populations.map((p) => ({ population: p.id, quantity: "sent" as const }));
        const wanted = openStreams(lava, { probes }).run(streams);
        const found = openStreams(program.network, { probes, carrier: carrierOf(program) }).run(streams);
        for (const { id } of lava.populations) {
          const sent = wanted.trace(id, "sent").data;
          expect([id, [...found.trace(id, "sent").data]]).toEqual([id, [...sent]]);
          if (id !== "input") spikes += sent.filter((x) => x !== 0).length;
        }
      },
    ),
    { numRuns: 60, seed: 8 },
  );
  expect(spikes).toBeGreaterThan(500);
});

test("what is written for Loihi passes its own checker", () => {
  const rows = [
    [1, -0.5, 0.25],
    [0.3, 0.2, -0.1],
    [0.7, 0, 1],
  ];
  const build = compiled(layered([rows, rows], 4e-3), { dt: 1e-3 }, [loihi1]);
  const { program, obligations } = item(build.targets, 0);
  const files = new Map(loihi1.write(program).map((f) => [f.path, Buffer.concat([...f.bytes()])]));
  expect(loihi1.validate(files)).toEqual([]);
  expect(obligations.map((o) => [o.id, o.status])).toContainEqual(["sums-fit", "proved"]);
  // 64 units of potential for each unit of weight; 127 is the largest weight of a layer.
  expect(greatestSum(program.network)).toBe(64 * (127 + Math.round(0.7 * 127)));
  expect(build.notes.map((d) => d.code)).toContain("build/in-chip-integers");
});

const whatOf = (op: NativeOp, options: Parameters<typeof compiled>[1] = {}): readonly string[] =>
  faultsOf(() => compiled(single(op), { profile: "euler", dt: 1e-3, ...options }, [loihi1]))
    .filter((d) => d.severity === "error")
    .map((d) => (d.code === "build/not-a-compartment" ? String(d.holes?.what) : d.code));

const lif = (options: Partial<Parameters<typeof native.leakyIntegrateAndFire>[1]>): NativeOp =>
  native.leakyIntegrateAndFire(one(4e-3), { threshold: one(1), ...options });

test("what a compartment has no register for is refused, by population and with what to change", () => {
  expect(whatOf(lif({}))).toEqual([]);
  expect(whatOf(lif({ reset: "soft" }))).toEqual(["a soft reset"]);
  expect(whatOf(lif({ vReset: one(0.5) }))).toEqual([expect.stringMatching(/^a reset to \d+$/)]);
  expect(whatOf(lif({}), { profile: "spyx", reset: "hard" })).toEqual(["a comparison before the update"]);
  expect(whatOf(lif({ refractory: 0.1 }))).toEqual(["a refractory time of 100 steps"]);
  expect(whatOf(lif({ vLeak: one(400) }))).toEqual([expect.stringMatching(/^a bias of \d+$/)]);
  expect(whatOf(lif({ adaptation: { tau: one(4e-3), beta: one(1) } }))).toEqual(["native/integers-needed"]);
  const faults = faultsOf(() => compiled(single(lif({ reset: "soft" })), { dt: 1e-3 }, [loihi1]));
  expect(faults[0]).toMatchObject({
    where: { node: "layer" },
    fix: expect.stringContaining("use --reset hard"),
  });
});

test("delays and currents that synapses cannot hold are refused", () => {
  const delayed = nativeNetwork(
    "delayed",
    [
      node("input", native.input([1], { kind: "current", time: 0.02 })),
      node("late", native.delay(one(9), "steps")),
      node("lif", lif({})),
      node("output", native.output()),
    ],
    path("input", "late", "lif", "output"),
  );
  const faults = faultsOf(() => compiled(delayed, { profile: "euler", dt: 1e-3 }, [loihi1]));
  expect(faults.map((d) => d.holes?.what)).toEqual(["an input that sends numbers", "a delay of 9 steps"]);
});

test("neurons of a file that are no compartments, and weights off the grid, are refused", () => {
  const cell = (weight: number, op: NativeOp): NativeNetwork =>
    nativeNetwork(
      "cells",
      [
        node("input", native.input([2])),
        node("w", native.affine(integers("w", [1, 2], Float64Array.of(weight, 2)))),
        node("cell", op),
        node("output", native.output()),
      ],
      path("input", "w", "cell", "output"),
    );
  const model = membraneOf({
    decay: one(0),
    threshold: integers("t", [1], Float64Array.of(640)),
    comparator: "above",
    reset: toZero,
  });
  const says = (network: NativeNetwork): readonly string[] =>
    faultsOf(() => compiled(network, { profile: "loihi" }, [loihi1])).map((d) => String(d.holes?.what));
  expect(says(cell(-254, native.cell(model)))).toEqual([]);
  expect(says(cell(255, native.cell(model)))).toEqual(["weights up to 255 that no exponent fits"]);
  const delta = native.cell(
    { kind: "sigmaDelta", threshold: one(1), rectify: true, shift: 0 },
    { payload: true },
  );
  expect(says(cell(2, delta))).toEqual(["a sigmaDelta"]);
});

test("a bias is the nearest that mantissa and exponent hold", () => {
  const biased = nativeNetwork(
    "biased",
    [
      node("input", native.input([1])),
      node("w", native.affine(matrix([[0.001]]), one(6.0035))),
      node("if", native.integrateAndFire({ threshold: one(131), r: one(1000) })),
      node("output", native.output()),
    ],
    path("input", "w", "if", "output"),
  );
  const options = { profile: "euler", dt: 1e-3 } as const;
  const bias = (build: ReturnType<typeof compiled>): number => {
    const p = item(build.targets, 0).network.populations.find(({ id }) => id === "if");
    return p?.bias === null || p?.bias === undefined ? 0 : (valuesOf(p.bias)[0] ?? 0);
  };
  const held = bias(compiled(biased, options, [loihi1]));
  const exact = bias(compiled(biased, { ...options, profile: "lava-fixed" }, [simulator]));
  expect(exact).toBe(6007 * 64);
  expect(held).toBe(3004 * 128);
});
