import { atNode, type Diagnostic, quoteName } from "../../diagnostics/index.ts";
import { nirDiagnostics } from "./diagnostics.ts";
import type { NirEdge, NirGraph, NirNodeOf, NirType } from "./graph.ts";

export type FlatNode = NirNodeOf<Exclude<NirType, "NIRGraph">>;

/** A graph without graphs in it. Ports of nested graphs are Input and Output nodes with edges in or out. */
export interface FlatGraph {
  readonly nodes: ReadonlyMap<string, FlatNode>;
  readonly edges: readonly NirEdge[];
}

interface Opened {
  readonly nodes: Map<string, FlatNode>;
  readonly edges: NirEdge[];
  readonly faults: Diagnostic[];
  readonly file: string;
}

/** The node of a nested graph that takes, or gives, what its edges carry. */
interface Ports {
  readonly input: string;
  readonly output: string;
}

/** The one Input, else the one node that nothing in the graph leads to; outputs likewise. */
const portOf = (graph: NirGraph, type: "Input" | "Output"): string | null => {
  const stated = [...graph.nodes.values()].filter((node) => node.type === type).map((node) => node.name);
  const end = type === "Input" ? 1 : 0;
  const met = new Set(graph.edges.map((edge) => edge[end]));
  const found = stated.length > 0 ? stated : [...graph.nodes.keys()].filter((name) => !met.has(name));
  return found.length === 1 ? (found[0] ?? null) : null;
};

const portsOf = (graph: NirGraph, name: string, opened: Opened): Ports => {
  const port = (type: "Input" | "Output"): string => {
    const found = portOf(graph, type);
    if (found !== null) return found;
    const fault = `its ${type === "Input" ? "entry" : "exit"} is not one node`;
    const holes = { field: "nodes", node: quoteName(name), fault, wanted: `exactly one ${type} node` };
    opened.faults.push(nirDiagnostics.report("bad-field", atNode(quoteName(name), opened.file), holes));
    return "";
  };
  return { input: port("Input"), output: port("Output") };
};

const open = (graph: NirGraph, prefix: string, opened: Opened): ReadonlyMap<string, Ports> => {
  const ports = new Map<string, Ports>();
  for (const node of graph.nodes.values()) {
    const name = `${prefix}${node.name}`;
    if (node.type === "NIRGraph") {
      const inner = open(node.graph, `${name}.`, opened);
      const { input, output } = portsOf(node.graph, name, opened);
      ports.set(node.name, {
        input: inner.get(input)?.input ?? `${name}.${input}`,
        output: inner.get(output)?.output ?? `${name}.${output}`,
      });
    } else if (opened.nodes.has(name)) {
      const holes = { node: quoteName(name) };
      opened.faults.push(nirDiagnostics.report("name-clash", atNode(quoteName(name), opened.file), holes));
    } else opened.nodes.set(name, { ...node, name });
  }
  for (const [from, to] of graph.edges)
    opened.edges.push([
      ports.get(from)?.output ?? `${prefix}${from}`,
      ports.get(to)?.input ?? `${prefix}${to}`,
    ]);
  return ports;
};

/** Opens nested graphs: the node `b` of a graph `a` becomes `a.b`. */
export const inlined = (
  graph: NirGraph,
  file: string,
): { readonly graph: FlatGraph; readonly faults: readonly Diagnostic[] } => {
  const opened: Opened = { nodes: new Map(), edges: [], faults: [], file };
  open(graph, "", opened);
  return { graph: { nodes: opened.nodes, edges: opened.edges }, faults: opened.faults };
};
