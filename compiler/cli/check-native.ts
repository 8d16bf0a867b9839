import { type Diagnostic, Rejected } from "../diagnostics/index.ts";
import type { Refusal } from "../feasibility/index.ts";
import { rowsOf, schema, sizeOf, type Weight } from "../ir/index.ts";
import { compileNative, type NativeTargetBuild } from "../pipeline/index.ts";
import type { Backend } from "../target/index.ts";
import { figure, reasonOf, refusalOf } from "./check-document.ts";
import { printRefusals } from "./check-report.ts";
import type { CheckDocument } from "./documents.ts";
import type { NativeJob } from "./job.ts";
import { type NativeFlags, planNative } from "./native-plan.ts";
import { bad, bold, good, grouped, type Terminal } from "./terminal.ts";

type Row = CheckDocument["targets"][number];

/** A target as it was judged. */
export interface CheckedNative {
  readonly row: Row;
  readonly refusals: readonly Refusal[];
}

const weightsIn = (value: unknown): readonly Weight[] => {
  if (schema.weight.is(value)) return [value];
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [];
  return Object.values(value).flatMap(weightsIn);
};

/** Nodes of the file, and numbers in it, those of neurons too. */
const totals = ({ network }: NativeJob): Pick<Row["share"], "allNodes" | "allParameters"> => ({
  allNodes: network.nodes.length,
  allParameters: weightsIn(network.nodes.map(({ op }) => op)).reduce((sum, w) => sum + sizeOf(w.shape), 0),
});

/** What holds of every native network: no part is the host's, and layers are not counted apart. */
const common = { mode: "native", system: null, host: [], layers: [] };

const dataSay = "the data say how many steps a sample has";

/** A target that holds the network: nothing is estimated, it was mapped. */
const fittingRow = (
  job: NativeJob,
  { backend, mapping, dynamics, spikeBound, network }: NativeTargetBuild,
): Row => {
  const all = totals(job);
  const synapses = network.projections.reduce((sum, q) => sum + rowsOf(q.map).target.length, 0);
  const steps = dynamics.steps === 0 ? null : dynamics.steps;
  const proved = "totals of neurons, axons and synapse words over the limits";
  return {
    ...common,
    name: backend.target.name,
    fits: true,
    cores: mapping.cores,
    coresBound: mapping.coresBound,
    bindingLimit: mapping.bindingLimit,
    change: null,
    figures: {
      cores: figure(mapping.cores, "exact", "the network was mapped"),
      coresBound: figure(mapping.coresBound, "proved", proved),
      chips: figure(mapping.chips, "exact", "the network was mapped"),
      steps: figure(steps, "exact", "--steps", dataSay),
      spikeBound: figure(spikeBound, "proved", "every neuron in every step", dataSay),
    },
    share: {
      ...all,
      nodes: all.allNodes,
      products: synapses,
      allProducts: synapses,
      parameters: all.allParameters,
    },
    nodes: job.network.nodes.map(({ name, op }) => ({
      node: name,
      op: op.kind,
      place: "chip",
      into: null,
      stage: null,
    })),
    refusals: [],
  };
};

/** The stage that a fault of a native compile comes from. */
export const nativeRefusal = (fault: Diagnostic): Refusal => ({
  stage: fault.code.startsWith("map/") ? "map" : "realize",
  fault,
});

const refusedRow = (job: NativeJob, { target }: Backend, refusals: readonly Refusal[]): Row => {
  const unknown = figure(null, "unknown", "");
  return {
    ...common,
    name: target.name,
    fits: false,
    cores: null,
    coresBound: null,
    bindingLimit: refusals.map(reasonOf).join("; "),
    change: refusals[0]?.fault.fix ?? null,
    figures: { cores: unknown, coresBound: unknown, chips: unknown, steps: unknown, spikeBound: unknown },
    share: { ...totals(job), nodes: 0, products: 0, allProducts: 0, parameters: 0 },
    nodes: job.network.nodes.map(({ name, op }) => {
      const own = refusals.find(({ fault }) => fault.where.node === name) ?? refusals[0];
      return { node: name, op: op.kind, place: "refused", into: null, stage: own?.stage ?? null };
    }),
    refusals: refusals.map(refusalOf),
  };
};

/** Judges every target by a compile that writes nothing. Throws Rejected for flags that mean nothing. */
export const checkNative = (
  model: string,
  job: NativeJob,
  backends: readonly Backend[],
  flags: NativeFlags & { readonly mode?: string },
  progress: (text: string) => void,
): readonly CheckedNative[] => {
  const plan = planNative(job, { mode: "auto", ...flags });
  return backends.flatMap((backend): readonly CheckedNative[] => {
    progress(`checking ${backend.target.name}`);
    try {
      const { targets } = compileNative({ name: model, sha256: "", backends: [backend], ...plan });
      return targets.map((t) => ({ row: fittingRow(job, t), refusals: [] }));
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      const refusals = error.diagnostics.filter((d) => d.severity === "error").map(nativeRefusal);
      return [{ row: refusedRow(job, backend, refusals), refusals }];
    }
  });
};

/** Targets of a native network, for people. */
export const printNativeCheck = (out: Terminal, checked: readonly CheckedNative[]): void => {
  for (const { row, refusals } of checked) {
    const { name, fits, cores, coresBound, nodes } = row;
    out.line("");
    out.line(`${bold(name)}  native  ${fits ? good("fits") : bad("does not fit")}`);
    if (cores !== null)
      out.line(`  cores      ${grouped(cores)} (exact), at least ${grouped(coresBound ?? 0)} (proved)`);
    if (fits) out.line(`  on chip    ${nodes.length} of ${nodes.length} nodes`);
    printRefusals(out, refusals);
  }
};
