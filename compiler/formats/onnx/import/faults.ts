import { atNode, type Diagnostic, inFile, quoteName } from "../../../diagnostics/index.ts";
import { push } from "../../../ir/core/index.ts";
import { nameOfNode, type OnnxNode } from "../decode/index.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import { importers } from "./importers.ts";
import { listNames } from "./names.ts";
import type { Importer } from "./site.ts";

/** Rules follow each operator's changes since opset 1; 28 is the newest that they were compared with. */
const opsets = { low: 1, high: 28 };

export const opsetFaults = (version: number, file: string): readonly Diagnostic[] =>
  version >= opsets.low && version <= opsets.high
    ? []
    : [onnxDiagnostics.report("opset", inFile(file), { version, ...opsets })];

/** One message for each operator that is not read, with all nodes that use it. */
export const unsupportedFaults = (nodes: readonly OnnxNode[], file: string): readonly Diagnostic[] => {
  const byOp = new Map<string, string[]>();
  for (const node of nodes) {
    const op = node.domain === "" ? node.opType : `${node.domain}.${node.opType}`;
    push(byOp, op, nameOfNode(node));
  }
  const supported = [...importers.keys()].join(", ");
  return [...byOp].map(([op, nodes]) => ({
    ...onnxDiagnostics.report("unsupported-op", inFile(file), {
      op: quoteName(op),
      count: nodes.length,
      nodes: listNames(nodes),
      supported,
    }),
    nodes,
  }));
};

/** Faults that show before the rule runs: how many inputs there are, and attributes that nobody would read. */
export const formFaults = (node: OnnxNode, importer: Importer, file: string): readonly Diagnostic[] => {
  const where = atNode(quoteName(nameOfNode(node)), file);
  const [low, high] = importer.inputs;
  const count = node.inputs.length;
  const unread = [...node.attributes.keys()].filter((name) => !importer.attributes.includes(name));
  return [
    ...(count >= low && count <= high
      ? []
      : [onnxDiagnostics.report("input-count", where, { op: node.opType, count, low, high })]),
    ...unread.map((name) =>
      onnxDiagnostics.report("attribute", where, {
        attribute: quoteName(name),
        fault: `${node.opType} is read with ${importer.attributes.join(", ") || "no attributes"} only`,
      }),
    ),
  ];
};

/** An output behind those that the rule makes is known by name only; a reader of it cannot be served. */
export const outputFaults = (
  node: OnnxNode,
  made: number,
  read: ReadonlySet<string>,
  file: string,
): readonly Diagnostic[] =>
  node.outputs
    .slice(made)
    .filter((name) => read.has(name))
    .map((name) =>
      onnxDiagnostics.report("unsupported-form", atNode(quoteName(nameOfNode(node)), file), {
        op: node.opType,
        fault: `its output "${quoteName(name)}" is read, but only ${made} of its outputs are known`,
        change: "use the other outputs only",
      }),
    );
