import { fromInt64 } from "./integer.ts";
import type { Ledger } from "./ledger.ts";
import type { Wire } from "./wire.ts";

/** "ai.onnx" and "" are the same domain (onnx/onnx:docs/IR.md, operator sets). */
export const plainDomain = (domain: string): string => (domain === "ai.onnx" ? "" : domain);

const decodeOpset = (wire: Wire): readonly [string, number] => {
  let domain = "";
  let version = 0;
  while (wire.next()) {
    if (wire.field === 1) domain = plainDomain(wire.text());
    else if (wire.field === 2) version = fromInt64(wire.int64());
    else wire.skip();
  }
  return [domain, version];
};

/** Reads an OperatorSetIdProto. Two versions of one domain are refused. */
export const takeOpset = (wire: Wire, ledger: Ledger, opsets: Map<string, number>): void => {
  ledger.spend("entries");
  const [domain, version] = wire.message(decodeOpset);
  const before = opsets.get(domain);
  if (before !== undefined && before !== version)
    wire.malformed(`opsets ${before} and ${version} of one domain are named`);
  opsets.set(domain, version);
};
