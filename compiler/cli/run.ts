import { carrierOf } from "../../runtime/cycle/index.ts";
import { nowhere, Rejected } from "../diagnostics/index.ts";
import { type IntegerGraph, sizeOf } from "../ir/index.ts";
import type { DataSet } from "../pass/index.ts";
import type { LoadedExact, LoadedTarget } from "../pipeline/index.ts";
import { openData } from "./data.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import type { Evaluation, RunDocument } from "./documents.ts";
import { engineOf } from "./engines.ts";
import { type ComparedLevel, type EvaluateOptions, evaluate, type Subject } from "./evaluate.ts";
import { exitCodes } from "./exit.ts";
import { portOf } from "./plan.ts";
import { openProgram } from "./program.ts";
import { printRun } from "./report.ts";
import type { RunFlags } from "./run-flags.ts";
import { nativeSubject, runStreams } from "./run-native.ts";
import { openBuild, targetIn } from "./subject.ts";
import { bold, terminal } from "./terminal.ts";

const levels: readonly ComparedLevel[] = ["float", "integer", "machine"];

const isLevel = (name: string): name is ComparedLevel => levels.some((l) => l === name);

export const comparedLevels = (names: readonly string[]): readonly ComparedLevel[] => {
  const unknown = names.filter((n) => !isLevel(n));
  if (unknown.length > 0)
    throw new Rejected(
      unknown.map((name) =>
        cliDiagnostics.report("unknown-level", nowhere, { name, known: levels.join(", ") }),
      ),
    );
  return names.filter(isLevel);
};

/** The samples that flags ask for, prepared as the build says. */
export const dataOf = (build: LoadedExact, flags: RunFlags): DataSet =>
  openData(
    { inputs: flags.data, labels: flags.labels ?? null },
    portOf(build.float),
    {
      scale: flags.inputScale ?? build.preparation.scale,
      offset: flags.inputOffset ?? build.preparation.offset,
    },
    { skip: flags.from ?? 0, take: flags.limit ?? null },
  );

const inputSize = (integer: IntegerGraph): number =>
  integer.inputs.reduce((sum, i) => sum + sizeOf(i.attrs.shape), 0);

/** A target of a build as something to evaluate; the machine runs the emitted files. */
export const subjectOf = (
  build: LoadedExact,
  target: LoadedTarget,
  program: ReturnType<typeof openProgram>,
): Subject => {
  const { network } = program;
  const host = new Set(["input", "start"]);
  const neurons = network.populations.reduce(
    (sum, p) => sum + (host.has(p.model.kind) ? 0 : sizeOf(p.shape)),
    0,
  );
  return {
    target: target.name,
    mode: target.mode,
    float: build.float,
    host: build.host,
    integer: build.integer,
    pairs: target.pairs,
    neurons: Math.max(1, neurons === 0 ? inputSize(build.integer) : neurons),
    spiking: engineOf(network, build.integer),
    machine: engineOf(network, build.integer, carrierOf(program)),
  };
};

const runExact = (
  build: LoadedExact,
  target: LoadedTarget,
  flags: RunFlags,
  common: Pick<EvaluateOptions, "progress" | "clock">,
): Evaluation =>
  evaluate(subjectOf(build, target, openProgram(build.folder, target.name)), dataOf(build, flags), {
    compare: comparedLevels(flags.compare ?? ["integer"]),
    neurons: flags.neurons === true,
    ...common,
  });

/** `spikefold run DIR --data FILE`. */
export const runCommand = async (folder: string, flags: RunFlags): Promise<number> => {
  const out = terminal(flags.json === true);
  const build = openBuild(folder);
  const target = targetIn(build, flags.target);
  const common = {
    progress: (done: number, total: number) => out.progress(`${done} of ${total} samples`),
    clock: () => performance.now(),
  };
  const run =
    build.kind === "exact"
      ? runExact(build, target, flags, common)
      : runStreams(build, nativeSubject(build, target), flags, { ...common, meter: null }).run;
  const document: RunDocument = { schema: "spikefold/run@1", ...run };
  out.document(document);
  out.line(`${bold(target.name)}  ${target.mode}`);
  printRun(out, run);
  return run.equality.mismatchedSamples > 0 ? exitCodes.failed : exitCodes.done;
};
