import type { Backend } from "../../compiler/target/index.ts";
import { synapseCost } from "./limits.ts";
import { spinnaker1 as target } from "./target.ts";
import { validateFiles } from "./validate.ts";
import { writeFiles } from "./write.ts";

/** SpiNNaker 1: files in PACMAN's formats, and a checker that traces them. */
export const spinnaker1: Backend = {
  target,
  cost: synapseCost,
  write: writeFiles,
  validate: validateFiles,
};
