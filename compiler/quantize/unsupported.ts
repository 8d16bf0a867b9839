import { type Diagnostic, Rejected } from "../diagnostics/index.ts";
import { nodesOf } from "../ir/core/index.ts";
import type { TensorGraph, TensorNode } from "../ir/tensor/index.ts";
import { type Refused, refuse } from "./integer-values.ts";
import { reasonOf } from "./reasons.ts";
import { hostNodes } from "./split-tail.ts";

/** Refuses an op that has no integer form anywhere. */
export const refuseOp = (node: TensorNode): Refused => {
  const [reason, remedy] = reasonOf(node) ?? ["it has no integer form", "remove it"];
  return refuse(node, reason, remedy);
};

/** Each message once: a node of the model, a cell of two directions for example, may be several here. */
const once = (faults: readonly Diagnostic[]): readonly Diagnostic[] => [
  ...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values(),
];

/** Throws Rejected with `quantize/unsupported` for every node before the host's part that has no integer form. */
export const refuseUnsupported = (graph: TensorGraph): void => {
  const onHost = hostNodes(graph);
  const wrong = nodesOf(graph).filter((node) => reasonOf(node) !== null && !onHost.has(node));
  if (wrong.length > 0) throw new Rejected(once(wrong.flatMap((node) => refuseOp(node).faults)));
};
