import type { SynapseCost } from "../../compiler/target/index.ts";

/** 32-bit weight, 16-bit slot, 16-bit delay. */
const wordBits = 64;

/** A list is one word that says where it lies, and one word a synapse; every synapse may have its own delay. */
export const cost: SynapseCost = {
  width: () => wordBits,
  formatOf: () => 0,
  words: (count) => 1 + count,
  outputEntries: () => 1,
  layout: (formats) => formats.map((f) => ({ ...f, weightBits: 32, delayBits: 16, indexBits: 16 })),
};
