import { atNode, type Diagnostic, quoteName, Rejected } from "../../diagnostics/index.ts";
import { type H5Content, writeHdf5 } from "../hdf5/index.ts";
import { nirDiagnostics } from "./diagnostics.ts";
import type { NirGraph, NirNode } from "./graph.ts";
import { number, text, writtenFields } from "./write-node.ts";

/** Free entries beside a graph, for people and for us; readers must not need them. */
export type NirMetadata = ReadonlyMap<string, string | number>;

/** The package whose layout this is (neuromorphs/NIR). */
const layoutVersion = "1.0.7";

const metadataGroup = (metadata: NirMetadata): H5Content =>
  new Map(
    [...metadata].map(([key, value]) => [key, typeof value === "string" ? text(value) : number(value)]),
  );

const nodeContent = (node: NirNode): H5Content =>
  node.type === "NIRGraph"
    ? graphContent(node.graph, new Map())
    : new Map<string, H5Content>([["type", text(node.type)], ...Object.entries(writtenFields(node))]);

const graphContent = ({ nodes, edges }: NirGraph, metadata: NirMetadata): H5Content =>
  new Map<string, H5Content>([
    ["type", text("NIRGraph")],
    ["nodes", new Map([...nodes].map(([name, node]) => [name, nodeContent(node)]))],
    ["edges", { shape: [edges.length, 2], values: { kind: "texts", data: edges.flat() } }],
    ...(metadata.size === 0 ? [] : [["metadata", metadataGroup(metadata)] as const]),
  ]);

const nameFaults = ({ nodes }: NirGraph): readonly Diagnostic[] =>
  [...nodes.values()].flatMap((node) => {
    const shown = quoteName(node.name);
    const wrong =
      node.name === "" || node.name === "." || node.name.includes("/") || node.name.includes("\0");
    const own = wrong ? [nirDiagnostics.report("bad-name", atNode(shown), { node: shown })] : [];
    return node.type === "NIRGraph" ? [...own, ...nameFaults(node.graph)] : own;
  });

/**
 * The bytes of a `.nir` file: arrays in single precision, compressed where that pays, in the layout of
 * neuromorphs/NIR:nir/serialization.py. The same graph gives the same bytes. Throws Rejected (`nir/bad-name`) with
 * all names that HDF5 would nest.
 */
export const writeNir = (graph: NirGraph, metadata: NirMetadata = new Map()): Uint8Array => {
  const faults = nameFaults(graph);
  if (faults.length > 0) throw new Rejected(faults);
  return writeHdf5(
    new Map<string, H5Content>([
      ["version", text(layoutVersion)],
      ["node", graphContent(graph, metadata)],
    ]),
  );
};
