import type { Backend } from "../../compiler/target/index.ts";
import { cost } from "./cost.ts";
import { target } from "./target.ts";
import { validateProgram } from "./validate.ts";
import { writeProgram } from "./write.ts";

/** Loihi 1: a core program that is executed with the chip's own integers, and a checker that recounts it. */
export const loihi1: Backend = { target, cost, write: writeProgram, validate: validateProgram };
