import type { OnnxAttribute, OnnxGraph, OnnxNode } from "../decode/index.ts";
import { definedIn } from "./subgraphs.ts";

/** What stands in the place of a node whose branch is known: its constants and its nodes. */
export interface Branch {
  readonly initializers: OnnxGraph["initializers"];
  readonly nodes: readonly OnnxNode[];
}

type Rename = (name: string) => string;

const inGraph = (graph: OnnxGraph, around: Rename): OnnxGraph => {
  const own = definedIn(graph);
  const value: Rename = (name) => (own.has(name) ? name : around(name));
  const outputs = graph.outputs.map((one) => ({ ...one, name: value(one.name) }));
  return { ...graph, outputs, nodes: graph.nodes.map((node) => inNode(node, value)) };
};

const inAttribute = (attribute: OnnxAttribute, value: Rename): OnnxAttribute => {
  if (attribute.kind === "graph") return { kind: "graph", value: inGraph(attribute.value, value) };
  if (attribute.kind !== "graphs") return attribute;
  return { kind: "graphs", value: attribute.value.map((graph) => inGraph(graph, value)) };
};

const inNode = (node: OnnxNode, value: Rename): OnnxNode => ({
  ...node,
  inputs: node.inputs.map(value),
  outputs: node.outputs.map(value),
  attributes: new Map([...node.attributes].map(([name, one]) => [name, inAttribute(one, value)])),
});

/**
 * The content of a branch of `If`, to stand in the graph of the node in its place: values of the branch get
 * `prefix` before their names, its outputs end as the outputs of the node, and values from around it keep
 * their names. The prefix must make new names, as that of `prefixes` does.
 */
export const inlineBranch = (node: OnnxNode, branch: OnnxGraph, prefix: string): Branch => {
  const own = definedIn(branch);
  const value: Rename = (name) => (own.has(name) ? prefix + name : name);
  const ends = branch.outputs.flatMap(({ name }, i): readonly OnnxNode[] => {
    const output = node.outputs[i] ?? "";
    if (output === "") return [];
    const attributes = new Map<string, OnnxAttribute>();
    const inputs = [value(name)];
    return [
      { name: "", opType: "Identity", domain: "", overload: "", inputs, outputs: [output], attributes },
    ];
  });
  return {
    initializers: branch.initializers.map((tensor) => ({ ...tensor, name: value(tensor.name) })),
    nodes: [...branch.nodes.map((inner) => inNode(inner, value)), ...ends],
  };
};
