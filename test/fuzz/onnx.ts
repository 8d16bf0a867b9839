import { Rejected } from "../../compiler/diagnostics/index.ts";
import { importOnnx } from "../../compiler/formats/onnx/index.ts";
import { violationsOf } from "../../compiler/ir/core/index.ts";
import { tensorInvariants } from "../../compiler/ir/tensor/index.ts";
import { plan, runPasses } from "../../compiler/pass/index.ts";
import { canonicalize } from "../../compiler/passes/tensor/canonicalize.ts";
import { eliminateChannels } from "../../compiler/passes/tensor/eliminate-channels.ts";
import { eliminateDuplicates } from "../../compiler/passes/tensor/eliminate-duplicates.ts";
import { fuseBatchNorm } from "../../compiler/passes/tensor/fuse-batch-norm.ts";
import { recognizeFunctions } from "../../compiler/passes/tensor/recognize-functions.ts";
import { recognizeSteps } from "../../compiler/passes/tensor/recognize-steps.ts";
import { randomFrom, testContext } from "../../compiler/testing/index.ts";
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

/** The passes that every float network goes through; the manager checks the graph after each. */
const passes = [
  plan(canonicalize, {}),
  plan(recognizeFunctions, {}),
  plan(recognizeSteps, {}),
  plan(eliminateDuplicates, {}),
  plan(eliminateChannels, {}),
  plan(fuseBatchNorm, {}),
  plan(canonicalize, {}),
];

const outcomeOf = (bytes: Uint8Array): Outcome => {
  try {
    const graph = importOnnx(bytes, "m.onnx");
    const violations = violationsOf(tensorInvariants, graph);
    if (violations.length > 0) throw new Error(`the graph is not valid: ${violations.join("; ")}`);
    runPasses(passes, graph, { context: testContext(null), clock: () => 0 });
    return "imported";
  } catch (error) {
    if (error instanceof Rejected && error.diagnostics.length > 0) return "refused";
    throw error;
  }
};

/**
 * Reads bytes as a model and runs the float passes. Throws when that gives neither a valid graph nor messages, takes over 2 s of the
 * processor, or leaves over 512 MB behind.
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
