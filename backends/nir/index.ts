import { programArtifacts } from "../../compiler/formats/program/index.ts";
import type { Backend } from "../../compiler/target/index.ts";
import { exchangeNir } from "./exchange.ts";
import { target } from "./target.ts";
import { validateNir } from "./validate.ts";

/** A NIR file beside the program of our own run. */
export const nir: Backend = {
  target,
  // A word a synapse and one a list, without formats: nothing is packed.
  cost: {
    width: () => 64,
    formatOf: () => 0,
    words: (count) => 1 + count,
    outputEntries: () => 1,
    layout: (formats) => formats.map((f) => ({ ...f, weightBits: 32, delayBits: 16, indexBits: 16 })),
  },
  write: programArtifacts,
  validate: validateNir,
  exchange: exchangeNir,
};
