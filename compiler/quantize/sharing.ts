import { nodesOf } from "../ir/core/index.ts";
import type { TensorGraph, TensorNode } from "../ir/tensor/index.ts";

type Test = (node: TensorNode) => boolean;

/** Which rounded values belong together. */
export interface Sharing {
  /** A rounded value. */
  readonly isSource: Test;
  /** Gives levels of what it reads, as they are. */
  readonly handsOn: Test;
  /** Reads levels that must have one step. */
  readonly joins: Test;
}

type Sources = ReadonlySet<TensorNode>;

/** Rounded values that the levels of each value are. */
const sourcesIn = (graph: TensorGraph, { isSource, handsOn }: Sharing): ReadonlyMap<TensorNode, Sources> => {
  const sources = new Map<TensorNode, Sources>();
  for (const node of nodesOf(graph)) {
    const inner = handsOn(node) ? node.inputs.flatMap((x) => [...(sources.get(x) ?? [])]) : [];
    sources.set(node, new Set(isSource(node) ? [node] : inner));
  }
  return sources;
};

/** For each rounded value, all that must have one step with it; itself where there is no other. */
export const sharingSets = (graph: TensorGraph, sharing: Sharing): ReadonlyMap<TensorNode, Sources> => {
  const sources = sourcesIn(graph, sharing);
  const nodes = nodesOf(graph);
  const sets = new Map<TensorNode, Sources>(nodes.filter(sharing.isSource).map((n) => [n, new Set([n])]));
  for (const node of nodes) {
    if (!sharing.joins(node)) continue;
    const members = node.inputs.flatMap((x) => [...(sources.get(x) ?? [])]);
    const joined = new Set(members.flatMap((m) => [...(sets.get(m) ?? [])]));
    for (const member of joined) sets.set(member, joined);
  }
  return sets;
};
