import { quoteName } from "../../../diagnostics/index.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import { decodeAttribute, type ReadGraph } from "./attribute.ts";
import { plainDomain } from "./domain.ts";
import type { Ledger } from "./ledger.ts";
import type { OnnxAttribute, OnnxNode } from "./model.ts";
import type { Wire } from "./wire.ts";

/** Adds an attribute to those of one node or function. */
export const takeAttribute = (
  wire: Wire,
  ledger: Ledger,
  attributes: Map<string, OnnxAttribute>,
  readGraph: ReadGraph,
): void => {
  ledger.spend("entries");
  const [name, attribute] = wire.message((inner) => decodeAttribute(inner, ledger, readGraph));
  if (attributes.has(name)) {
    const holes = { attribute: quoteName(name), fault: "two attributes have this name" };
    ledger.fault(onnxDiagnostics.report("attribute", ledger.where, holes));
  }
  attributes.set(name, attribute);
};

const readNode = (wire: Wire, ledger: Ledger, readGraph: ReadGraph): OnnxNode => {
  let [name, opType, domain, overload] = ["", "", "", ""];
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  const edge = (edges: string[]): void => {
    ledger.spend("entries");
    edges.push(wire.text());
  };
  while (wire.next()) {
    if (wire.field === 1) edge(inputs);
    else if (wire.field === 2) edge(outputs);
    else if (wire.field === 3) name = wire.text();
    else if (wire.field === 4) opType = wire.text();
    else if (wire.field === 5) takeAttribute(wire, ledger, attributes, readGraph);
    else if (wire.field === 7) domain = plainDomain(wire.text());
    else if (wire.field === 8) overload = wire.text();
    else wire.skip();
  }
  return { name, opType, domain, overload, inputs, outputs, attributes };
};

/** Reads the NodeProto of the current field; its name goes into the faults found meanwhile. */
export const decodeNode = (wire: Wire, ledger: Ledger, readGraph: ReadGraph): OnnxNode => {
  ledger.spend("nodes");
  return ledger.within(() => wire.message((inner) => readNode(inner, ledger, readGraph)));
};
