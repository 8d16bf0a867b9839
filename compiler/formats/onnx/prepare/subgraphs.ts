import type { OnnxGraph, OnnxNode } from "../decode/index.ts";

/** The graphs in the attributes of a node: branches, bodies. */
export const subgraphsOf = (node: OnnxNode): readonly OnnxGraph[] => {
  const graphs: OnnxGraph[] = [];
  for (const attribute of node.attributes.values()) {
    if (attribute.kind === "graph") graphs.push(attribute.value);
    else if (attribute.kind === "graphs") graphs.push(...attribute.value);
  }
  return graphs;
};

/** Values that a graph makes or is given, not those of the graphs in it. */
export const definedIn = (graph: OnnxGraph): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const { name } of graph.inputs) names.add(name);
  for (const { name } of graph.initializers) names.add(name);
  for (const node of graph.nodes) for (const name of node.outputs) if (name !== "") names.add(name);
  return names;
};

const known = new WeakMap<OnnxGraph, readonly string[]>();

/**
 * Values of the graphs around it that a graph, or a graph inside it, reads: each once, in the order of first
 * reading. The nesting is bounded by `limits.subgraphs`.
 */
export const freeValues = (graph: OnnxGraph): readonly string[] => {
  const found = known.get(graph);
  if (found !== undefined) return found;
  const defined = definedIn(graph);
  const free = new Set<string>();
  const read = (name: string): void => {
    if (name !== "" && !defined.has(name)) free.add(name);
  };
  for (const node of graph.nodes) for (const name of valuesRead(node)) read(name);
  for (const { name } of graph.outputs) read(name);
  const values = [...free];
  known.set(graph, values);
  return values;
};

/** All that a node needs: its inputs as they stand, then what its subgraphs read from around it. */
export const valuesRead = (node: OnnxNode): readonly string[] => {
  const graphs = subgraphsOf(node);
  return graphs.length === 0 ? node.inputs : [...new Set([...node.inputs, ...graphs.flatMap(freeValues)])];
};

/** Nodes of a list and of all subgraphs in it, with how many graphs are around each; the order is by level. */
export const nodesWithin = (
  nodes: readonly OnnxNode[],
): readonly { readonly node: OnnxNode; readonly level: number }[] => {
  const all = nodes.map((node) => ({ node, level: 0 }));
  // `all` grows while it is walked.
  for (const { node, level } of all)
    for (const graph of subgraphsOf(node))
      for (const inner of graph.nodes) all.push({ node: inner, level: level + 1 });
  return all;
};
