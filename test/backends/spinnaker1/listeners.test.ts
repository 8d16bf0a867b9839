import fc from "fast-check";
import { expect, test } from "vitest";
import type { KeysDocument } from "../../../backends/spinnaker1/documents.ts";
import { layoutOf } from "../../../backends/spinnaker1/layout.ts";
import { listenerFaults } from "../../../backends/spinnaker1/listeners.ts";
import { keysOf, placementsOf } from "../../../backends/spinnaker1/make-documents.ts";
import type { Diagnostic } from "../../../compiler/diagnostics/index.ts";
import { item, type MachineProgram } from "../../../compiler/ir/index.ts";
import { randomProgram, type Sizes } from "./random-program.ts";

const sizes: Sizes = { inputs: 300, layers: [200, 90, 10], perCore: 64, density: 60, spread: 6, seed: 11 };
const program = randomProgram(sizes);
const keys = keysOf(program, layoutOf(program));

const faultsOf = (of: MachineProgram, written: KeysDocument): readonly Diagnostic[] =>
  listenerFaults(of, placementsOf(layoutOf(of)), written);

test("keys of random programs name exactly the listeners of their lists", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 4, max: 256 }),
      fc.integer({ min: 0, max: 100 }),
      (seed, perCore, density) => {
        const random = randomProgram({ ...sizes, seed, perCore, density });
        expect(faultsOf(random, keysOf(random, layoutOf(random)))).toEqual([]);
      },
    ),
    { numRuns: 40 },
  );
});

test("a sender with one target less or more is found", () => {
  keys.senders.forEach((sender, at) => {
    const less = sender.targets.slice(1);
    const more: typeof less = [...sender.targets, [7, 7, 2]];
    for (const targets of [less, more]) {
      const senders = keys.senders.map((s, i) => (i === at ? { ...s, targets } : s));
      expect(faultsOf(program, { ...keys, senders }).map((d) => d.code)).toEqual([
        "spinnaker1/listeners-differ",
      ]);
    }
  });
});

test("a source without a key, and one with two, are found", () => {
  const first = item(keys.senders, 0);
  const codes = (senders: typeof keys.senders): readonly string[] =>
    faultsOf(program, { ...keys, senders }).map((d) => d.code);
  expect(new Set(codes(keys.senders.slice(1)))).toEqual(new Set(["spinnaker1/source-without-key"]));
  expect(codes([...keys.senders, first])).toContain("spinnaker1/source-without-key");
  const far = { ...first, elements: [[first.elements[0]?.[0] ?? 0, 1e6] satisfies [number, number]] };
  expect(codes([far, ...keys.senders.slice(1)])).toContain("spinnaker1/source-without-key");
});

test("a synapse list that gains an axon is found", () => {
  // A core that listens to nothing gets one synapse from the first input.
  const quiet = randomProgram({ ...sizes, density: 30 });
  const core = quiet.lists.findIndex(({ population, element, offsets }) =>
    population.every((p, a) => !(p === 0 && item(element, a) < 256 && offsets[a] !== offsets[a + 1])),
  );
  const lists = item(quiet.lists, core);
  const added = {
    population: Uint16Array.of(0, ...lists.population),
    element: Uint32Array.of(0, ...lists.element),
    offsets: Uint32Array.of(0, ...lists.offsets.map((o) => o + 1)),
    slot: Uint16Array.of(0, ...lists.slot),
    mantissa: Int32Array.of(1, ...lists.mantissa),
    kind: Uint8Array.of(0, ...lists.kind),
  };
  const changed = { ...quiet, lists: quiet.lists.map((l, i) => (i === core ? added : l)) };
  expect(faultsOf(changed, keysOf(quiet, layoutOf(quiet))).length).toBeGreaterThan(0);
});

test("a core that is placed on another chip than the program says is found", () => {
  const places = placementsOf(layoutOf(program));
  const moved = places.map((place, i) => (i === 0 ? { ...place, x: 7, y: 7 } : place));
  const codes = listenerFaults(program, moved, keys).map((d) => d.code);
  expect(codes).toContain("spinnaker1/place-differs");
  expect(listenerFaults(program, places.slice(1), keys)[0]?.why).toBe(
    `the program puts it on chip ${program.cores[0]?.router.join()}, placements.json on none`,
  );
});
