import { atNode, type Diagnostic, type Where } from "../diagnostics/index.ts";
import { push } from "../ir/index.ts";
import { nativeDiagnostics } from "./diagnostics.ts";
import type { NativeNetwork, NativeNode } from "./network.ts";

/** The nodes of a network with their neighbours; equal edges stand as often as they are given. */
export interface NativeGraph {
  readonly nodes: readonly NativeNode[];
  readonly sourcesOf: (node: NativeNode) => readonly NativeNode[];
  readonly readersOf: (node: NativeNode) => readonly NativeNode[];
}

export const whereOf = ({ name, origins }: NativeNode): Where => atNode(origins[0]?.name ?? name);

const nameFaults = ({ nodes }: NativeNetwork): readonly Diagnostic[] => {
  const counts = new Map<string, NativeNode[]>();
  for (const node of nodes) push(counts, node.name, node);
  return [...counts].flatMap(([name, [first, ...others]]) =>
    first === undefined || others.length === 0
      ? []
      : [nativeDiagnostics.report("name-twice", whereOf(first), { name, count: others.length + 1 })],
  );
};

const edgeFaults = ({ nodes, edges }: NativeNetwork): readonly Diagnostic[] => {
  const names = new Set(nodes.map((n) => n.name));
  return edges.flatMap(({ from, to }) => {
    const missing = (end: "start" | "end", name: string): readonly Diagnostic[] =>
      names.has(name)
        ? []
        : [nativeDiagnostics.report("edge-end-missing", atNode(name), { end, from, to, missing: name })];
    return [...missing("start", from), ...missing("end", to)];
  });
};

const degreeFaults = ({ nodes, sourcesOf }: NativeGraph): readonly Diagnostic[] =>
  nodes.flatMap((node) => {
    const count = sourcesOf(node).length;
    const { kind } = node.op;
    if (kind === "input")
      return count === 0 ? [] : [nativeDiagnostics.report("input-fed", whereOf(node), { count })];
    return count > 0 ? [] : [nativeDiagnostics.report("no-source", whereOf(node), { kind, count })];
  });

/** The graph of a network, or all faults of its names and edges. */
export const graphOf = (network: NativeNetwork): NativeGraph | readonly Diagnostic[] => {
  const faults = [...nameFaults(network), ...edgeFaults(network)];
  if (faults.length > 0) return faults;
  const byName = new Map(network.nodes.map((n) => [n.name, n]));
  const sources = new Map<NativeNode, NativeNode[]>();
  const readers = new Map<NativeNode, NativeNode[]>();
  for (const { from, to } of network.edges) {
    const [source, target] = [byName.get(from), byName.get(to)];
    if (source === undefined || target === undefined) continue;
    push(sources, target, source);
    push(readers, source, target);
  }
  const graph: NativeGraph = {
    nodes: network.nodes,
    sourcesOf: (node) => sources.get(node) ?? [],
    readersOf: (node) => readers.get(node) ?? [],
  };
  const loose = degreeFaults(graph);
  return loose.length > 0 ? loose : graph;
};
