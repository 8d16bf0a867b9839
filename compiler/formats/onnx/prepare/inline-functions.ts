import { Rejected } from "../../../diagnostics/index.ts";
import {
  nameOfNode,
  type OnnxAttribute,
  type OnnxFunction,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
} from "../decode/index.ts";
import { callFaultsOf } from "./check-calls.ts";
import { namesIn, type Prefix, prefixes } from "./fresh-names.ts";
import { type Callee, calleesOf, type Keep } from "./functions.ts";
import { callScope, innerScope, type Scope } from "./scope.ts";
import { subgraphsOf } from "./subgraphs.ts";

interface Expansion {
  readonly model: OnnxModel;
  readonly callee: Callee;
  readonly prefix: Prefix;
  /** All names inside each function that was expanded. */
  readonly inside: Map<OnnxFunction, ReadonlySet<string>>;
}

const insideOf = (f: OnnxFunction, { inside }: Expansion): ReadonlySet<string> => {
  const names = inside.get(f) ?? new Set([...namesIn(f), ...f.outputs]);
  inside.set(f, names);
  return names;
};

const expandGraph = (graph: OnnxGraph, scope: Scope | null, work: Expansion): OnnxGraph => {
  const nodes: OnnxNode[] = [];
  const inner = scope === null ? null : innerScope(scope, graph);
  expandNodes(graph.nodes, inner, work, nodes);
  if (inner === null) return { ...graph, nodes };
  const renamed = <T extends { readonly name: string }>(list: readonly T[]): readonly T[] =>
    list.map((one) => ({ ...one, name: inner.value(one.name) }));
  const { inputs, outputs, initializers } = graph;
  return {
    name: graph.name,
    nodes,
    initializers: renamed(initializers),
    inputs: renamed(inputs),
    outputs: renamed(outputs),
    valueInfo: renamed(graph.valueInfo),
  };
};

/** The attribute inside the call; undefined when it refers to one that the call leaves out. */
const expandAttribute = (
  attribute: OnnxAttribute,
  scope: Scope | null,
  work: Expansion,
): OnnxAttribute | undefined => {
  switch (attribute.kind) {
    case "graph":
      return { kind: "graph", value: expandGraph(attribute.value, scope, work) };
    case "graphs":
      return { kind: "graphs", value: attribute.value.map((graph) => expandGraph(graph, scope, work)) };
    case "reference": {
      const found = scope?.attribute(attribute.value);
      return found?.kind === "reference" ? undefined : found;
    }
    default:
      return attribute;
  }
};

const changes = ({ kind }: OnnxAttribute): boolean =>
  kind === "graph" || kind === "graphs" || kind === "reference";

const expandAttributes = (node: OnnxNode, scope: Scope | null, work: Expansion): OnnxNode["attributes"] => {
  const list = [...node.attributes];
  if (!list.some(([, attribute]) => changes(attribute))) return node.attributes;
  return new Map(
    list.flatMap(([name, attribute]): readonly [string, OnnxAttribute][] => {
      const expanded = expandAttribute(attribute, scope, work);
      return expanded === undefined ? [] : [[name, expanded]];
    }),
  );
};

/** The node with the names and attributes that it has inside the call. */
const renameNode = (node: OnnxNode, scope: Scope | null, work: Expansion): OnnxNode => {
  if (scope === null && subgraphsOf(node).length === 0) return node;
  const attributes = expandAttributes(node, scope, work);
  if (scope === null) return { ...node, attributes };
  const opset = scope.opsets.get(node.domain);
  return {
    ...node,
    name: node.name === "" ? "" : scope.prefix + node.name,
    inputs: node.inputs.map(scope.value),
    outputs: node.outputs.map(scope.value),
    attributes,
    ...(opset === undefined ? {} : { opset }),
  };
};

/** Outputs that the body does not make under their own name: an input handed on, or one output named twice. */
const handedOn = (f: OnnxFunction, call: OnnxNode, scope: Scope): readonly OnnxNode[] =>
  call.outputs.flatMap((output, i) => {
    const from = scope.value(f.outputs[i] ?? "");
    if (output === "" || from === output) return [];
    const name = `${scope.prefix}${output}`;
    const attributes = new Map<string, OnnxAttribute>();
    return [
      { name, opType: "Identity", domain: "", overload: "", inputs: [from], outputs: [output], attributes },
    ];
  });

/** Appends what the nodes become. The nesting of calls and of graphs was bounded before. */
const expandNodes = (
  nodes: readonly OnnxNode[],
  scope: Scope | null,
  work: Expansion,
  to: OnnxNode[],
): void => {
  for (const original of nodes) {
    const node = renameNode(original, scope, work);
    const f = work.callee(node);
    if (f === null) {
      to.push(node);
      continue;
    }
    const prefix = work.prefix(nameOfNode(node), insideOf(f, work));
    const inner = callScope(f, node, prefix, work.model.opsets);
    expandNodes(f.nodes, inner, work, to);
    to.push(...handedOn(f, node, inner));
  }
};

/**
 * Puts the nodes of local functions in the place of their calls, so that no function is left. Values inside a
 * call get its name before theirs. References to attributes become the call's attributes, or the defaults.
 * Calls of operators that `keep` names stay. Throws Rejected: circles, wrong calls, or more than
 * 2^18 nodes, before anything is expanded.
 */
export const inlineFunctions = (model: OnnxModel, keep: Keep = () => false): OnnxModel => {
  const callee = calleesOf(model, keep);
  const faults = callFaultsOf(model, callee);
  if (faults.length > 0) throw new Rejected(faults);
  if (model.functions.length === 0) return model;
  const { graph } = model;
  const taken = new Set(namesIn(graph));
  for (const { name } of graph.inputs) taken.add(name);
  for (const { name } of graph.initializers) taken.add(name);
  const nodes: OnnxNode[] = [];
  expandNodes(graph.nodes, null, { model, callee, prefix: prefixes(taken), inside: new Map() }, nodes);
  return { ...model, graph: { ...graph, nodes }, functions: [] };
};
