import { publish } from "../../runtime/files/index.ts";
import { tensorContracts } from "../check/index.ts";
import { type Diagnostic, nowhere, Rejected } from "../diagnostics/index.ts";
import {
  buildFiles,
  type Compiled,
  compile,
  compileNative,
  type NativeBuild,
  nativeFiles,
} from "../pipeline/index.ts";
import type { Artifact, Backend } from "../target/index.ts";
import { loadBackends } from "./backends.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import type { CompileDocument } from "./documents.ts";
import { scalarFunctions, tensorEvaluator } from "./engines.ts";
import { exitCodes } from "./exit.ts";
import type { ExactJob, Job, NativeJob } from "./job.ts";
import { planNative, unusedFlags } from "./native-plan.ts";
import { type CompileFlags, type CompilePlan, planCompile } from "./plan.ts";
import type { Written } from "./report.ts";
import { printNotes } from "./terminal.ts";
import { version } from "./version.ts";

/** A model file's name and hash, for the certificate. */
export interface Named {
  readonly name: string;
  readonly sha256: string;
}

/** How a compile ended; without a document where nothing was built. */
export interface Done {
  readonly code: number;
  readonly document: CompileDocument | null;
}

/** Writes the build folder of a compile that went well, and prints it. */
export type Finish = () => Done;

/** What a compile ends with that misses requirements: each is said, nothing is written. */
export const unmet = (missed: readonly Diagnostic[]): Finish => {
  printNotes(missed);
  return () => ({ code: exitCodes.failed, document: null });
};

/** Publishes the files of a compile that began at `started`, in milliseconds of the clock. */
export const writeBuild = (folder: string, artifacts: readonly Artifact[], started: number): Written => {
  const { files } = publish(folder, artifacts, { producer: `spikefold ${version}` });
  return { folder, paths: files.map((f) => f.path), seconds: (performance.now() - started) / 1000 };
};

export interface Listener {
  readonly dump: (pass: string, text: string) => void;
  readonly progress: (what: string) => void;
}

export interface CompiledExact extends Compiled {
  readonly kind: "exact";
  readonly plan: CompilePlan;
  /** Files of the build folder, validated; none when --stop-after ended the run. */
  readonly artifacts: readonly Artifact[];
  readonly notes: readonly Diagnostic[];
}

export interface CompiledNative {
  readonly kind: "native";
  readonly build: NativeBuild;
  readonly artifacts: readonly Artifact[];
  readonly notes: readonly Diagnostic[];
}

export type CompiledJob = CompiledExact | CompiledNative;

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

const refuseNativeMode = ({ graph }: ExactJob, { mode }: CompileFlags): void => {
  if (mode !== "native") return;
  const holes = { inputs: graph.inputs.map((i) => i.attrs.name).join(", ") };
  throw new Rejected([cliDiagnostics.report("nothing-spikes", nowhere, holes)]);
};

/** Compiles one function for its targets; nothing is written. Throws Rejected. */
export const runExact = async (
  { name, sha256 }: Named,
  job: ExactJob,
  flags: CompileFlags,
  listener: Listener,
): Promise<CompiledExact> => {
  refuseNativeMode(job, flags);
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
  const notes = [...(compiled.build?.warnings ?? []), ...unusedFlags(job.kind, flags)];
  if (compiled.build === null) return { kind: "exact", ...compiled, plan, artifacts: [], notes };
  listener.progress("writing");
  const artifacts = buildFiles(compiled.build);
  if (options.verify) validateFiles(backends, artifacts);
  return { kind: "exact", ...compiled, plan, artifacts, notes };
};

/** Compiles one network that spikes by itself for its targets; nothing is written. Throws Rejected. */
export const runNative = async (
  { name, sha256 }: Named,
  job: NativeJob,
  flags: CompileFlags,
  listener: Listener,
): Promise<CompiledNative> => {
  const backends = await loadBackends(wantedTargets(flags, job));
  const { network, options, preparation } = planNative(job, flags);
  listener.progress("mapping");
  const build = compileNative({ name, sha256, network, backends, preparation, options });
  listener.progress("writing");
  const artifacts = nativeFiles(build);
  if (flags.verify === true) validateFiles(backends, artifacts);
  return { kind: "native", build, artifacts, notes: [...build.notes, ...unusedFlags(job.kind, flags)] };
};

/** Compiles one network for its targets; nothing is written. Throws Rejected. */
export const runJob = (
  named: Named,
  job: Job,
  flags: CompileFlags,
  listener: Listener,
): Promise<CompiledJob> =>
  job.kind === "exact" ? runExact(named, job, flags, listener) : runNative(named, job, flags, listener);
