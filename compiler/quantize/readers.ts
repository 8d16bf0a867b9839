import { nodesOf, perGraph } from "../ir/core/index.ts";
import type { TensorGraph, TensorNode } from "../ir/tensor/index.ts";

/** Nodes that read each node, in topological order; one that reads it twice stands twice. Outputs are not counted. */
export const readersOf = perGraph((graph: TensorGraph): ((node: TensorNode) => readonly TensorNode[]) => {
  const readers = new Map<TensorNode, TensorNode[]>();
  for (const node of nodesOf(graph)) {
    for (const input of node.inputs) {
      const known = readers.get(input);
      if (known === undefined) readers.set(input, [node]);
      else known.push(node);
    }
  }
  return (node) => readers.get(node) ?? [];
});

export const isOutput = (graph: TensorGraph, node: TensorNode): boolean =>
  graph.outputs.some((o) => o.value === node);

/** Name that the user gave to what became this node. */
export const nameOf = (node: TensorNode): string => node.origins[0]?.name ?? node.op;

/** A name that is not taken, the wanted one if it can be; it is taken then. */
export const takeName = (wanted: string, taken: Set<string>): string => {
  let name = wanted;
  for (let i = 2; taken.has(name); i++) name = `${wanted}_${i}`;
  taken.add(name);
  return name;
};
