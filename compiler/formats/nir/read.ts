import { atNode, type Diagnostic, inFile, quoteName, Rejected } from "../../diagnostics/index.ts";
import { type FieldFaults, Fields, type H5Group, type H5Object, readHdf5 } from "../hdf5/index.ts";
import { nirDiagnostics } from "./diagnostics.ts";
import { isNirType, type NirEdge, type NirGraph, type NirNode, nirTypes } from "./graph.ts";
import { readNode } from "./read-node.ts";

/** How deep graphs may nest. */
const depthLimit = 8;

/** A NIR file: the graph at its root and the version of the package that wrote it. */
export interface NirFile {
  readonly version: string;
  readonly graph: NirGraph;
}

interface Reading {
  readonly file: string;
  readonly faults: Diagnostic[];
}

const notNir = (file: string, fault: string): Rejected =>
  new Rejected([nirDiagnostics.report("not-nir", inFile(file), { fault })]);

const textIn = (group: H5Group, name: string): string | null => {
  const found = group.children.get(name);
  if (found?.kind !== "dataset") return null;
  const values = found.read();
  return values.kind === "texts" && values.data.length === 1 ? (values.data[0] ?? null) : null;
};

const edgesOf = (group: H5Group, { file, faults }: Reading, name: string): readonly NirEdge[] => {
  const found = group.children.get("edges");
  if (found === undefined) return [];
  const bad = (fault: string): readonly NirEdge[] => {
    const holes = { field: "edges", node: name, fault, wanted: "pairs of node names" };
    faults.push(nirDiagnostics.report("bad-field", atNode(name, file), holes));
    return [];
  };
  if (found.kind === "group") return bad("it is a group");
  if (found.shape[0] === 0) return [];
  if (found.shape.length !== 2 || found.shape[1] !== 2) return bad(`its shape is ${found.shape.join("x")}`);
  const values = found.read();
  if (values.kind !== "texts") return bad("it holds numbers");
  const { data } = values;
  return Array.from(
    { length: data.length / 2 },
    (_, i): NirEdge => [data[2 * i] ?? "", data[2 * i + 1] ?? ""],
  );
};

/** Ends of edges that are no nodes; the file itself is wrong. */
const edgeFaults = (
  edges: readonly NirEdge[],
  names: ReadonlySet<string>,
  graph: string,
  file: string,
): readonly Diagnostic[] => {
  const shown = [...names].slice(0, 12).map(quoteName).join(", ");
  const known = names.size > 12 ? `${shown}, ...` : shown;
  return edges.flatMap(([from, to]) => {
    const missing = [from, to].filter((end) => !names.has(end)).map(quoteName);
    if (missing.length === 0) return [];
    const holes = { graph, from: quoteName(from), to: quoteName(to), missing: missing.join(", "), known };
    return [nirDiagnostics.report("no-such-node", atNode(graph, file), holes)];
  });
};

const wording = (node: string, type: string, file: string): FieldFaults => {
  const where = atNode(node, file);
  return {
    missing: (field) => nirDiagnostics.report("missing-field", where, { node, type, field }),
    bad: (field, fault, wanted) => nirDiagnostics.report("bad-field", where, { node, field, fault, wanted }),
  };
};

const nodeIn = (
  object: H5Object,
  key: string,
  path: string,
  reading: Reading,
  depth: number,
): NirNode | null => {
  const { file, faults } = reading;
  const at = atNode(path, file);
  const type = object.kind === "group" ? textIn(object, "type") : null;
  if (object.kind === "dataset" || type === null) {
    faults.push(nirDiagnostics.report("missing-field", at, { node: path, type: "a node", field: "type" }));
    return null;
  }
  if (!isNirType(type)) {
    const holes = { node: path, type: quoteName(type), known: nirTypes.join(", ") };
    faults.push(nirDiagnostics.report("unknown-type", at, holes));
    return null;
  }
  if (type === "NIRGraph") return { type, name: key, graph: graphIn(object, path, reading, depth + 1) };
  return readNode[type](new Fields(object, wording(path, type, file), faults), key);
};

const graphIn = (group: H5Group, path: string, reading: Reading, depth: number): NirGraph => {
  const { file, faults } = reading;
  if (depth > depthLimit) throw notNir(file, `graphs nest more than ${depthLimit} deep`);
  const children = group.children.get("nodes");
  const entries = children?.kind === "group" ? [...children.children] : [];
  const prefix = path === "" ? "" : `${path}.`;
  const nodes = new Map(
    entries.flatMap(([key, object]): readonly (readonly [string, NirNode])[] => {
      const node = nodeIn(object, key, `${prefix}${quoteName(key)}`, reading, depth);
      return node === null ? [] : [[key, node]];
    }),
  );
  const name = path === "" ? "the network" : path;
  const edges = edgesOf(group, reading, name);
  faults.push(...edgeFaults(edges, new Set(entries.map(([key]) => key)), name, file));
  return { nodes, edges };
};

/** A single node at the root stands for a graph of one node. */
const rootGraph = (root: H5Group, reading: Reading): NirGraph => {
  const node = nodeIn(root, "node", "", reading, 0);
  if (node === null) return { nodes: new Map(), edges: [] };
  return node.type === "NIRGraph" ? node.graph : { nodes: new Map([[node.name, node]]), edges: [] };
};

/**
 * Reads a NIR graph (layout: neuromorphs/NIR:nir/serialization.py) of any of the 19 types. Lenient where writers
 * differ: `v_reset`, `w_in` and convolution settings may be absent, numbers may be scalars; node names are free.
 * Throws Rejected with all faults: `h5/...`, `nir/...`.
 */
export const readNir = (bytes: Uint8Array, file: string): NirFile => {
  const tree = readHdf5(bytes, file);
  const root = tree.children.get("node");
  if (root === undefined || root.kind === "dataset") throw notNir(file, "it has no group /node");
  const reading: Reading = { file, faults: [] };
  const graph = rootGraph(root, reading);
  if (reading.faults.length > 0) throw new Rejected(reading.faults);
  return { version: textIn(tree, "version") ?? "", graph };
};

/** True for the tree of a NIR file; `.net` and other HDF5 files have no `/node`. */
export const isNir = (tree: H5Group): boolean => tree.children.get("node")?.kind === "group";
