import type { TensorGraph } from "../compiler/ir/tensor/index.ts";
import { plan, runPasses } from "../compiler/pass/index.ts";
import { canonicalize } from "../compiler/passes/tensor/canonicalize.ts";
import { eliminateChannels } from "../compiler/passes/tensor/eliminate-channels.ts";
import { eliminateDuplicates } from "../compiler/passes/tensor/eliminate-duplicates.ts";
import { fuseBatchNorm } from "../compiler/passes/tensor/fuse-batch-norm.ts";
import { recognizeFunctions } from "../compiler/passes/tensor/recognize-functions.ts";
import { recognizeSteps } from "../compiler/passes/tensor/recognize-steps.ts";
import { testContext } from "../compiler/testing/index.ts";

const passes = [
  plan(canonicalize, {}),
  plan(recognizeFunctions, {}),
  plan(recognizeSteps, {}),
  plan(eliminateDuplicates, {}),
  plan(eliminateChannels, {}),
  plan(fuseBatchNorm, {}),
  plan(canonicalize, {}),
];

/** The network after the passes that every float network goes through; the manager checks it after each. */
export const afterFloatPasses = (graph: TensorGraph): TensorGraph =>
  runPasses(passes, graph, { context: testContext(null), clock: () => 0 }).graph;
