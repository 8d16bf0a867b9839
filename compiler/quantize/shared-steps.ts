import { nodesOf } from "../ir/core/index.ts";
import type { TensorGraph, TensorNode } from "../ir/tensor/index.ts";
import { isCompared } from "./compared.ts";
import type { Steps } from "./ranges.ts";

/** What hands levels on: whoever reads it reads levels of the same step. */
const handsOn = (node: TensorNode): boolean => {
  switch (node.op) {
    case "maxPool":
    case "reshape":
    case "transpose":
    case "slice":
    case "expand":
    case "pad":
    case "concat":
      return true;
    case "reduce":
      return node.attrs.fn === "max" || node.attrs.fn === "min";
    default:
      return isCompared(node);
  }
};

type Sources = ReadonlySet<TensorNode>;

/** Rounded values that each value's levels are. */
const sourcesIn = (graph: TensorGraph, steps: ReadonlyMap<TensorNode, Steps>): Map<TensorNode, Sources> => {
  const sources = new Map<TensorNode, Sources>();
  for (const node of nodesOf(graph)) {
    const inner = handsOn(node) ? node.inputs.flatMap((x) => [...(sources.get(x) ?? [])]) : [];
    sources.set(node, new Set(steps.has(node) ? [node] : inner));
  }
  return sources;
};

/** Rounded values in sets that must have one step. */
const setsOf = (
  graph: TensorGraph,
  steps: ReadonlyMap<TensorNode, Steps>,
): ReadonlyMap<TensorNode, Sources> => {
  const sources = sourcesIn(graph, steps);
  const sets = new Map<TensorNode, Sources>([...steps.keys()].map((node) => [node, new Set([node])]));
  for (const node of nodesOf(graph)) {
    if (!isCompared(node)) continue;
    const members = node.inputs.flatMap((x) => [...(sources.get(x) ?? [])]);
    const joined = new Set(members.flatMap((m) => [...(sets.get(m) ?? [])]));
    for (const member of joined) sets.set(member, joined);
  }
  return sets;
};

const greatestScale = (nodes: readonly TensorNode[], steps: ReadonlyMap<TensorNode, Steps>): number =>
  nodes.flatMap((n) => steps.get(n)?.scale ?? []).reduce((a, b) => Math.max(a, b), 0);

/** The step of a set: the greatest one, or, where an input is in it, the least multiple of the input's that reaches it. */
const commonStep = (members: Sources, steps: ReadonlyMap<TensorNode, Steps>): number => {
  const greatest = greatestScale([...members], steps);
  const given = greatestScale(
    [...members].filter((m) => m.op === "input"),
    steps,
  );
  return given === 0 ? greatest : given * Math.ceil(greatest / given - 1e-9);
};

/**
 * Steps in which values that are compared or subtracted agree, so that the result is levels again. Before: relu a in steps
 * of 0.1, relu b in steps of 0.3, max(a, b). After: both in steps of 0.3.
 */
export const sharedSteps = (
  graph: TensorGraph,
  steps: ReadonlyMap<TensorNode, Steps>,
): ReadonlyMap<TensorNode, Steps> => {
  const sets = setsOf(graph, steps);
  return new Map(
    [...steps].map(([node, own]) => {
      const members = sets.get(node);
      const alone = members === undefined || members.size === 1;
      if (alone || node.op === "input") return [node, own];
      return [node, { ...own, scale: own.scale.map(() => commonStep(members, steps)) }];
    }),
  );
};
