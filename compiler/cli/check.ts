import { basename } from "node:path";
import { type Diagnostic, nowhere, Rejected } from "../diagnostics/index.ts";
import { type Feasibility, judge, type Prepared, prepare, type Refusal } from "../feasibility/index.ts";
import type { CompileOptions } from "../pipeline/options.ts";
import type { Backend } from "../target/index.ts";
import { backendNames, loadBackends } from "./backends.ts";
import { checkedRow } from "./check-document.ts";
import { checkNative, printNativeCheck } from "./check-native.ts";
import { printTargets } from "./check-report.ts";
import { type ChoiceFlags, compileOptions } from "./compile-options.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import type { CheckDocument } from "./documents.ts";
import { scalarFunctions, tensorEvaluator } from "./engines.ts";
import { exitCodes } from "./exit.ts";
import type { ExactJob, Job } from "./job.ts";
import { examineModel } from "./model.ts";
import { type NativeFlags, unusedFlags } from "./native-plan.ts";
import { bad, bold, good, printNotes, type Terminal, terminal } from "./terminal.ts";

interface CheckFlags extends NativeFlags, ChoiceFlags {
  readonly target?: readonly string[];
  readonly dim?: readonly string[];
  readonly rebatch?: boolean;
  readonly layers?: boolean;
  readonly json?: boolean;
}

const engines = { tensor: tensorEvaluator, scalars: scalarFunctions };

/** What a data set cannot feed, a compile refuses too. */
const inputFaults = ({ graph }: ExactJob): readonly Diagnostic[] =>
  graph.inputs.length === 1
    ? []
    : [cliDiagnostics.report("several-inputs", nowhere, { count: graph.inputs.length })];

const nodesOf = ({ nodes, where }: Diagnostic): readonly string[] =>
  nodes ?? (where.node === null ? [] : [where.node]);

/** One refusal for every node that a fault of the reader is about. */
const refusalsBy = (fault: Diagnostic): readonly Refusal[] => {
  const nodes = nodesOf(fault);
  const faults =
    nodes.length === 0 ? [fault] : nodes.map((node) => ({ ...fault, where: { ...fault.where, node } }));
  return faults.map((one) => ({ stage: "read", fault: one }));
};

const unsupportedOf = (fault: Diagnostic): CheckDocument["unsupported"][number] => ({
  op: String(fault.holes?.op ?? fault.code),
  nodes: [...nodesOf(fault)],
  hint: fault.fix,
});

const isUnsupported = (d: Diagnostic): boolean =>
  d.code === "onnx/unsupported-op" || d.code === "onnx/unsupported-form";

/** The network behind the float passes. Throws Rejected with the reader's faults too when nothing of it can be judged. */
const preparedFor = (
  graph: ExactJob["graph"],
  options: CompileOptions,
  faults: readonly Diagnostic[],
): Prepared => {
  if (graph.outputs.length === 0) throw new Rejected(faults);
  try {
    return prepare(graph, options, engines);
  } catch (error) {
    if (error instanceof Rejected) throw new Rejected([...faults, ...error.diagnostics]);
    throw error;
  }
};

/** True for targets that are not for networks that spike by themselves only. */
const buildsFunctions = ({ target }: Backend): boolean => target.modes.some((mode) => mode !== "native");

/** What became of one network: rows of the document, and what people read. */
interface Checked {
  readonly rows: CheckDocument["targets"];
  readonly print: (out: Terminal) => void;
}

const checkExact = (
  job: ExactJob,
  faults: readonly Diagnostic[],
  backends: readonly Backend[],
  flags: CheckFlags,
  progress: (text: string) => void,
): Checked => {
  const read = [...faults, ...inputFaults(job)].flatMap(refusalsBy);
  const prepared = preparedFor(job.graph, compileOptions(flags, job.recipe), faults);
  const asked = flags.target === undefined ? backends.filter(buildsFunctions) : backends;
  const found: readonly Feasibility[] = judge(prepared, asked, engines, read, (target) =>
    progress(`checking ${target}`),
  );
  return { rows: found.map(checkedRow), print: (out) => printTargets(out, found, flags.layers === true) };
};

const checkJob = (
  model: string,
  job: Job,
  faults: readonly Diagnostic[],
  backends: readonly Backend[],
  flags: CheckFlags,
  progress: (text: string) => void,
): Checked => {
  if (job.kind === "exact") return checkExact(job, faults, backends, flags, progress);
  const checked = checkNative(model, job, backends, flags, progress);
  return { rows: checked.map(({ row }) => row), print: (out) => printNativeCheck(out, checked) };
};

/**
 * `spikefold check MODEL`: fits or not on every target; writes nothing. A model with several compile sections is judged
 * section by section. Throws Rejected with every fault when nothing of the model can be read.
 */
export const checkCommand = async (path: string, flags: CheckFlags): Promise<number> => {
  const out = terminal(flags.json === true);
  const backends = await loadBackends(flags.target ?? backendNames);
  const model = examineModel(
    path,
    backends.map((b) => b.target),
    flags,
  );
  const kinds = [...new Set(model.jobs.map(({ kind }) => kind))];
  printNotes([...model.notes, ...kinds.flatMap((kind) => unusedFlags(kind, flags))]);
  const name = basename(path);
  const checked = model.jobs.map((job) => checkJob(name, job, model.faults, backends, flags, out.progress));
  const document: CheckDocument = {
    schema: "spikefold/check@1",
    model: name,
    unsupported: model.faults.filter(isUnsupported).map(unsupportedOf),
    targets: checked.flatMap(({ rows }) => rows),
  };
  out.document(document);
  for (const [i, { print }] of checked.entries()) {
    const network = checked.length > 1 ? model.jobs[i]?.recipe?.network : undefined;
    if (network !== undefined) out.line(`\n${bold(network)}`);
    print(out);
  }
  const { targets } = document;
  const fine = targets.length > 0 && targets.every((t) => t.fits);
  out.line(`\n${summary(targets, fine)}`);
  return fine ? exitCodes.done : exitCodes.failed;
};

const summary = (targets: CheckDocument["targets"], fine: boolean): string => {
  if (fine) return good("fits");
  const names = targets.filter((t) => t.fits).map((t) => t.name);
  const where = names.length === 0 ? "" : `; fits ${[...new Set(names)].join(", ")}`;
  return bad(`does not fit every target${where}`);
};
