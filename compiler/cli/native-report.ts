import { rowsOf, sizeOf } from "../ir/index.ts";
import type { NativeTargetBuild } from "../pipeline/index.ts";
import type { CompileDocument } from "./documents.ts";
import { printMapping } from "./report.ts";
import { bold, grouped, type Terminal, table } from "./terminal.ts";

type Layer = CompileDocument["layers"][number];

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
  const step = dynamics.dt === null ? "no step in seconds" : `a step of ${dynamics.dt} s`;
  const steps = dynamics.steps === 0 ? "as many steps as the data have" : `${grouped(dynamics.steps)} steps`;
  out.line("");
  out.line(`${bold(backend.target.name)}  native, dynamics of ${dynamics.profile}, ${step}, ${steps}`);
  printMapping(out, mapping);
};
