/**
 * Takes nodes out of a network: what they give comes from outside, what they read goes out. The rest is as it was, so
 * that later stages can judge it in spite of them.
 *
 * Before: a = conv(x), b = softmax(a), c = dense(b), output "y" = c
 * After, without b: a = conv(x), b = input("b"), c = dense(b), outputs "a" = a, "y" = c
 */
import { nodesOf, withInputs } from "../ir/core/index.ts";
import { makeTensor, type TensorGraph, type TensorNode, tensorLevel } from "../ir/tensor/index.ts";
import { nameOf, takeName } from "../quantize/index.ts";

/** The graph without some nodes; null when nothing of it is left. */
export const withoutNodes = (graph: TensorGraph, out: ReadonlySet<TensorNode>): TensorGraph | null => {
  if (out.size === 0) return graph;
  const inputNames = new Set(graph.inputs.map((i) => i.attrs.name));
  const outputNames = new Set(graph.outputs.map((o) => o.name));
  const inputs: TensorGraph["inputs"][number][] = [];
  const outputs: TensorGraph["outputs"][number][] = [];
  const moved = new Map<TensorNode, TensorNode>();
  const handed = new Set<TensorNode>(graph.outputs.map((o) => o.value));
  for (const node of nodesOf(graph)) {
    if (!out.has(node)) {
      const next = withInputs(
        tensorLevel,
        node,
        node.inputs.map((x) => moved.get(x) ?? x),
      );
      moved.set(node, next);
      if (next.op === "input") inputs.push(next);
      continue;
    }
    const { shape, dtype } = node.type;
    const input = makeTensor(
      "input",
      [],
      { name: takeName(nameOf(node), inputNames), shape, dtype },
      node.origins,
    );
    moved.set(node, input);
    inputs.push(input);
    for (const x of node.inputs) {
      if (out.has(x) || handed.has(x) || x.op === "input" || x.op === "constant") continue;
      handed.add(x);
      outputs.push({ name: takeName(nameOf(x), outputNames), value: moved.get(x) ?? x });
    }
  }
  const kept = graph.outputs
    .filter((o) => !out.has(o.value))
    .map((o) => ({ name: o.name, value: moved.get(o.value) ?? o.value }));
  const all = [...kept, ...outputs].filter((o) => o.value.op !== "input");
  if (all.length === 0) return null;
  const whole = { name: graph.name, inputs: [], outputs: all };
  const reached = new Set<TensorNode>(nodesOf(whole));
  return { ...whole, inputs: inputs.filter((i) => reached.has(i)) };
};
