/**
 * Splits a network where the host takes over: softmax, activations, comparisons that nothing on the chip reads.
 *
 * Before: logits = conv(..), p = softmax(logits), t = transpose(p), output "y" = t
 * After:  chip: output "logits" = logits; host: logits = input(..), p = softmax(logits), .., output "y" = t
 */
import { nodesOf, perGraph, withInputs } from "../ir/core/index.ts";
import { makeTensor, type TensorGraph, type TensorNode, tensorLevel } from "../ir/tensor/index.ts";
import { isOutput, nameOf, readersOf, takeName } from "./readers.ts";
import { reasonOf } from "./reasons.ts";

/** The part for the chip, and the float part that reads its outputs by name; null when there is none. */
export interface Split {
  readonly chip: TensorGraph;
  readonly host: TensorGraph | null;
}

const hostOps: readonly TensorNode["op"][] = [
  ...(["affine", "argmax", "binary", "cast", "concat", "expand", "gather", "normalize", "pad"] as const),
  ...(["prelu", "reduce", "reshape", "scatter", "select", "slice"] as const),
  ...(["softmax", "topK", "transpose", "unary"] as const),
];

/** What behind the last layer is left to the host: ops that have no integer form, and functions that no layer reads. */
const needsHost = (node: TensorNode): boolean =>
  node.op === "unary" || node.op === "prelu" || node.op === "cast" || reasonOf(node) !== null;

/** Nodes of the longest suffix of host ops that begins with one that needs the host. */
export const hostNodes = perGraph((graph: TensorGraph): ReadonlySet<TensorNode> => {
  const readers = readersOf(graph);
  const order = nodesOf(graph);
  const fixed = new Set<TensorNode>();
  for (const node of order)
    if (node.op === "constant" || (node.inputs.length > 0 && node.inputs.every((x) => fixed.has(x))))
      fixed.add(node);
  const suffix = new Set<TensorNode>();
  for (const node of [...order].reverse()) {
    const ends = readers(node).length > 0 || isOutput(graph, node);
    const moves = hostOps.includes(node.op) || fixed.has(node);
    if (ends && moves && readers(node).every((r) => suffix.has(r))) suffix.add(node);
  }
  const host = new Set<TensorNode>();
  for (const node of order) {
    const begins = fixed.has(node) || needsHost(node) || node.inputs.some((x) => host.has(x));
    if (suffix.has(node) && begins) host.add(node);
  }
  return host;
});

/** The graph of what the chip computes, and the host's float graph behind it. */
export const splitTail = (graph: TensorGraph): Split => {
  const onHost = hostNodes(graph);
  if (onHost.size === 0) return { chip: graph, host: null };
  const kept = graph.outputs.filter((o) => !onHost.has(o.value));
  const taken = new Set(kept.map((o) => o.name));
  const moved = new Map<TensorNode, TensorNode>();
  const inputs: (typeof graph.inputs)[number][] = [];
  const handed = [...kept];
  for (const node of onHost) {
    for (const x of node.inputs) {
      if (onHost.has(x) || moved.has(x)) continue;
      if (x.op === "constant") {
        moved.set(x, x);
        continue;
      }
      const name = takeName(nameOf(x), taken);
      const input = makeTensor("input", [], { name, shape: x.type.shape, dtype: x.type.dtype }, x.origins);
      moved.set(x, input);
      inputs.push(input);
      handed.push({ name, value: x });
    }
    moved.set(
      node,
      withInputs(
        tensorLevel,
        node,
        node.inputs.map((x) => moved.get(x) ?? x),
      ),
    );
  }
  const outputs = graph.outputs
    .filter((o) => onHost.has(o.value))
    .map((o) => ({ name: o.name, value: moved.get(o.value) ?? o.value }));
  return { chip: { ...graph, outputs: handed }, host: { name: graph.name, inputs, outputs } };
};
