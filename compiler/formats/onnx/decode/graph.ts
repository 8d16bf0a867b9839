import { quoteName } from "../../../diagnostics/index.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import { decodeAttribute } from "./attribute.ts";
import type { Ledger } from "./ledger.ts";
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor, OnnxValueInfo } from "./model.ts";
import { decodeTensor } from "./tensor.ts";
import { decodeValueInfo } from "./value-info.ts";
import type { Wire } from "./wire.ts";

/** "ai.onnx" and "" are the same domain (onnx/onnx:docs/IR.md, operator sets). */
export const plainDomain = (domain: string): string => (domain === "ai.onnx" ? "" : domain);

const takeAttribute = (wire: Wire, ledger: Ledger, attributes: Map<string, OnnxAttribute>): void => {
  ledger.spend("entries");
  const [name, attribute] = wire.message((inner) => decodeAttribute(inner, ledger));
  if (attributes.has(name)) {
    const holes = { attribute: quoteName(name), fault: "the node has two attributes of this name" };
    ledger.fault(onnxDiagnostics.report("attribute", ledger.where, holes));
  }
  attributes.set(name, attribute);
};

const decodeNode = (wire: Wire, ledger: Ledger): OnnxNode => {
  let [name, opType, domain] = ["", "", ""];
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
    else if (wire.field === 5) takeAttribute(wire, ledger, attributes);
    else if (wire.field === 7) domain = plainDomain(wire.text());
    else wire.skip();
  }
  return { name, opType, domain, inputs, outputs, attributes };
};

const reportSparse = (count: number, ledger: Ledger): void => {
  if (count > 0) ledger.fault(onnxDiagnostics.report("sparse-tensor", ledger.where, { count }));
};

/** Reads a GraphProto. Subgraphs are not entered, so that depth does not grow with the file. */
export const decodeGraph = (wire: Wire, ledger: Ledger): OnnxGraph => {
  let name = "";
  let sparse = 0;
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: OnnxValueInfo[] = [];
  const outputs: OnnxValueInfo[] = [];
  const valueInfo: OnnxValueInfo[] = [];
  const value = (values: OnnxValueInfo[]): void => {
    ledger.spend("entries");
    values.push(wire.message((inner) => decodeValueInfo(inner, ledger)));
  };
  const readField = (): void => {
    switch (wire.field) {
      case 1:
        ledger.spend("nodes");
        nodes.push(ledger.within(() => wire.message((inner) => decodeNode(inner, ledger))));
        break;
      case 2:
        name = wire.text();
        break;
      case 5:
        ledger.spend("initializers");
        initializers.push(wire.message((inner) => decodeTensor(inner, ledger)));
        break;
      case 11:
        value(inputs);
        break;
      case 12:
        value(outputs);
        break;
      case 13:
        value(valueInfo);
        break;
      case 15:
        sparse++;
        wire.skip();
        break;
      default:
        wire.skip();
    }
  };
  while (wire.next()) readField();
  reportSparse(sparse, ledger);
  return { name, nodes, initializers, inputs, outputs, valueInfo };
};
