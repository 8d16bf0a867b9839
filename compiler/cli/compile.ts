import { basename } from "node:path";
import { publish } from "../../runtime/files/index.ts";
import { tensorContracts } from "../check/index.ts";
import { Rejected, renderAll } from "../diagnostics/index.ts";
import { print, sizeOf, tensorLevel } from "../ir/index.ts";
import { type Build, buildFiles, compile } from "../pipeline/index.ts";
import type { Backend } from "../target/index.ts";
import { backendNames, loadBackends } from "./backends.ts";
import type { CompileDocument, RunDocument } from "./documents.ts";
import { engineOf, scalarFunctions, tensorEvaluator } from "./engines.ts";
import { evaluate } from "./evaluate.ts";
import { exitCodes } from "./exit.ts";
import { type Job, openModel } from "./model.ts";
import { type CompileFlags, planCompile } from "./plan.ts";
import { countsOf, layersOf, passRows, printLayers, printRun, printTarget, targetRow } from "./report.ts";
import { missedRequirements } from "./requirements.ts";
import { bold, grouped, type Terminal, terminal } from "./terminal.ts";
import { version } from "./version.ts";

type Evaluation = Omit<RunDocument, "schema">;

const wantedTargets = (flags: CompileFlags, job: Job): readonly string[] =>
  flags.target ?? (job.recipe === null ? ["simulator"] : job.recipe.targets.map((t) => t.name));

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

const hostNodes = (build: Build): readonly string[] =>
  build.host === null ? [] : build.host.outputs.map((o) => o.value.op);

const documentOf = (
  model: string,
  build: Build,
  stage: ReturnType<typeof compile>["stage"],
  files: readonly string[],
  run: Evaluation | null,
  seconds: number,
): CompileDocument => ({
  schema: "spikefold/compile@1",
  model,
  inputs: build.integer.inputs.map((i) => ({ name: i.attrs.name, shape: [...i.attrs.shape] })),
  outputs: build.integer.outputs.map((o) => ({ name: o.name, shape: [...o.value.type.shape] })),
  targets: build.targets.map((t) =>
    targetRow(
      t,
      files.filter((f) => f.startsWith(`${t.backend.target.name}/`)),
    ),
  ),
  layers: [...layersOf(build)],
  host: [...hostNodes(build)],
  passes: passRows(stage),
  certificate: { file: "certificate.json", obligations: countsOf(build) },
  evaluation: run,
  seconds,
});

/** Re-reads what a back end wrote, before the folder appears. Throws Rejected with all that is wrong with it. */
const validateFiles = (backends: readonly Backend[], artifacts: ReturnType<typeof buildFiles>): void => {
  const faults = backends.flatMap((backend) => {
    const folder = `${backend.target.name}/`;
    const own = artifacts.filter((a) => a.path.startsWith(folder));
    return backend.validate(
      new Map(own.map((a) => [a.path.slice(folder.length), Buffer.concat([...a.bytes()])])),
    );
  });
  if (faults.length > 0) throw new Rejected(faults);
};

const compileJob = async (
  path: string,
  hash: string,
  job: Job,
  flags: CompileFlags,
  out: Terminal,
): Promise<number> => {
  const started = performance.now();
  const backends = await loadBackends(wantedTargets(flags, job));
  const { options, preparation, calibration, evaluation } = planCompile(job.graph, job.recipe, flags);
  const name = basename(path);
  const { build, stage } = compile(
    { name, sha256: hash, graph: job.graph, backends, preparation, calibration, options },
    {
      tensor: tensorEvaluator,
      scalars: scalarFunctions,
      verify: tensorContracts(tensorEvaluator),
      clock: () => performance.now(),
      dump: (pass, text) => out.line(`// after ${pass}\n${text}`),
      progress: (what) => out.progress(what),
    },
  );
  if (build === null) {
    if (stage.stopped !== null) out.line(print(tensorLevel, stage.stopped));
    return exitCodes.done;
  }
  if (build.warnings.length > 0) process.stderr.write(`${renderAll(build.warnings)}\n`);
  out.progress("writing");
  const artifacts = buildFiles(build);
  validateFiles(backends, artifacts);
  const run = evaluation === null ? null : evaluateFirst(build, evaluation, out);
  const missed = build.targets.flatMap((t) => missedRequirements(job.recipe?.requirements ?? [], t, run));
  if (missed.length > 0) {
    process.stderr.write(`${renderAll(missed)}\n`);
    return exitCodes.failed;
  }
  const manifest = publish(flags.output, artifacts, { producer: `spikefold ${version}` });
  const seconds = (performance.now() - started) / 1000;
  out.document(
    documentOf(
      name,
      build,
      stage,
      manifest.files.map((f) => f.path),
      run,
      seconds,
    ),
  );
  printCompile(out, name, build, stage, run, {
    folder: flags.output,
    files: manifest.files.length,
    seconds,
    calibrated: calibration?.size ?? 0,
  });
  return run !== null && run.equality.mismatchedSamples > 0 ? exitCodes.failed : exitCodes.done;
};

interface Written {
  readonly folder: string;
  readonly files: number;
  readonly seconds: number;
  readonly calibrated: number;
}

const printCompile = (
  out: Terminal,
  name: string,
  build: Build,
  stage: ReturnType<typeof compile>["stage"],
  run: Evaluation | null,
  written: Written,
): void => {
  const [input] = build.integer.inputs;
  const shape =
    input === undefined
      ? ""
      : `${input.attrs.shape.join("x")}, ${grouped(sizeOf(input.attrs.shape))} values in`;
  const calibrated =
    written.calibrated === 0
      ? "synthetic images (data-free)"
      : `${grouped(written.calibrated)} calibration samples`;
  out.line(`${bold(name)}  ${shape}; ranges from ${calibrated}`);
  printLayers(out, layersOf(build));
  if (build.host !== null) out.line(`on the host: ${hostNodes(build).join(", ")}`);
  const changed = stage.reports.filter((r) => r.changed).map((r) => `${r.pass} (${r.contract})`);
  out.line(`passes: ${changed.join(", ")}`);
  for (const target of build.targets) {
    printTarget(out, target);
    if (run !== null && run.target === target.backend.target.name) printRun(out, run);
  }
  const { proved, checked, tested, assumed } = countsOf(build);
  out.line("");
  out.line(
    `certificate: ${proved} proved, ${checked} checked, ${tested} tested, ${assumed} assumed; spikefold verify ${written.folder} checks it again`,
  );
  out.line(`${bold(written.folder)}  ${written.files} files in ${written.seconds.toFixed(1)} s`);
};

/** `spikefold compile MODEL -o DIR`. */
export const compileCommand = async (path: string, flags: CompileFlags): Promise<number> => {
  const out = terminal(flags.json === true);
  const all = await loadBackends(backendNames);
  const model = openModel(
    path,
    all.map((b) => b.target),
  );
  let code: number = exitCodes.done;
  for (const job of model.jobs) {
    const several = model.jobs.length > 1 && job.recipe !== null;
    const output = several ? `${flags.output}/${job.recipe?.network ?? ""}` : flags.output;
    code = Math.max(code, await compileJob(path, model.sha256, job, { ...flags, output }, out));
  }
  return code;
};
