import { once, print, sizeOf, tensorLevel } from "../ir/index.ts";
import type { TargetBuild } from "../pipeline/build.ts";
import { tailParts } from "../pipeline/host-parts.ts";
import type { Build } from "../pipeline/index.ts";
import type { TensorStage } from "../pipeline/tensor-stage.ts";
import type { Artifact } from "../target/index.ts";
import { type Done, type Finish, type Named, runExact, unmet, writeBuild } from "./compile-job.ts";
import type { CompileDocument, Evaluation } from "./documents.ts";
import { engineOf } from "./engines.ts";
import { evaluate } from "./evaluate.ts";
import { exitCodes } from "./exit.ts";
import type { ExactJob } from "./job.ts";
import { modelledCosts } from "./modelled.ts";
import type { CompileFlags } from "./plan.ts";
import {
  countsOf,
  layersOf,
  passRows,
  printLayers,
  printRun,
  printSummary,
  printTarget,
  targetRow,
  type Written,
} from "./report.ts";
import { missedRequirements } from "./requirements.ts";
import { bold, grouped, printNotes, type Terminal } from "./terminal.ts";

const evaluateFirst = (
  build: Build,
  data: Parameters<typeof evaluate>[1],
  out: Terminal,
): Evaluation | null => {
  const [first] = build.targets;
  if (first === undefined) return null;
  const { network, integer: own } = first;
  return evaluate(
    {
      target: first.backend.target.name,
      mode: first.mode,
      float: build.float,
      host: build.host,
      integer: build.integer,
      pairs: first.pairs,
      neurons: first.mapping.neurons,
      spiking: engineOf(network, own),
      machine: null,
    },
    data,
    {
      compare: ["float"],
      neurons: false,
      clock: () => performance.now(),
      progress: (done, total) => out.progress(`evaluating ${done} of ${total}`),
    },
  );
};

const hostOps = (build: Build): readonly string[] => tailParts(build.host).flatMap((part) => part.ops);

const documentOf = (
  model: string,
  build: Build,
  stage: TensorStage,
  run: Evaluation | null,
  { paths, seconds }: Written,
): CompileDocument => ({
  schema: "spikefold/compile@1",
  model,
  inputs: build.integer.inputs.map((i) => ({ name: i.attrs.name, shape: [...i.attrs.shape] })),
  outputs: build.integer.outputs.map((o) => ({ name: o.name, shape: [...o.value.type.shape] })),
  targets: build.targets.map((t) => targetRow(t, t, paths)),
  layers: [...layersOf(build)],
  host: [...hostOps(build)],
  passes: passRows(stage),
  certificate: { file: "certificate.json", obligations: countsOf(build.targets) },
  evaluation: run,
  seconds,
});

const printCompile = (
  out: Terminal,
  name: string,
  build: Build,
  stage: TensorStage,
  run: Evaluation | null,
  calibrated: number,
  written: Written,
): void => {
  const [input] = build.integer.inputs;
  const shape =
    input === undefined
      ? ""
      : `${input.attrs.shape.join("x")}, ${grouped(sizeOf(input.attrs.shape))} values in`;
  const ranges =
    calibrated === 0 ? "synthetic images (data-free)" : `${grouped(calibrated)} calibration samples`;
  out.line(`${bold(name)}  ${shape}; ranges from ${ranges}`);
  printLayers(out, layersOf(build));
  if (build.host !== null) out.line(`on the host: ${hostOps(build).join(", ")}`);
  const changed = stage.reports.filter((r) => r.changed).map((r) => `${r.pass} (${r.contract})`);
  out.line(`passes: ${changed.join(", ")}`);
  for (const target of build.targets) {
    printTarget(out, target);
    if (run !== null && run.target === target.backend.target.name) printRun(out, run);
  }
  printSummary(out, build, run, written);
};

/** A build that is made and checked, and not written yet. */
interface Made {
  readonly build: Build;
  readonly stage: TensorStage;
  readonly run: Evaluation | null;
  readonly artifacts: readonly Artifact[];
  readonly calibrated: number;
  /** Milliseconds of the clock. */
  readonly started: number;
}

const write = (name: string, made: Made, output: string, out: Terminal): Done => {
  const { build, stage, run, artifacts, calibrated, started } = made;
  const written = writeBuild(output, artifacts, started);
  printCompile(out, name, build, stage, run, calibrated, written);
  const code = run !== null && run.equality.mismatchedSamples > 0 ? exitCodes.failed : exitCodes.done;
  return { code, document: documentOf(name, build, stage, run, written) };
};

/** Compiles a function. What it gives writes the build folder. */
export const compileExactJob = async (
  model: Named,
  job: ExactJob,
  flags: CompileFlags,
  out: Terminal,
): Promise<Finish> => {
  const started = performance.now();
  const listener = {
    dump: (pass: string, text: string) => out.line(`// after ${pass}\n${text}`),
    progress: (what: string) => out.progress(what),
  };
  const { build, stage, plan, artifacts, notes } = await runExact(model, job, flags, listener);
  if (build === null) {
    if (stage.stopped !== null) out.line(print(tensorLevel, stage.stopped));
    return () => ({ code: exitCodes.done, document: null });
  }
  printNotes(notes);
  const run = plan.evaluation === null ? null : evaluateFirst(build, plan.evaluation, out);
  const data = plan.evaluation;
  const costsOf = (target: TargetBuild) => once(() => (data === null ? null : modelledCosts(target, data)));
  const missed = build.targets.flatMap((t) =>
    missedRequirements(job.recipe?.requirements ?? [], { ...t, costs: costsOf(t) }, run),
  );
  if (missed.length > 0) return unmet(missed);
  const calibrated = plan.calibration?.size ?? 0;
  const made = { build, stage, run, artifacts, calibrated, started };
  return () => write(model.name, made, flags.output, out);
};
