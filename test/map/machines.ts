import type { MapTarget } from "../../compiler/map/index.ts";
import { known, type SynapseCost, type Target, unknown } from "../../compiler/target/index.ts";

const made = "made for a test";

/** Two words a list, one a format and one for two synapses of up to 32 bits; delays widen synapses. */
export const plainCost: SynapseCost = {
  width: (slots, delay) => 8 + (32 - Math.clz32(Math.max(0, slots - 1))) + (delay === 0 ? 0 : 4),
  formatOf: (exponent) => exponent,
  words: (count, formats, width) => (count === 0 ? 0 : 2 + formats + Math.ceil((count * width) / 64)),
  outputEntries: (sameChip) => (sameChip ? 1 : 2),
  layout: (formats) => formats.map((f) => ({ ...f, weightBits: 8 })),
};

/** A mesh with small chips; what `capacity` does not name is not limited. */
export const machineWith = (
  capacity: Readonly<Record<string, number>>,
  grid: Target["grid"] = { low: -(2 ** 31), high: 2 ** 31 - 1, step: 1, exponents: [0, 0] },
): MapTarget => ({
  target: {
    name: "test-mesh",
    summary: "a mesh of the tests",
    modes: ["exact.graded"],
    cell: null,
    grid,
    topology: (cores) => ({ kind: "mesh", size: [2, 2], coresPerRouter: 2, chips: Math.ceil(cores / 8) }),
    coresPerChip: known(8, "core", made),
    capacity: {
      "words per axon": unknown("nobody knows", made),
      ...Object.fromEntries(Object.entries(capacity).map(([name, n]) => [name, known(n, "piece", made)])),
    },
    profiles: {},
  },
  cost: plainCost,
});
