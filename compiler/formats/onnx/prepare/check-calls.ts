import { atNode, type Diagnostic, inFile, quoteName } from "../../../diagnostics/index.ts";
import { nameOfNode, type OnnxFunction, type OnnxModel, type OnnxNode } from "../decode/index.ts";
import { limits as decodeLimits } from "../decode/limits.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import { type Callee, calleesFirst, reachable, repeatedFunctions } from "./functions.ts";
import { limits } from "./limits.ts";
import { type Measure, measureOf } from "./measure.ts";
import { nodesWithin } from "./subgraphs.ts";

const mostNames = 100;

const listed = (functions: readonly OnnxFunction[]): string => {
  const names = functions.slice(0, mostNames).map(({ name }) => `"${quoteName(name)}"`);
  const more = functions.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${more} more` : names.join(", ");
};

const callFaults = (node: OnnxNode, f: OnnxFunction, file: string): readonly Diagnostic[] => {
  const where = atNode(quoteName(nameOfNode(node)), file);
  const op = quoteName(f.name);
  const faults: Diagnostic[] = [];
  if (node.inputs.length > f.inputs.length) {
    const holes = { op, count: node.inputs.length, low: 0, high: f.inputs.length };
    faults.push(onnxDiagnostics.report("input-count", where, holes));
  }
  if (node.outputs.length > f.outputs.length) {
    const fault = `it has ${node.outputs.length} outputs, the local function has ${f.outputs.length}`;
    faults.push(
      onnxDiagnostics.report("unsupported-form", where, { op, fault, change: "export the model again" }),
    );
  }
  for (const [name, { kind }] of node.attributes)
    if (kind === "graph" || kind === "graphs") {
      const fault = "a graph cannot be given to a local function";
      faults.push(onnxDiagnostics.report("attribute", where, { attribute: quoteName(name), fault }));
    }
  return faults;
};

const strayReferences = (nodes: readonly OnnxNode[], file: string): readonly Diagnostic[] =>
  nodesWithin(nodes).flatMap(({ node }) =>
    [...node.attributes].flatMap(([name, attribute]): readonly Diagnostic[] => {
      if (attribute.kind !== "reference") return [];
      const fault = `it refers to "${quoteName(attribute.value)}" of a call, outside of a local function`;
      const where = atNode(quoteName(nameOfNode(node)), file);
      return [onnxDiagnostics.report("attribute", where, { attribute: quoteName(name), fault })];
    }),
  );

const sizeFaults = (size: Measure, file: string): readonly Diagnostic[] => {
  const bounds: readonly (readonly [string, number, number])[] = [
    ["nodes after local functions are inlined", size.nodes, limits.nodes],
    ["inputs and outputs of nodes after local functions are inlined", size.edges, limits.edges],
    ["characters in names after local functions are inlined", size.characters, limits.characters],
    ["local functions called inside each other", size.calls, limits.calls],
    ["subgraphs inside each other after local functions are inlined", size.levels, decodeLimits.subgraphs],
  ];
  return bounds.flatMap(([subject, value, limit]) =>
    value <= limit ? [] : [onnxDiagnostics.report("limit", inFile(file), { subject, value, limit })],
  );
};

/** Every reason why the calls of a model cannot be expanded. Costs no more than the file has nodes. */
export const callFaultsOf = (model: OnnxModel, callee: Callee): readonly Diagnostic[] => {
  const { file, graph } = model;
  const calls = reachable(graph.nodes, callee);
  const order = calleesFirst(calls);
  const faults: Diagnostic[] = [...strayReferences(graph.nodes, file)];
  for (const [{ name }, count] of repeatedFunctions(model))
    faults.push(onnxDiagnostics.report("duplicate-function", inFile(file), { name: quoteName(name), count }));
  for (const nodes of [graph.nodes, ...[...calls.keys()].map((f) => f.nodes)])
    for (const { node } of nodesWithin(nodes)) {
      const f = callee(node);
      if (f !== null) faults.push(...callFaults(node, f, file));
    }
  if (order.length < calls.size) {
    const sorted = new Set(order);
    const circle = [...calls.keys()].filter((f) => !sorted.has(f));
    const holes = { count: circle.length, names: listed(circle) };
    return [...faults, onnxDiagnostics.report("function-cycle", inFile(file), holes)];
  }
  const known = new Map<OnnxFunction, Measure>();
  for (const f of order) known.set(f, measureOf(f.nodes, callee, known));
  return calls.size === 0 ? faults : [...faults, ...sizeFaults(measureOf(graph.nodes, callee, known), file)];
};
