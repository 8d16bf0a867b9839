import { atNode, type Diagnostic, inFile, quoteName, Rejected } from "../../diagnostics/index.ts";
import { type FieldFaults, Fields, type H5Group, readHdf5 } from "../hdf5/index.ts";
import { netDiagnostics } from "./diagnostics.ts";
import type { NetLayer } from "./layer.ts";
import { limits } from "./limits.ts";
import { readLayer } from "./read-layer.ts";
import type { Reading } from "./read-neuron.ts";

/** The layers of a file, from input to output, and what NetX would pass over in it. */
export interface NetFile {
  readonly layers: readonly NetLayer[];
  readonly notes: readonly Diagnostic[];
}

const notNet = (file: string, fault: string): Rejected =>
  new Rejected([netDiagnostics.report("not-net", inFile(file), { fault })]);

/** The groups `layer/0` to `layer/n-1`. */
const layerGroups = (root: H5Group, file: string): readonly H5Group[] => {
  const all = root.children.get("layer");
  if (all === undefined || all.kind === "dataset") throw notNet(file, "it has no group /layer");
  const count = all.children.size;
  if (count === 0) throw notNet(file, "/layer is empty");
  if (count > limits.layers) throw notNet(file, `it has ${count} layers, at most ${limits.layers} are read`);
  return Array.from({ length: count }, (_, i) => {
    const group = all.children.get(`${i}`);
    if (group?.kind === "group") return group;
    throw notNet(file, `of ${count} layers there is no group /layer/${i}`);
  });
};

const layerIn = (group: H5Group, reading: Reading): NetLayer | null => {
  const { layer, path, file, faults } = reading;
  const where = atNode(path, file);
  const says = (type: string): FieldFaults => ({
    missing: (field) => netDiagnostics.report("missing-field", where, { layer, type, field }),
    bad: (field, fault, wanted) => netDiagnostics.report("bad-field", where, { layer, field, fault, wanted }),
  });
  const type = new Fields(group, says("any"), faults).word("type");
  if (type !== null) return readLayer(new Fields(group, says(quoteName(type)), faults), type, reading);
  faults.push(says("any").missing("type"));
  return null;
};

/**
 * Reads the layers of a `.net` file as SLAYER writes it and NetX reads it (lava-nc/lava-dl:
 * src/lava/lib/dl/netx/hdf5.py). The file is untrusted: sizes are bounded, numbers are whole and in the ranges of the
 * chip. Throws Rejected with all faults, each with its layer and field: `h5/...`, `net/...`.
 */
export const readNet = (bytes: Uint8Array, file: string): NetFile => {
  const groups = layerGroups(readHdf5(bytes, file), file);
  const faults: Diagnostic[] = [];
  const notes: Diagnostic[] = [];
  const layers = groups.flatMap(
    (group, layer) => layerIn(group, { file, path: `layer/${layer}`, layer, faults, notes }) ?? [],
  );
  if (faults.length > 0) throw new Rejected(faults);
  return { layers, notes };
};
