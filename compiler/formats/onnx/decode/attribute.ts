import { quoteName } from "../../../diagnostics/index.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import { approximately, fromInt64 } from "./integer.ts";
import type { Ledger } from "./ledger.ts";
import type { OnnxAttribute, OnnxTensor } from "./model.ts";
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
]);

/** Fields of AttributeProto that only a kind that we do not read uses, with the number of that kind. */
const otherFields: ReadonlyMap<number, number> = new Map([
  [10, 9],
  [11, 10],
  [14, 13],
  [15, 14],
  [22, 11],
  [23, 12],
]);

interface Parts {
  name: string;
  /** The `type` field; 0 when the file does not say, as before IR version 2. */
  type: number;
  /** The type that the last value field implies. */
  implied: number;
  float: number;
  int: Int64;
  string: string;
  tensor: OnnxTensor | null;
  readonly floats: number[];
  readonly ints: Int64[];
  readonly strings: string[];
}

const readField = (wire: Wire, ledger: Ledger, parts: Parts): void => {
  switch (wire.field) {
    case 1:
      parts.name = wire.text();
      break;
    case 2:
      parts.float = wire.float();
      parts.implied = 1;
      break;
    case 3:
      parts.int = wire.int64();
      parts.implied = 2;
      break;
    case 4:
      parts.string = wire.looseText();
      parts.implied = 3;
      break;
    case 5:
      if (parts.tensor !== null) wire.malformed("an attribute holds its tensor twice");
      parts.tensor = wire.message((inner) => decodeTensor(inner, ledger));
      parts.implied = 4;
      break;
    case 6:
      parts.implied = 5;
      wire.skip();
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
        parts.ints.push(wire.int64());
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
    default:
      parts.implied = otherFields.get(wire.field) ?? parts.implied;
      wire.skip();
  }
};

const integers = (parts: Parts, ints: readonly Int64[], ledger: Ledger): readonly number[] => {
  const values = ints.map(fromInt64);
  const index = values.findIndex(Number.isNaN);
  const wrong = ints[index];
  if (wrong !== undefined) {
    const most = Number.MAX_SAFE_INTEGER;
    const holes = {
      name: quoteName(parts.name),
      index,
      value: approximately(wrong),
      dtype: "INT",
      low: -most,
      high: most,
    };
    ledger.fault(onnxDiagnostics.report("value-range", ledger.where, holes));
  }
  return values;
};

const settle = (parts: Parts, ledger: Ledger): OnnxAttribute => {
  const type = parts.type === 0 ? parts.implied : parts.type;
  const kind = kinds.get(type) ?? "other";
  switch (kind) {
    case "float":
      return { kind, value: parts.float };
    case "int":
      return { kind, value: integers(parts, [parts.int], ledger)[0] ?? 0 };
    case "string":
      return { kind, value: parts.string };
    case "tensor":
      // A tensor attribute without a tensor is left to the operator, which will not find what it needs.
      return parts.tensor === null ? { kind: "other", type } : { kind, value: parts.tensor };
    case "floats":
      return { kind, value: parts.floats };
    case "ints":
      return { kind, value: integers(parts, parts.ints, ledger) };
    case "strings":
      return { kind, value: parts.strings };
    case "graph":
      return { kind };
    case "other":
      return { kind, type };
  }
};

/** Reads an AttributeProto. A value that the file leaves out is 0, "" or empty, as in protobuf. */
export const decodeAttribute = (wire: Wire, ledger: Ledger): readonly [string, OnnxAttribute] => {
  const parts: Parts = {
    name: "",
    type: 0,
    implied: 0,
    float: 0,
    int: { high: 0, low: 0 },
    string: "",
    tensor: null,
    floats: [],
    ints: [],
    strings: [],
  };
  while (wire.next()) readField(wire, ledger, parts);
  return [parts.name, settle(parts, ledger)];
};
