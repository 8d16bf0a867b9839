import { publish } from "../../runtime/files/index.ts";
import type { NativeBuild } from "../pipeline/index.ts";
import type { Artifact } from "../target/index.ts";
import { type Done, type Finish, type Named, runNative } from "./compile-job.ts";
import type { CompileDocument, RunDocument } from "./documents.ts";
import { evaluateNative, portOfNetwork } from "./evaluate-native.ts";
import { exitCodes } from "./exit.ts";
import type { NativeJob } from "./job.ts";
import {
  nativeCounts,
  nativeLayers,
  nativeRow,
  printNativeLayers,
  printNativeTarget,
} from "./native-report.ts";
import type { CompileFlags } from "./plan.ts";
import { printRun } from "./report.ts";
import { openStreamData } from "./streams.ts";
import { bold, printNotes, type Terminal } from "./terminal.ts";
import { version } from "./version.ts";

/** Runs --data through the first target. */
const evaluateFirst = (
  { targets, preparation }: NativeBuild,
  flags: CompileFlags,
  out: Terminal,
): Omit<RunDocument, "schema"> | null => {
  const [first] = targets;
  if (first === undefined || flags.data === undefined) return null;
  const port = portOfNetwork(first.network);
  const files = { inputs: flags.data, labels: flags.labels ?? null };
  const data = openStreamData(files, port, preparation, { skip: 0, take: flags.limit ?? null });
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
  files: readonly string[],
  run: Omit<RunDocument, "schema"> | null,
  seconds: number,
): CompileDocument => ({
  schema: "spikefold/compile@1",
  model,
  ...portsOf(build),
  targets: build.targets.map((t) =>
    nativeRow(
      t,
      files.filter((f) => f.startsWith(`${t.backend.target.name}/`)),
    ),
  ),
  layers: build.targets.slice(0, 1).flatMap(nativeLayers),
  host: [],
  passes: [],
  certificate: { file: "certificate.json", obligations: nativeCounts(build) },
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
  const run = evaluateFirst(build, flags, out);
  return () => write(model.name, { build, artifacts, run, started }, flags.output, out);
};

interface Made {
  readonly build: NativeBuild;
  readonly artifacts: readonly Artifact[];
  readonly run: Omit<RunDocument, "schema"> | null;
  /** Milliseconds of the clock. */
  readonly started: number;
}

const write = (
  name: string,
  { build, artifacts, run, started }: Made,
  output: string,
  out: Terminal,
): Done => {
  const { files } = publish(output, artifacts, { producer: `spikefold ${version}` });
  const seconds = (performance.now() - started) / 1000;
  const paths = files.map((f) => f.path);
  const { proved, checked, tested, assumed } = nativeCounts(build);
  const [first] = build.targets;
  out.line(`${bold(name)}  a network that spikes by itself: its dynamics are kept`);
  if (first !== undefined) printNativeLayers(out, first);
  for (const target of build.targets) printNativeTarget(out, target);
  if (run !== null) printRun(out, run);
  out.line("");
  out.line(`certificate  ${proved} proved, ${checked} checked, ${tested} tested, ${assumed} assumed`);
  out.line(
    `files        ${bold(output)}, ${paths.length} in ${seconds.toFixed(1)} s; spikefold verify ${output} checks them again`,
  );
  return { code: exitCodes.done, document: documentOf(name, build, paths, run, seconds) };
};
