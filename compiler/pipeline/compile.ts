import type { Diagnostic } from "../diagnostics/index.ts";
import type { TensorGraph } from "../ir/index.ts";
import type { Context, DataSet, Evaluator, RunOptions } from "../pass/index.ts";
import type { ScalarFunctions } from "../quantize/index.ts";
import type { Backend } from "../target/index.ts";
import type { Build, Preparation } from "./build.ts";
import type { CompileOptions } from "./options.ts";
import { buildTarget } from "./target-stage.ts";
import { runTensorStage, type TensorStage, toIntegers } from "./tensor-stage.ts";

/** What a compile needs from outside: engines, time, and someone to tell. */
export interface Surroundings {
  readonly tensor: Evaluator<"tensor">;
  readonly scalars: ScalarFunctions;
  readonly verify: RunOptions<"tensor">["verify"];
  readonly clock: () => number;
  readonly dump: (pass: string, text: string) => void;
  readonly progress: (what: string) => void;
}

export interface CompileRequest {
  readonly name: string;
  readonly sha256: string;
  readonly graph: TensorGraph;
  readonly backends: readonly Backend[];
  readonly preparation: Preparation;
  readonly calibration: DataSet | null;
  readonly options: CompileOptions;
}

export interface Compiled {
  /** Null when --stop-after ended the run in the tensor passes. */
  readonly build: Build | null;
  readonly stage: TensorStage;
}

/**
 * From a float network to programs for all targets; nothing is written. Same request, same result, byte for byte.
 * Throws Rejected with all faults of the stage that found some.
 */
export const compile = (request: CompileRequest, around: Surroundings): Compiled => {
  const { options, backends } = request;
  const warnings: Diagnostic[] = [];
  const context: Omit<Context, "bound" | "measure"> = {
    targets: backends.map((b) => b.target),
    data: request.calibration,
    seed: options.seed,
    tensor: around.tensor,
    report: (d) => warnings.push(d),
  };
  const stage = runTensorStage(request.graph, options, {
    context,
    clock: around.clock,
    skip: options.skip,
    stopAfter: options.stopAfter,
    dumpAfter: options.dumpAfter,
    dump: around.dump,
    verify: options.verify ? (around.verify ?? null) : null,
    progress: (pass, done, total) => around.progress(`${pass} (${done + 1} of ${total})`),
  });
  if (stage.stopped !== null) return { build: null, stage };
  around.progress("to integers");
  const integer = toIntegers(stage.quantized, around.scalars, {
    ...context,
    bound: () => undefined,
    measure: () => undefined,
  });
  const targets = backends.map((backend) => {
    around.progress(`mapping to ${backend.target.name}`);
    return buildTarget(integer.graph, backend, options.mode);
  });
  const build: Build = {
    model: { name: request.name, sha256: request.sha256 },
    preparation: request.preparation,
    float: stage.float,
    host: stage.host,
    integer: integer.graph,
    targets,
    warnings,
  };
  return { build, stage };
};
