import { expect, test } from "vitest";
import { cost } from "../../../backends/simulator/cost.ts";
import { target } from "../../../backends/simulator/target.ts";
import { item, type SynapseLists } from "../../../compiler/ir/index.ts";
import { mapNetwork } from "../../../compiler/map/index.ts";
import { listsOf } from "../../../runtime/standalone/lists.ts";
import { smallNetwork } from "../../backends/simulator/hand-made.ts";

/** Synapses of every axon in a fixed order: the order inside a list has no meaning. */
const sorted = ({ population, element, offsets, slot, mantissa, kind }: SynapseLists): readonly unknown[] =>
  [...element].map((e, a) => ({
    population: population[a],
    element: e,
    synapses: Array.from({ length: item(offsets, a + 1) - item(offsets, a) }, (_, i) => item(offsets, a) + i)
      .map((s) => [item(slot, s), item(mantissa, s), item(kind, s)])
      .sort((x, y) => item(x, 0) - item(y, 0) || item(x, 1) - item(y, 1)),
  }));

test("lists of a core from its blocks are those that the mapper placed there", () => {
  const network = smallNetwork({ network: "n", input: "x", hidden: "h", sum: "s", output: "o" });
  const narrow = {
    ...target,
    capacity: { ...target.capacity, neurons: { value: 5, unit: "neuron", source: "a test" } },
  };
  const { program } = mapNetwork(network, { target: narrow, cost });
  expect(program.cores.length).toBeGreaterThan(3);
  program.cores.forEach((core, c) => {
    expect(sorted(listsOf(network, core))).toEqual(sorted(item(program.lists, c)));
  });
});

test("a core without a format for a projection is refused", () => {
  const network = smallNetwork({ network: "n", input: "x", hidden: "h", sum: "s", output: "o" });
  const { program } = mapNetwork(network, { target, cost });
  const core = item(program.cores, 0);
  const late = core.formats.map((f) => ({ ...f, delay: 3 }));
  expect(() => listsOf(network, { ...core, formats: late })).toThrow(
    "no synapse format of the core has delay 0",
  );
});
