import type { TensorGraph, TensorNode } from "../ir/tensor/index.ts";
import { isCompared } from "./compared.ts";
import type { Steps } from "./ranges.ts";
import { sharingSets } from "./sharing.ts";

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

const greatestScale = (nodes: readonly TensorNode[], steps: ReadonlyMap<TensorNode, Steps>): number =>
  nodes.flatMap((n) => steps.get(n)?.scale ?? []).reduce((a, b) => Math.max(a, b), 0);

/** The step of a set: the greatest one, or, where an input is in it, the least multiple of the input's that reaches it. */
const commonStep = (members: ReadonlySet<TensorNode>, steps: ReadonlyMap<TensorNode, Steps>): number => {
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
  const sets = sharingSets(graph, { isSource: (node) => steps.has(node), handsOn, joins: isCompared });
  return new Map(
    [...steps].map(([node, own]) => {
      const members = sets.get(node);
      const alone = members === undefined || members.size === 1;
      if (alone || node.op === "input") return [node, own];
      return [node, { ...own, scale: own.scale.map(() => commonStep(members, steps)) }];
    }),
  );
};
