import { rowsOf, sizeOf } from "../ir/index.ts";
import type { NativeBuild, NativeTargetBuild } from "../pipeline/index.ts";
import type { CompileDocument } from "./documents.ts";
import { bold, grouped, type Terminal, table } from "./terminal.ts";

type Layer = CompileDocument["layers"][number];
type Row = CompileDocument["targets"][number];

/** One row per population, with the synapses that end in it. */
export const nativeLayers = ({ network, mapping }: NativeTargetBuild): readonly Layer[] =>
  network.populations.map((p) => ({
    name: p.origins[0]?.name ?? p.id,
    op: p.model.kind,
    neurons: sizeOf(p.shape),
    synapses: network.projections
      .filter((q) => q.to === p.id)
      .reduce((sum, q) => sum + rowsOf(q.map).target.length, 0),
    levels: null,
    weightBits: null,
    cores: mapping.coresByLayer.get(p.id) ?? 0,
  }));

/** One target of the document. */
export const nativeRow = (
  { backend, mapping, dynamics, spikeBound }: NativeTargetBuild,
  files: readonly string[],
): Row => ({
  name: backend.target.name,
  fits: true,
  mode: "native",
  cores: mapping.cores,
  coresBound: mapping.coresBound,
  bindingLimit: mapping.bindingLimit,
  chips: mapping.chips,
  steps: dynamics.steps,
  spikeBound,
  synapses: mapping.synapses,
  resources: [...mapping.resources],
  files: [...files],
});

export const nativeCounts = ({ targets }: NativeBuild): CompileDocument["certificate"]["obligations"] => {
  const counts = { proved: 0, checked: 0, tested: 0, assumed: 0 };
  for (const { obligations } of targets) for (const { status } of obligations) counts[status]++;
  return counts;
};

export const printNativeLayers = (out: Terminal, target: NativeTargetBuild): void => {
  const rows = nativeLayers(target).map((l) => [
    l.name,
    l.op,
    grouped(l.neurons),
    grouped(l.synapses),
    String(l.cores),
  ]);
  for (const line of table(["population", "model", "neurons", "synapses", "cores"], rows)) out.line(line);
};

/** What one target got, for people. */
export const printNativeTarget = (out: Terminal, target: NativeTargetBuild): void => {
  const { backend, mapping, dynamics } = target;
  const limit = mapping.bindingLimit === null ? "" : `, limited by ${mapping.bindingLimit}`;
  const step = dynamics.dt === null ? "no step in seconds" : `a step of ${dynamics.dt} s`;
  const steps = dynamics.steps === 0 ? "as many steps as the data have" : `${grouped(dynamics.steps)} steps`;
  out.line("");
  out.line(`${bold(backend.target.name)}  native, dynamics of ${dynamics.profile}, ${step}, ${steps}`);
  out.line(
    `  mapping    ${grouped(mapping.cores)} cores on ${grouped(mapping.chips)} chips (at least ${grouped(mapping.coresBound)} cores${limit}), ${grouped(mapping.neurons)} neurons, ${grouped(mapping.synapses)} synapses (exact)`,
  );
};
