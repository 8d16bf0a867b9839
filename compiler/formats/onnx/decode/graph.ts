import type { Ledger } from "./ledger.ts";
import type { OnnxGraph, OnnxNode, OnnxTensor, OnnxValueInfo } from "./model.ts";
import { decodeNode } from "./node.ts";
import { decodeSparse } from "./sparse.ts";
import { decodeTensor } from "./tensor.ts";
import { decodeValueInfo } from "./value-info.ts";
import type { Wire } from "./wire.ts";

/** Reads a GraphProto with its subgraphs. The depth is bounded by `limits.subgraphs`. */
export const decodeGraph = (wire: Wire, ledger: Ledger): OnnxGraph => {
  let name = "";
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
        nodes.push(decodeNode(wire, ledger, decodeGraph));
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
        ledger.spend("initializers");
        initializers.push(wire.message((inner) => decodeSparse(inner, ledger)));
        break;
      default:
        wire.skip();
    }
  };
  while (wire.next()) readField();
  return { name, nodes, initializers, inputs, outputs, valueInfo };
};
