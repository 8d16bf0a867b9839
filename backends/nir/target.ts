/**
 * Networks of dynamics as NIR files (neuromorphs/NIR), for simulators and chips that read them. No machine stands behind
 * it: cores are those of a run of ours, one after the other, and their limits are choices.
 */
import { known, type Target, unknown } from "../../compiler/target/index.ts";

const choice = "a file has no cores; these are those of our own run";

export const target: Target = {
  name: "nir",
  summary:
    "a NIR file of a network that spikes by itself, for Norse, snnTorch, SpikingJelly, sinabs and others",
  modes: ["native"],
  cell: null,
  dynamics: { kind: "any" },
  // Readers hold weights in floats of 32 bits (neuromorphs/NIR: nir/serialization.py writes arrays as they are).
  grid: { low: -(2 ** 31), high: 2 ** 31 - 1, step: 1, exponents: [0, 0] },
  topology: (cores) => ({ kind: "mesh", size: [Math.max(1, cores), 1], coresPerRouter: 1, chips: 1 }),
  coresPerChip: known(65536, "core", choice),
  capacity: {
    neurons: known(65536, "neuron", choice),
    "synapse words": known(2 ** 28, "word", choice),
  },
  profiles: { default: { energy: unknown("no machine stands behind a file", choice) } },
};
