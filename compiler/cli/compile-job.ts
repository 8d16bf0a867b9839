import { tensorContracts } from "../check/index.ts";
import { Rejected } from "../diagnostics/index.ts";
import { buildFiles, type Compiled, compile } from "../pipeline/index.ts";
import type { Artifact, Backend } from "../target/index.ts";
import { loadBackends } from "./backends.ts";
import { scalarFunctions, tensorEvaluator } from "./engines.ts";
import type { Job } from "./model.ts";
import { type CompileFlags, type CompilePlan, planCompile } from "./plan.ts";

/** A model file's name and hash, for the certificate. */
export interface Named {
  readonly name: string;
  readonly sha256: string;
}

export interface Listener {
  readonly dump: (pass: string, text: string) => void;
  readonly progress: (what: string) => void;
}

export interface CompiledJob extends Compiled {
  readonly plan: CompilePlan;
  /** Files of the build folder, validated; none when --stop-after ended the run. */
  readonly artifacts: readonly Artifact[];
}

const wantedTargets = (flags: CompileFlags, job: Job): readonly string[] =>
  flags.target ?? (job.recipe === null ? ["simulator"] : job.recipe.targets.map((t) => t.name));

/** Re-reads what a back end wrote, before the folder appears. Throws Rejected with all that is wrong with it. */
const validateFiles = (backends: readonly Backend[], artifacts: readonly Artifact[]): void => {
  const faults = backends.flatMap((backend) => {
    const folder = `${backend.target.name}/`;
    const own = artifacts.filter((a) => a.path.startsWith(folder));
    return backend.validate(
      new Map(own.map((a) => [a.path.slice(folder.length), Buffer.concat([...a.bytes()])])),
    );
  });
  if (faults.length > 0) throw new Rejected(faults);
};

/** Compiles one network for its targets; nothing is written. Throws Rejected. */
export const runJob = async (
  { name, sha256 }: Named,
  job: Job,
  flags: CompileFlags,
  listener: Listener,
): Promise<CompiledJob> => {
  const backends = await loadBackends(wantedTargets(flags, job));
  const plan = planCompile(job.graph, job.recipe, flags);
  const { options, preparation, calibration } = plan;
  const compiled = compile(
    { name, sha256, graph: job.graph, backends, preparation, calibration, options },
    {
      tensor: tensorEvaluator,
      scalars: scalarFunctions,
      verify: tensorContracts(tensorEvaluator),
      clock: () => performance.now(),
      ...listener,
    },
  );
  if (compiled.build === null) return { ...compiled, plan, artifacts: [] };
  listener.progress("writing");
  const artifacts = buildFiles(compiled.build);
  if (options.verify) validateFiles(backends, artifacts);
  return { ...compiled, plan, artifacts };
};
