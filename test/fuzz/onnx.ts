import { Rejected } from "../../compiler/diagnostics/index.ts";
import { importOnnx } from "../../compiler/formats/onnx/index.ts";
import { violationsOf } from "../../compiler/ir/core/index.ts";
import { tensorInvariants } from "../../compiler/ir/tensor/index.ts";
import { randomFrom } from "../../compiler/testing/index.ts";
import { afterFloatPasses } from "../float-passes.ts";
import { mutate } from "./onnx/mutate.ts";
import { seeds } from "./onnx/seeds.ts";

const models = seeds();
const large = models.length - 1;

const limits = { seconds: 2, bytes: 512 * 2 ** 20 };

/** The bytes that a seed stands for. */
export const mutant = (seed: number): Uint8Array => {
  const random = randomFrom(seed);
  const which = random.chance(3) ? large : random.between(0, large - 1);
  const [model = models[0], other = models[0]] = [models[which], models[random.between(0, large - 1)]];
  return mutate(model, other, random);
};

/** What became of a file. */
export type Outcome = "imported" | "refused";

const outcomeOf = (bytes: Uint8Array): Outcome => {
  try {
    const graph = importOnnx(bytes, "m.onnx");
    const violations = violationsOf(tensorInvariants, graph);
    if (violations.length > 0) throw new Error(`the graph is not valid: ${violations.join("; ")}`);
    afterFloatPasses(graph);
    return "imported";
  } catch (error) {
    if (error instanceof Rejected && error.diagnostics.length > 0) return "refused";
    throw error;
  }
};

/**
 * Reads bytes as a model and runs the float passes. Throws when that gives neither a valid graph nor messages, takes
 * over 2 s of the processor, or leaves over 512 MB behind.
 */
export const judge = (bytes: Uint8Array): Outcome => {
  const before = process.memoryUsage();
  const start = process.cpuUsage();
  const outcome = outcomeOf(bytes);
  const { user, system } = process.cpuUsage(start);
  const seconds = (user + system) / 1e6;
  if (seconds > limits.seconds) throw new Error(`reading took ${seconds} s`);
  const after = process.memoryUsage();
  const held = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  if (held > limits.bytes) throw new Error(`reading took ${held} bytes`);
  return outcome;
};
