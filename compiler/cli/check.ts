import { basename } from "node:path";
import type { Recipe, Step } from "../../dsl/index.ts";
import { type Diagnostic, nowhere } from "../diagnostics/index.ts";
import { type Feasibility, judge, prepare, type Refusal } from "../feasibility/index.ts";
import type { CompileOptions } from "../pipeline/options.ts";
import { backendNames, loadBackends } from "./backends.ts";
import { checkedRow } from "./check-document.ts";
import { checkNative, printNativeCheck } from "./check-native.ts";
import { printCheck } from "./check-report.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import type { CheckDocument } from "./documents.ts";
import { scalarFunctions, tensorEvaluator } from "./engines.ts";
import { exitCodes } from "./exit.ts";
import type { ExactJob } from "./job.ts";
import { examineModel } from "./model.ts";
import type { NativeFlags } from "./native-plan.ts";
import { bad, good, printNotes, terminal } from "./terminal.ts";

export interface CheckFlags extends NativeFlags {
  readonly target?: readonly string[];
  readonly levels?: number;
  readonly weightBits?: number;
  readonly fold?: number;
  readonly dim?: readonly string[];
  readonly rebatch?: boolean;
  readonly layers?: boolean;
  readonly json?: boolean;
}

const stepOf = <K extends Step["kind"]>(recipe: Recipe | null, kind: K) =>
  recipe?.steps.find((s): s is Extract<Step, { readonly kind: K }> => s.kind === kind);

/** What a compile would choose, without opening its data. */
const optionsOf = (flags: CheckFlags, recipe: Recipe | null): CompileOptions => {
  const quantize = stepOf(recipe, "quantize");
  const fold = stepOf(recipe, "fold");
  const keep = flags.fold ?? fold?.keep;
  const scope = fold?.scope ?? { kind: "all" };
  return {
    mode: "auto",
    fold:
      keep === undefined
        ? null
        : {
            keep,
            repair: fold?.repair === "none" ? "none" : "variance",
            only: scope.kind === "only" ? scope.stages : null,
            except: scope.kind === "except" ? scope.stages : [],
          },
    quantize: {
      levels: flags.levels ?? quantize?.levels ?? 15,
      weightBits: flags.weightBits ?? quantize?.weightBits ?? 8,
    },
    seed: 0,
    skip: [],
    dumpAfter: [],
    stopAfter: null,
    verify: false,
  };
};

const refusedBy = (fault: Diagnostic): Refusal => ({ stage: "read", fault });

/** What a data set cannot feed, a compile refuses too. */
const inputFaults = ({ graph }: ExactJob): readonly Diagnostic[] =>
  graph.inputs.length === 1
    ? []
    : [cliDiagnostics.report("several-inputs", nowhere, { count: graph.inputs.length })];

/** Faults of the reader, one for every node that they name. */
const perNode = (fault: Diagnostic): readonly Diagnostic[] => {
  const nodes = fault.holes?.nodes;
  if (fault.where.node !== null || typeof nodes !== "string") return [fault];
  const names = [...nodes.matchAll(/"([^"]*)"/g)].flatMap(([, name]) => name ?? []);
  return names.length === 0 ? [fault] : names.map((node) => ({ ...fault, where: { ...fault.where, node } }));
};

const unsupportedOf = (d: Diagnostic): CheckDocument["unsupported"][number] => ({
  op: String(d.holes?.op ?? d.where.node ?? d.code),
  nodes: perNode(d).flatMap((n) => n.where.node ?? []),
  hint: d.fix,
});

const isUnsupported = (d: Diagnostic): boolean =>
  d.code === "onnx/unsupported-op" || d.code === "onnx/unsupported-form";

/** Judges every target asked for, one at a time. Nothing is compiled or written. */
export const checkModel = async (
  path: string,
  flags: CheckFlags,
  progress: (text: string) => void,
): Promise<{ readonly document: CheckDocument; readonly found: readonly Feasibility[] }> => {
  const backends = await loadBackends(flags.target ?? backendNames);
  const targets = backends.map((b) => b.target);
  const model = examineModel(path, targets, flags);
  printNotes(model.notes);
  const [job] = model.jobs;
  if (job === undefined) throw new Error("a model has no network");
  if (job.kind === "native")
    return { document: checkNative(basename(path), job, backends, flags, progress), found: [] };
  const read = [...model.faults.flatMap(perNode), ...inputFaults(job)].map(refusedBy);
  const engines = { tensor: tensorEvaluator, scalars: scalarFunctions };
  const readable = job.graph.outputs.length > 0;
  const prepared = readable ? prepare(job.graph, optionsOf(flags, job.recipe), engines) : null;
  const tell = (target: string): void => progress(`checking ${target}`);
  const found = prepared === null ? [] : judge(prepared, backends, engines, read, tell);
  const document: CheckDocument = {
    schema: "spikefold/check@1",
    model: basename(path),
    unsupported: model.faults.filter(isUnsupported).map(unsupportedOf),
    targets: found.map(checkedRow),
  };
  return { document, found };
};

/** `spikefold check MODEL`: fits or not on every target; writes nothing. */
export const checkCommand = async (path: string, flags: CheckFlags): Promise<number> => {
  const out = terminal(flags.json === true);
  const { document, found } = await checkModel(path, flags, out.progress);
  out.document(document);
  for (const { op, nodes, hint } of document.unsupported)
    out.line(`${bad("unsupported")} ${op} (${nodes.join(", ")}): ${hint}`);
  for (const target of found) printCheck(out, target, flags.layers === true);
  if (found.length === 0) printNativeCheck(out, document.targets);
  const { targets, unsupported } = document;
  const fine = unsupported.length === 0 && targets.length > 0 && targets.every((t) => t.fits);
  out.line(fine ? good("fits") : bad("does not fit"));
  return fine ? exitCodes.done : exitCodes.failed;
};
