import { quoteName } from "../../../diagnostics/index.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import { approximately, fromInt64 } from "./integer.ts";
import type { Ledger } from "./ledger.ts";
import type { OnnxAttribute, OnnxGraph, OnnxTensor } from "./model.ts";
import { decodeSparse } from "./sparse.ts";
import { decodeTensor } from "./tensor.ts";
import type { Int64, Wire } from "./wire.ts";

/** AttributeProto.AttributeType, by number; the kinds not listed are `other`. */
const kinds: ReadonlyMap<number, OnnxAttribute["kind"]> = new Map<number, OnnxAttribute["kind"]>([
  [1, "float"],
  [2, "int"],
  [3, "string"],
  [4, "tensor"],
  [5, "graph"],
  [6, "floats"],
  [7, "ints"],
  [8, "strings"],
  [10, "graphs"],
  [11, "tensor"],
]);

/** Reads a GraphProto one level deeper; given by the reader of graphs, which needs this file. */
export type ReadGraph = (wire: Wire, ledger: Ledger) => OnnxGraph;

/** Fields of AttributeProto that only a kind that we do not read uses, with the number of that kind. */
const otherFields: ReadonlyMap<number, number> = new Map([
  [10, 9],
  [14, 13],
  [15, 14],
  [23, 12],
]);

interface Parts {
  name: string;
  /** The `type` field; 0 when the file does not say, as before IR version 2. */
  type: number;
  /** The type that the last value field implies. */
  implied: number;
  float: number;
  int: number;
  string: string;
  /** Name of an attribute of the call, in a local function; empty when the value is here. */
  reference: string;
  tensor: OnnxTensor | null;
  graph: OnnxGraph | null;
  readonly graphs: OnnxGraph[];
  readonly floats: number[];
  readonly ints: number[];
  /** The first integer that a double cannot hold, and its place in the list. */
  inexact: { readonly index: number; readonly value: Int64 } | null;
  readonly strings: string[];
}

const exact = (wire: Wire, index: number, parts: Parts): number => {
  const read = wire.int64();
  const value = fromInt64(read);
  if (Number.isNaN(value)) parts.inexact ??= { index, value: read };
  return value;
};

/** The fields that hold messages. */
const readMessage = (wire: Wire, ledger: Ledger, parts: Parts, readGraph: ReadGraph): void => {
  switch (wire.field) {
    case 6:
      if (parts.graph !== null) wire.malformed("an attribute holds its graph twice");
      parts.graph = ledger.deeper(() => wire.message((inner) => readGraph(inner, ledger)));
      parts.implied = 5;
      break;
    case 11:
      parts.graphs.push(ledger.deeper(() => wire.message((inner) => readGraph(inner, ledger))));
      parts.implied = 10;
      break;
    case 5:
    case 22:
      if (parts.tensor !== null) wire.malformed("an attribute holds its tensor twice");
      parts.implied = wire.field === 5 ? 4 : 11;
      parts.tensor = wire.message((inner) =>
        (parts.implied === 4 ? decodeTensor : decodeSparse)(inner, ledger),
      );
      break;
    default:
      parts.implied = otherFields.get(wire.field) ?? parts.implied;
      wire.skip();
  }
};

const readField = (wire: Wire, ledger: Ledger, parts: Parts, readGraph: ReadGraph): void => {
  switch (wire.field) {
    case 1:
      parts.name = wire.text();
      break;
    case 2:
      parts.float = wire.float();
      parts.implied = 1;
      break;
    case 3:
      parts.int = exact(wire, 0, parts);
      parts.implied = 2;
      break;
    case 4:
      parts.string = wire.looseText();
      parts.implied = 3;
      break;
    case 7:
      parts.implied = 6;
      wire.repeated("float", () => {
        ledger.spend("entries");
        parts.floats.push(wire.float());
      });
      break;
    case 8:
      parts.implied = 7;
      wire.repeated("varint", () => {
        ledger.spend("entries");
        parts.ints.push(exact(wire, parts.ints.length, parts));
      });
      break;
    case 9:
      parts.implied = 8;
      ledger.spend("entries");
      parts.strings.push(wire.looseText());
      break;
    case 20:
      parts.type = wire.int32();
      break;
    case 21:
      parts.reference = wire.text();
      break;
    default:
      readMessage(wire, ledger, parts, readGraph);
  }
};

const reportInexact = ({ name, inexact }: Parts, ledger: Ledger): void => {
  if (inexact === null) return;
  const most = Number.MAX_SAFE_INTEGER;
  const holes = {
    name: quoteName(name),
    index: inexact.index,
    value: approximately(inexact.value),
    dtype: "INT",
    low: -most,
    high: most,
  };
  ledger.fault(onnxDiagnostics.report("value-range", ledger.where, holes));
};

const settle = (parts: Parts): OnnxAttribute => {
  if (parts.reference !== "") return { kind: "reference", value: parts.reference };
  const type = parts.type === 0 ? parts.implied : parts.type;
  const kind = kinds.get(type) ?? "other";
  switch (kind) {
    case "float":
      return { kind, value: parts.float };
    case "int":
      return { kind, value: parts.int };
    case "string":
      return { kind, value: parts.string };
    case "tensor":
      // A tensor attribute without a tensor is left to the operator, which will not find what it needs.
      return parts.tensor === null ? { kind: "other", type } : { kind, value: parts.tensor };
    case "floats":
      return { kind, value: parts.floats };
    case "ints":
      return { kind, value: parts.ints };
    case "strings":
      return { kind, value: parts.strings };
    case "graph":
      return parts.graph === null ? { kind: "other", type } : { kind, value: parts.graph };
    case "graphs":
      return { kind, value: parts.graphs };
    case "reference":
    case "other":
      return { kind: "other", type };
  }
};

/** Reads an AttributeProto. A value that the file leaves out is 0, "" or empty, as in protobuf. */
export const decodeAttribute = (
  wire: Wire,
  ledger: Ledger,
  readGraph: ReadGraph,
): readonly [string, OnnxAttribute] => {
  const parts: Parts = {
    name: "",
    type: 0,
    implied: 0,
    float: 0,
    int: 0,
    string: "",
    reference: "",
    tensor: null,
    graph: null,
    graphs: [],
    floats: [],
    ints: [],
    inexact: null,
    strings: [],
  };
  while (wire.next()) readField(wire, ledger, parts, readGraph);
  reportInexact(parts, ledger);
  return [parts.name, settle(parts)];
};
