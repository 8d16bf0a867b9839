import { type Diagnostic, inFile } from "../../diagnostics/index.ts";
import { nirDiagnostics } from "./diagnostics.ts";
import { neighboursOf } from "./infer-shapes.ts";
import type { FlatGraph, FlatNode } from "./inline.ts";
import type { Ports } from "./shape-rules.ts";

/** A graph with an Input and an Output node, shapes of all nodes, and the ports of nested graphs. */
export interface Ended {
  readonly graph: FlatGraph;
  readonly ports: ReadonlyMap<string, Ports>;
  /** Input and Output nodes of nested graphs. */
  readonly inner: ReadonlySet<string>;
  readonly faults: readonly Diagnostic[];
}

const freeName = (nodes: ReadonlyMap<string, FlatNode>, wanted: string): string => {
  let name = wanted;
  for (let i = 2; nodes.has(name); i++) name = `${wanted}${i}`;
  return name;
};

/**
 * Adds the ends that a file leaves out: an Input before each node that nothing leads to, an Output behind each that
 * leads nowhere. `top` are the names of the outermost graph's nodes.
 */
export const withEnds = (
  graph: FlatGraph,
  ports: ReadonlyMap<string, Ports>,
  top: ReadonlySet<string>,
  file: string,
): Ended => {
  const nodes = new Map(graph.nodes);
  const edges = [...graph.edges];
  const all = new Map(ports);
  const faults: Diagnostic[] = [];
  const { before, after } = neighboursOf(graph);
  const isEnd = ({ type }: FlatNode): boolean => type === "Input" || type === "Output";
  const inner = new Set(
    [...graph.nodes.values()].filter((n) => isEnd(n) && !top.has(n.name)).map((n) => n.name),
  );
  const stated = (type: "Input" | "Output"): boolean =>
    [...graph.nodes.values()].some((n) => n.type === type && !inner.has(n.name));
  const add = (type: "Input" | "Output", of: string): void => {
    const port = ports.get(of);
    if (port === undefined) return;
    const shape = type === "Input" ? port.input : port.output;
    const name = freeName(nodes, type === "Input" ? "input" : "output");
    nodes.set(name, { type, name, shape });
    all.set(name, { input: shape, output: shape });
    edges.push(type === "Input" ? [name, of] : [of, name]);
  };
  if (!stated("Input")) {
    const open = [...before].filter(([, sources]) => sources.length === 0);
    if (open.length === 0) faults.push(nirDiagnostics.report("no-input", inFile(file), {}));
    for (const [name] of open) add("Input", name);
  }
  if (!stated("Output")) {
    const open = [...after].filter(([, targets]) => targets.length === 0);
    if (open.length === 0) faults.push(nirDiagnostics.report("no-output", inFile(file), {}));
    for (const [name] of open) add("Output", name);
  }
  return { graph: { nodes, edges }, ports: all, inner, faults };
};
