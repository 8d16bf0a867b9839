import type { Diagnostic } from "../diagnostics/index.ts";
import { atNode } from "../diagnostics/index.ts";
import { readHdf5 } from "../formats/hdf5/index.ts";
import { importNet } from "../formats/net/index.ts";
import { importNir, isNir } from "../formats/nir/index.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import { type Job, nothingStated } from "./job.ts";

/** `.net` files of Lava have their layers at the root. */
const isNet = (bytes: Uint8Array, path: string): boolean => {
  const tree = readHdf5(bytes, path);
  return !isNir(tree) && tree.children.has("layer");
};

/**
 * A `.nir` file: a network of dynamics, or, with a note, a plain function where nothing in it spikes; or a `.net` file,
 * whose neurons are those of a chip. Throws Rejected with all faults of the file.
 */
export const hdf5Model = (
  bytes: Uint8Array,
  path: string,
): { readonly jobs: readonly Job[]; readonly notes: readonly Diagnostic[] } => {
  if (isNet(bytes, path)) {
    const { network, notes } = importNet(bytes, path);
    const stated = { ...nothingStated, profile: "loihi" } as const;
    return { jobs: [{ kind: "native", network, stated, recipe: null }], notes };
  }
  const imported = importNir(bytes, path);
  if (imported.kind === "native") {
    const { network } = imported;
    return { jobs: [{ kind: "native", network, stated: nothingStated, recipe: null }], notes: [] };
  }
  const { graph } = imported;
  const note = cliDiagnostics.report("no-neurons", atNode(graph.name, path), { name: graph.name });
  return { jobs: [{ kind: "exact", graph, recipe: null }], notes: [note] };
};
