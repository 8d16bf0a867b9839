/**
 * A machine of our own, generous enough to run any exact network without a change to its weights. It exists to count:
 * its limits and cycle costs are choices, not measurements, and it has no energies.
 */
import { type Fact, known, type Target, unknown } from "../../compiler/target/index.ts";

const choice = "the simulator's own choice";

const noEnergy = unknown("the machine is not built, so nothing was measured", choice);

/** Cycles by stage, under the names of `docs/pipeline.md`. */
export const profile: Readonly<Record<string, Fact>> = {
  "axon in": known(1, "cycle", `${choice}: one message of the input queue looked up`),
  synapse: known(1, "cycle", `${choice}: one synapse word read and multiplied`),
  dendrite: known(1, "cycle", `${choice}: one sum updated`),
  soma: known(1, "cycle", `${choice}: one neuron compared`),
  "axon out": known(1, "cycle", `${choice}: one message sent`),
  barrier: known(16, "cycle", `${choice}: all cores agree that a step is over`),
  "synapse energy": noEnergy,
  "neuron active energy": noEnergy,
  "neuron idle energy": noEnergy,
  "spike energy": noEnergy,
};

/** Routers of the smallest square mesh with a core each. */
const squareMesh = (cores: number): readonly [number, number] => {
  const side = Math.max(1, Math.ceil(Math.sqrt(cores)));
  return [side, side];
};

export const target: Target = {
  name: "simulator",
  summary: "a generated TypeScript program for a mesh of cores of our own, cycle by cycle",
  modes: ["exact.graded", "exact.spatial", "exact.track", "native"],
  cell: null,
  dynamics: { kind: "any" },
  grid: { low: -(2 ** 31), high: 2 ** 31 - 1, step: 1, exponents: [0, 0] },
  topology: (cores) => ({ kind: "mesh", size: squareMesh(cores), coresPerRouter: 1, chips: 1 }),
  coresPerChip: known(65536, "core", choice),
  capacity: {
    neurons: known(1024, "neuron", choice),
    "synapse words": known(131072, "word", `${choice}: 1 MiB of 64-bit words`),
  },
  profiles: { default: profile },
};
