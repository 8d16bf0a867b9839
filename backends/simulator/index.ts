import type { Backend } from "../../compiler/target/index.ts";
import { cost } from "./cost.ts";
import { target } from "./target.ts";
import { validateSimulator } from "./validate.ts";
import { writeSimulator } from "./write.ts";

/** A TypeScript program that runs the mapped network on `spikefold/runtime`, and a checker that writes it once more. */
export const simulator: Backend = { target, cost, write: writeSimulator, validate: validateSimulator };
