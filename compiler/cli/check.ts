import { basename } from "node:path";
import { type Diagnostic, Rejected, render } from "../diagnostics/index.ts";
import { compile } from "../pipeline/index.ts";
import type { Backend } from "../target/index.ts";
import { backendNames, loadBackends } from "./backends.ts";
import type { CheckDocument } from "./documents.ts";
import { scalarFunctions, tensorEvaluator } from "./engines.ts";
import { exitCodes } from "./exit.ts";
import { type Job, openModel } from "./model.ts";
import { planCompile } from "./plan.ts";
import { bad, good, printNotes, type Terminal, table, terminal } from "./terminal.ts";

interface CheckFlags {
  readonly target?: readonly string[];
  readonly levels?: number;
  readonly weightBits?: number;
  readonly fold?: number;
  readonly dim?: readonly string[];
  readonly rebatch?: boolean;
  readonly json?: boolean;
}

type TargetRow = CheckDocument["targets"][number];
type Unsupported = CheckDocument["unsupported"][number];

const refused = (name: string, mode: string, faults: readonly Diagnostic[]): TargetRow => ({
  name,
  mode,
  fits: false,
  cores: null,
  coresBound: null,
  bindingLimit: faults.map((f) => `${f.where.node === null ? "" : `${f.where.node}: `}${f.why}`).join("; "),
  change: faults[0]?.fix ?? null,
});

/** What a target makes of a network on its own: quantized for it alone. */
const checkTarget = (job: Job, backend: Backend, flags: CheckFlags): TargetRow => {
  const { target } = backend;
  const mode = target.modes[0] ?? "";
  try {
    const plan = planCompile(job.graph, null, { ...flags, output: "", mode: "auto", samples: 32 });
    const { build } = compile(
      {
        name: job.graph.name,
        sha256: "",
        graph: job.graph,
        backends: [backend],
        preparation: plan.preparation,
        calibration: null,
        options: plan.options,
      },
      {
        tensor: tensorEvaluator,
        scalars: scalarFunctions,
        verify: null,
        clock: () => 0,
        dump: () => undefined,
        progress: () => undefined,
      },
    );
    const built = build?.targets[0];
    if (built === undefined) throw new Error(`nothing was built for ${target.name}`);
    const { cores, coresBound, bindingLimit } = built.mapping;
    backend.write(built.program);
    return { name: target.name, mode: built.mode, fits: true, cores, coresBound, bindingLimit, change: null };
  } catch (error) {
    if (error instanceof Rejected) return refused(target.name, mode, error.diagnostics);
    throw error;
  }
};

const unsupportedOf = (d: Diagnostic): Unsupported => ({
  op: String(d.holes?.op ?? d.where.node ?? d.code),
  nodes: String(d.holes?.nodes ?? d.where.node ?? "").split(", "),
  hint: d.fix,
});

const isUnsupported = (d: Diagnostic): boolean =>
  d.code === "onnx/unsupported-op" || d.code === "onnx/unsupported-form";

const report = (out: Terminal, document: CheckDocument): number => {
  out.document(document);
  for (const u of document.unsupported)
    out.line(`${bad("unsupported")} ${u.op} (${u.nodes.join(", ")}): ${u.hint}`);
  const rows = document.targets.map((t) => [
    t.name,
    t.mode,
    t.fits ? "fits" : "does not fit",
    String(t.cores ?? "-"),
    String(t.coresBound ?? "-"),
    t.bindingLimit ?? "none",
    t.change ?? "",
  ]);
  if (rows.length > 0)
    for (const line of table(
      ["target", "mode", "verdict", "cores", "at least", "binding limit", "change"],
      rows,
    ))
      out.line(line);
  const fine = document.unsupported.length === 0 && document.targets.every((t) => t.fits);
  out.line(fine ? good("fits") : bad("does not fit"));
  return fine ? exitCodes.done : exitCodes.failed;
};

/** `spikefold check MODEL`: fits or not on every target; writes nothing. */
export const checkCommand = async (path: string, flags: CheckFlags): Promise<number> => {
  const out = terminal(flags.json === true);
  const backends = await loadBackends(flags.target ?? backendNames);
  const model = basename(path);
  try {
    const opened = openModel(
      path,
      backends.map((b) => b.target),
      flags,
    );
    printNotes(opened.notes);
    const [job] = opened.jobs;
    if (job === undefined) throw new Error("a model has no network");
    const targets = backends.map((backend) => {
      out.progress(`checking ${backend.target.name}`);
      return checkTarget(job, backend, flags);
    });
    return report(out, { schema: "spikefold/check@1", model, unsupported: [], targets });
  } catch (error) {
    if (!(error instanceof Rejected) || !error.diagnostics.every(isUnsupported)) throw error;
    for (const d of error.diagnostics) process.stderr.write(`${render(d)}\n`);
    return report(out, {
      schema: "spikefold/check@1",
      model,
      unsupported: error.diagnostics.map(unsupportedOf),
      targets: [],
    });
  }
};
