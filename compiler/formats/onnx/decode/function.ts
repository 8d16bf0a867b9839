import { plainDomain, takeOpset } from "./domain.ts";
import { decodeGraph } from "./graph.ts";
import type { Ledger } from "./ledger.ts";
import type { OnnxAttribute, OnnxFunction, OnnxNode } from "./model.ts";
import { decodeNode, takeAttribute } from "./node.ts";
import type { Wire } from "./wire.ts";

/**
 * Reads a FunctionProto. The list of attributes without defaults is stepped over: an attribute that a call
 * leaves out is left out in the function too.
 */
export const decodeFunction = (wire: Wire, ledger: Ledger): OnnxFunction => {
  let [name, domain, overload] = ["", "", ""];
  const inputs: string[] = [];
  const outputs: string[] = [];
  const nodes: OnnxNode[] = [];
  const defaults = new Map<string, OnnxAttribute>();
  const opsets = new Map<string, number>();
  const formal = (list: string[]): void => {
    ledger.spend("entries");
    list.push(wire.text());
  };
  while (wire.next()) {
    if (wire.field === 1) name = wire.text();
    else if (wire.field === 4) formal(inputs);
    else if (wire.field === 5) formal(outputs);
    else if (wire.field === 7) nodes.push(decodeNode(wire, ledger, decodeGraph));
    else if (wire.field === 9) takeOpset(wire, ledger, opsets);
    else if (wire.field === 10) domain = plainDomain(wire.text());
    else if (wire.field === 11) takeAttribute(wire, ledger, defaults, decodeGraph);
    else if (wire.field === 13) overload = wire.text();
    else wire.skip();
  }
  return { domain, name, overload, inputs, outputs, defaults, nodes, opsets };
};
