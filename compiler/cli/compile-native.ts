import type { NativeBuild } from "../pipeline/index.ts";
import type { Artifact } from "../target/index.ts";
import { type Done, type Finish, type Named, runNative, unmet, writeBuild } from "./compile-job.ts";
import { stepOf } from "./compile-options.ts";
import type { CompileDocument, Evaluation } from "./documents.ts";
import { evaluateNative, portOfNetwork } from "./evaluate-native.ts";
import { exitCodes } from "./exit.ts";
import type { NativeJob } from "./job.ts";
import { nativeLayers, printNativeLayers, printNativeTarget } from "./native-report.ts";
import type { CompileFlags } from "./plan.ts";
import { countsOf, printRun, printWritten, targetRow, type Written } from "./report.ts";
import { missedRequirements } from "./requirements.ts";
import { openStreamData, openStreamDescription, type StreamPort, type StreamSet } from "./streams.ts";
import { bold, printNotes, type Terminal } from "./terminal.ts";

/** The data of --data, else those that the recipe evaluates; null where there are none. */
const dataFor = (
  { preparation }: NativeBuild,
  { recipe }: NativeJob,
  flags: CompileFlags,
): ((port: StreamPort) => StreamSet) | null => {
  const take = flags.limit ?? null;
  const { data: inputs, labels = null } = flags;
  if (inputs !== undefined)
    return (port) => openStreamData({ inputs, labels }, port, preparation, { skip: 0, take });
  const evaluate = stepOf(recipe, "evaluate");
  if (evaluate === undefined) return null;
  const { data, skip, samples } = evaluate;
  const most = Math.min(take ?? Infinity, samples ?? Infinity);
  return (port) => openStreamDescription(data, port, { skip, take: Number.isFinite(most) ? most : null });
};

/** Runs the data through the first target. */
const evaluateFirst = (
  build: NativeBuild,
  job: NativeJob,
  flags: CompileFlags,
  out: Terminal,
): Evaluation | null => {
  const [first] = build.targets;
  const open = dataFor(build, job, flags);
  if (first === undefined || open === null) return null;
  const port = portOfNetwork(first.network);
  const data = open(port);
  const subject = { target: first.backend.target.name, program: first.program };
  return evaluateNative(subject, port, data, {
    machine: false,
    meter: null,
    progress: (done, total) => out.progress(`evaluating ${done} of ${total}`),
    clock: () => performance.now(),
  }).run;
};

const portsOf = ({ targets }: NativeBuild): Pick<CompileDocument, "inputs" | "outputs"> => {
  const network = targets[0]?.network;
  const shapes = new Map((network?.populations ?? []).map((p) => [p.id, p.shape]));
  const inputs = (network?.populations ?? []).filter((p) => p.model.kind === "events");
  return {
    inputs: inputs.map((p) => ({ name: p.origins[0]?.name ?? p.id, shape: [...p.shape] })),
    outputs: (network?.outputs ?? []).map((o) => ({ name: o.name, shape: [...(shapes.get(o.from) ?? [])] })),
  };
};

const documentOf = (
  model: string,
  build: NativeBuild,
  run: Evaluation | null,
  { paths, seconds }: Written,
): CompileDocument => ({
  schema: "spikefold/compile@1",
  model,
  ...portsOf(build),
  targets: build.targets.map((t) =>
    targetRow(t, { mode: "native", steps: t.dynamics.steps, spikeBound: t.spikeBound }, paths),
  ),
  layers: build.targets.slice(0, 1).flatMap(nativeLayers),
  host: [],
  passes: [],
  certificate: { file: "certificate.json", obligations: countsOf(build.targets) },
  evaluation: run,
  seconds,
});

/** Compiles a network that spikes by itself. What it gives writes the build folder. */
export const compileNativeJob = async (
  model: Named,
  job: NativeJob,
  flags: CompileFlags,
  out: Terminal,
): Promise<Finish> => {
  const started = performance.now();
  const listener = { dump: () => undefined, progress: (what: string) => out.progress(what) };
  const { build, artifacts, notes } = await runNative(model, job, flags, listener);
  printNotes(notes);
  const run = evaluateFirst(build, job, flags, out);
  const missed = build.targets.flatMap(({ backend, mapping, dynamics }) => {
    const steps = dynamics.steps === 0 ? null : dynamics.steps;
    return missedRequirements(job.recipe?.requirements ?? [], { backend, mapping, steps }, run);
  });
  if (missed.length > 0) return unmet(missed);
  return () => write(model.name, { build, artifacts, run, started }, flags.output, out);
};

interface Made {
  readonly build: NativeBuild;
  readonly artifacts: readonly Artifact[];
  readonly run: Evaluation | null;
  /** Milliseconds of the clock. */
  readonly started: number;
}

const write = (
  name: string,
  { build, artifacts, run, started }: Made,
  output: string,
  out: Terminal,
): Done => {
  const written = writeBuild(output, artifacts, started);
  const [first] = build.targets;
  out.line(`${bold(name)}  a network that spikes by itself: its dynamics are kept`);
  if (first !== undefined) printNativeLayers(out, first);
  for (const target of build.targets) printNativeTarget(out, target);
  if (run !== null) printRun(out, run);
  out.line("");
  printWritten(out, build.targets, written);
  return { code: exitCodes.done, document: documentOf(name, build, run, written) };
};
