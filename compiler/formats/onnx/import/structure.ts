import { type Diagnostic, inFile, quoteName } from "../../../diagnostics/index.ts";
import { push } from "../../../ir/core/index.ts";
import { nameOfNode, type OnnxGraph, type OnnxNode } from "../decode/index.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import { valuesRead } from "../prepare/subgraphs.ts";
import { listNames } from "./names.ts";

/** The nodes that outputs need, each after those that it reads, and all faults of the wiring. */
export interface Structure {
  readonly order: readonly OnnxNode[];
  /** Values that these nodes or the outputs read. */
  readonly read: ReadonlySet<string>;
  readonly faults: readonly Diagnostic[];
}

type Makers = ReadonlyMap<string, readonly string[]>;

/** Who makes each value, as words for a message. An input with an initializer is that initializer. */
const makersOf = (graph: OnnxGraph): Makers => {
  const makers = new Map<string, string[]>();
  const initializers = new Set(graph.initializers.map(({ name }) => name));
  for (const { name } of graph.initializers) push(makers, name, "an initializer");
  for (const { name } of graph.inputs)
    if (!initializers.has(name)) push(makers, name, "an input of the graph");
  for (const node of graph.nodes)
    for (const name of node.outputs)
      if (name !== "") push(makers, name, `node "${quoteName(nameOfNode(node))}"`);
  return makers;
};

const readersOf = (graph: OnnxGraph): ReadonlyMap<string, readonly string[]> => {
  const readers = new Map<string, string[]>();
  for (const node of graph.nodes)
    for (const name of valuesRead(node))
      if (name !== "") push(readers, name, `node "${quoteName(nameOfNode(node))}"`);
  for (const { name } of graph.outputs) push(readers, name, "the list of outputs");
  return readers;
};

const duplicateFaults = (makers: Makers, file: string): readonly Diagnostic[] =>
  [...makers].flatMap(([value, by]) =>
    by.length < 2
      ? []
      : [
          onnxDiagnostics.report("duplicate-value", inFile(file), {
            value: quoteName(value),
            makers: by.join(" and "),
          }),
        ],
  );

const namingFaults = (graph: OnnxGraph, file: string): readonly Diagnostic[] => {
  const where = inFile(file);
  const makers = makersOf(graph);
  const first = new Map(graph.outputs.toReversed().map((output) => [output.name, output]));
  const repeated = graph.outputs.filter((output) => first.get(output.name) !== output);
  return [
    ...(graph.outputs.length === 0 ? [onnxDiagnostics.report("no-output", where, {})] : []),
    ...duplicateFaults(makers, file),
    ...repeated.map(({ name }) =>
      onnxDiagnostics.report("duplicate-value", where, {
        value: quoteName(name),
        makers: "the list of outputs, twice",
      }),
    ),
    ...[...readersOf(graph)].flatMap(([value, readers]) =>
      makers.has(value)
        ? []
        : [
            onnxDiagnostics.report("undefined-value", where, {
              value: quoteName(value),
              readers: readers[0] ?? "",
            }),
          ],
    ),
  ];
};

/** Nodes in an order in which each follows those it reads; nodes of a circle, and behind one, are left out. */
const sorted = (nodes: readonly OnnxNode[]): readonly OnnxNode[] => {
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const waiting = new Map<string, OnnxNode[]>();
  const missing = new Map<OnnxNode, number>();
  for (const node of nodes) {
    const inputs = new Set(valuesRead(node).filter((name) => name !== "" && made.has(name)));
    missing.set(node, inputs.size);
    for (const name of inputs) push(waiting, name, node);
  }
  const order = nodes.filter((node) => missing.get(node) === 0);
  const ready = new Set<string>();
  // `order` grows while it is walked.
  for (const node of order)
    for (const name of node.outputs) {
      if (name === "" || ready.has(name)) continue;
      ready.add(name);
      for (const reader of waiting.get(name) ?? []) {
        const left = (missing.get(reader) ?? 0) - 1;
        missing.set(reader, left);
        if (left === 0) order.push(reader);
      }
    }
  return order;
};

/** Finds what the outputs need, and every circle of nodes. */
const orderOf = (graph: OnnxGraph, file: string): Structure => {
  const order = sorted(graph.nodes);
  const left = new Set(graph.nodes);
  for (const node of order) left.delete(node);
  const names = [...left].map(nameOfNode);
  const cycle =
    names.length === 0
      ? []
      : [onnxDiagnostics.report("cycle", inFile(file), { count: names.length, nodes: listNames(names) })];
  const read = new Set(graph.outputs.map(({ name }) => name));
  const live = new Set<OnnxNode>();
  for (const node of order.toReversed()) {
    if (!node.outputs.some((name) => read.has(name))) continue;
    live.add(node);
    for (const name of valuesRead(node)) read.add(name);
  }
  return {
    order: order.filter((node) => live.has(node)),
    read,
    faults: cycle,
  };
};

/** Finds what the outputs need, and every fault in how values are named and read. */
export const structureOf = (graph: OnnxGraph, file: string): Structure => {
  const found = orderOf(graph, file);
  return { ...found, faults: [...namingFaults(graph, file), ...found.faults] };
};

/** The same for a graph inside a node: what it reads from around it is made there. */
export const innerStructure = (graph: OnnxGraph, file: string): Structure => {
  const found = orderOf(graph, file);
  return { ...found, faults: [...duplicateFaults(makersOf(graph), file), ...found.faults] };
};
