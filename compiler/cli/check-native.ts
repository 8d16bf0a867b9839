import { type Diagnostic, Rejected } from "../diagnostics/index.ts";
import { rowsOf, sizeOf, type Weight } from "../ir/index.ts";
import type { NativeOp } from "../native/index.ts";
import { compileNative, type NativeTargetBuild } from "../pipeline/index.ts";
import type { Backend } from "../target/index.ts";
import type { CheckDocument } from "./documents.ts";
import type { NativeJob } from "./job.ts";
import { type NativeFlags, planNative } from "./native-plan.ts";
import { bad, bold, good, grouped, type Terminal } from "./terminal.ts";

type Row = CheckDocument["targets"][number];
type Figure = Row["figures"]["cores"];

const figure = (value: number | null, kind: Figure["kind"], source: string): Figure =>
  value === null
    ? { value, kind: "unknown", source: "the target refuses the network" }
    : { value, kind, source };

const isWeight = (value: unknown): value is Weight =>
  typeof value === "object" && value !== null && "stored" in value && "shape" in value;

/** Numbers in the file, with those of neurons. */
const parametersOf = (op: NativeOp): number => {
  const own = op.kind === "neuron" ? op.parameters : op;
  return Object.values(own)
    .filter(isWeight)
    .reduce((sum, w) => sum + sizeOf(w.shape), 0);
};

const totals = ({ network }: NativeJob): { readonly nodes: number; readonly parameters: number } => ({
  nodes: network.nodes.length,
  parameters: network.nodes.reduce((sum, n) => sum + parametersOf(n.op), 0),
});

/** A target that holds the network: nothing is estimated, it was mapped. */
const fittingRow = (
  job: NativeJob,
  { backend, mapping, dynamics, spikeBound, network }: NativeTargetBuild,
): Row => {
  const { nodes, parameters } = totals(job);
  const synapses = network.projections.reduce((sum, q) => sum + rowsOf(q.map).target.length, 0);
  return {
    name: backend.target.name,
    mode: "native",
    fits: true,
    cores: mapping.cores,
    coresBound: mapping.coresBound,
    bindingLimit: mapping.bindingLimit,
    change: null,
    figures: {
      cores: figure(mapping.cores, "exact", "the network was mapped"),
      coresBound: figure(
        mapping.coresBound,
        "proved",
        "totals of neurons, axons and synapse words over the limits",
      ),
      chips: figure(mapping.chips, "exact", "the network was mapped"),
      steps: figure(dynamics.steps === 0 ? null : dynamics.steps, "exact", "--steps"),
      spikeBound: figure(spikeBound, "proved", "every neuron in every step"),
    },
    system: null,
    share: {
      nodes,
      allNodes: nodes,
      products: synapses,
      allProducts: synapses,
      parameters,
      allParameters: parameters,
    },
    host: [],
    nodes: job.network.nodes.map((n) => ({
      node: n.name,
      op: n.op.kind,
      place: "chip",
      into: null,
      stage: null,
    })),
    refusals: [],
    layers: [],
  };
};

const stageOf = ({ code }: Pick<Diagnostic, "code">): "map" | "realize" =>
  code.startsWith("map/") ? "map" : "realize";

const refusedRow = (job: NativeJob, { target }: Backend, { diagnostics }: Rejected): Row => {
  const faults = diagnostics.filter((d) => d.severity === "error");
  const { nodes, parameters } = totals(job);
  const unknown = figure(null, "unknown", "");
  return {
    name: target.name,
    mode: "native",
    fits: false,
    cores: null,
    coresBound: null,
    bindingLimit: faults.map((d) => d.why).join("; "),
    change: faults[0]?.fix ?? null,
    figures: { cores: unknown, coresBound: unknown, chips: unknown, steps: unknown, spikeBound: unknown },
    system: null,
    share: {
      nodes: 0,
      allNodes: nodes,
      products: 0,
      allProducts: 0,
      parameters: 0,
      allParameters: parameters,
    },
    host: [],
    nodes: job.network.nodes.map((n) => {
      const fault = faults.find(({ where }) => where.node === n.name) ?? faults[0];
      const stage = fault === undefined ? "realize" : stageOf(fault);
      return { node: n.name, op: n.op.kind, place: "refused", into: null, stage };
    }),
    refusals: faults.map(({ where, code, what, why, fix }) => ({
      stage: stageOf({ code }),
      node: where.node,
      code,
      what,
      why,
      fix,
    })),
    layers: [],
  };
};

/** Judges every target by a compile that writes nothing. Throws Rejected for flags that mean nothing. */
export const checkNative = (
  model: string,
  job: NativeJob,
  backends: readonly Backend[],
  flags: NativeFlags,
  progress: (text: string) => void,
): CheckDocument => {
  const plan = planNative(job, { mode: "auto", ...flags });
  const targets = backends.map((backend): Row => {
    progress(`checking ${backend.target.name}`);
    try {
      const build = compileNative({ name: model, sha256: "", backends: [backend], ...plan });
      return build.targets.map((t) => fittingRow(job, t))[0] ?? refusedRow(job, backend, new Rejected([]));
    } catch (error) {
      if (error instanceof Rejected) return refusedRow(job, backend, error);
      throw error;
    }
  });
  return { schema: "spikefold/check@1", model, unsupported: [], targets };
};

/** Targets of a native network, for people. */
export const printNativeCheck = (out: Terminal, targets: CheckDocument["targets"]): void => {
  for (const { name, fits, cores, coresBound, refusals, nodes } of targets) {
    out.line("");
    out.line(`${bold(name)}  native  ${fits ? good("fits") : bad("does not fit")}`);
    if (cores !== null)
      out.line(`  cores      ${grouped(cores)} (exact), at least ${grouped(coresBound ?? 0)} (proved)`);
    if (fits) out.line(`  on chip    ${nodes.length} of ${nodes.length} nodes`);
    for (const { stage, node, what, why, fix } of refusals) {
      out.line(`  ${bad("refused")}    by ${stage}: ${node === null ? "" : `${node}: `}${what}`);
      out.line(`             why: ${why}`);
      out.line(`             fix: ${fix}`);
    }
  }
};
