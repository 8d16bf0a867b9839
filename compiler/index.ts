import { basename } from "node:path";
import { publish } from "../runtime/files/index.ts";
import { backendNames, loadBackends } from "./cli/backends.ts";
import { type CompiledJob, runJob } from "./cli/compile-job.ts";
import { openModel } from "./cli/model.ts";
import type { CompileFlags } from "./cli/plan.ts";
import { version } from "./cli/version.ts";

export type { CompiledJob } from "./cli/compile-job.ts";
export { type Diagnostic, Rejected, renderAll } from "./diagnostics/index.ts";
export * as ir from "./ir/index.ts";
export { definePass, plan, runPasses } from "./pass/index.ts";
export type { Build, TargetBuild } from "./pipeline/index.ts";
export { verifyFolder } from "./verify/verify.ts";
export { version };

/** The flags of `spikefold compile`, by their names; without `output` nothing is written. */
export type CompileModelOptions = Partial<Omit<CompileFlags, "json">>;

/**
 * Compiles every network that a model file asks for: an `.onnx` file is one, an `.spk` file has one per compile section.
 * With several, each is written to a folder of its network's name below `output`. Throws Rejected with all faults.
 */
export const compileModel = async (
  path: string,
  options: CompileModelOptions = {},
): Promise<readonly CompiledJob[]> => {
  const all = await loadBackends(backendNames);
  const model = openModel(
    path,
    all.map((b) => b.target),
    options,
  );
  const named = { name: basename(path), sha256: model.sha256 };
  const compiled: CompiledJob[] = [];
  for (const job of model.jobs) {
    const flags = { mode: "auto", output: "", ...options };
    const done = await runJob(named, job, flags, { dump: () => undefined, progress: () => undefined });
    const several = model.jobs.length > 1 && job.recipe !== null;
    if (options.output !== undefined && done.build !== null)
      publish(several ? `${options.output}/${job.recipe?.network ?? ""}` : options.output, done.artifacts, {
        producer: `spikefold ${version}`,
      });
    compiled.push(done);
  }
  return compiled;
};
