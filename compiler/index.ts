import { basename, join } from "node:path";
import { publish } from "../runtime/files/index.ts";
import { backendNames, loadBackends } from "./cli/backends.ts";
import { type CompiledJob, runJob } from "./cli/compile-job.ts";
import { openModel } from "./cli/model.ts";
import type { CompileFlags } from "./cli/plan.ts";
import { chosenSections, refuseBuild, refuseUnbuilt, sectionsOf } from "./cli/sections.ts";
import { version } from "./cli/version.ts";
import { item } from "./ir/index.ts";

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
 * Compiles every network that a model file asks for: an `.onnx` file is one, an `.spk` file has one per compile section,
 * or those that `recipe` names. All are compiled before one is written; several are written to folders of their own below
 * `output`, as the command does. Throws Rejected with all faults.
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
  const { output } = options;
  const sections = chosenSections(path, sectionsOf(model.jobs), options.recipe);
  const several = sections.length > 1;
  const names = sections.map(({ name }) => name);
  refuseUnbuilt(sections);
  if (several && output !== undefined) refuseBuild(output, names);
  const flags = { mode: "auto", output: "", ...options };
  const compiled: CompiledJob[] = [];
  for (const { job } of sections)
    compiled.push(await runJob(named, job, flags, { dump: () => undefined, progress: () => undefined }));
  for (const [i, { build, artifacts }] of compiled.entries())
    if (output !== undefined && build !== null)
      publish(several ? join(output, item(names, i)) : output, artifacts, {
        producer: `spikefold ${version}`,
      });
  return compiled;
};
