import type { TypedField } from "./elements.ts";
import type { ExternalEntry } from "./external/entries.ts";
import type { Ledger } from "./ledger.ts";
import { limits } from "./limits.ts";
import type { Int64, Wire } from "./wire.ts";

/** Field numbers of the typed fields and how each entry is stored. */
export const typedFields = {
  float_data: { field: 4, kind: "float" },
  int32_data: { field: 5, kind: "varint" },
  int64_data: { field: 7, kind: "varint" },
  double_data: { field: 10, kind: "double" },
  uint64_data: { field: 11, kind: "varint" },
} as const satisfies Readonly<Record<TypedField, { field: number; kind: "varint" | "float" | "double" }>>;

/** What a TensorProto says, field by field. */
export interface TensorFields {
  name: string;
  code: number;
  readonly dims: Int64[];
  raw: Uint8Array | null;
  external: boolean;
  readonly entries: ExternalEntry[];
  /** Entries seen in each typed field. */
  readonly counts: Record<TypedField, number>;
  /** The bytes of the last packed run of floats or doubles, which are laid out as raw data are. */
  run: Uint8Array | null;
}

const entry = (wire: Wire): ExternalEntry => {
  let key = "";
  let value = "";
  while (wire.next()) {
    if (wire.field === 1) key = wire.text();
    else if (wire.field === 2) value = wire.text();
    else wire.skip();
  }
  return { key, value };
};

const dimension = (wire: Wire, ledger: Ledger, fields: TensorFields): void =>
  wire.repeated("varint", () => {
    if (fields.dims.length === limits.rank) ledger.exceeded("dimensions in one tensor", limits.rank);
    fields.dims.push(wire.int64());
  });

const values = (wire: Wire, field: TypedField, fields: TensorFields): void => {
  const { kind } = typedFields[field];
  if (kind !== "varint") fields.run = wire.peek();
  fields.counts[field] += wire.count(kind);
};

const readField = (wire: Wire, ledger: Ledger, fields: TensorFields): void => {
  switch (wire.field) {
    case 1:
      dimension(wire, ledger, fields);
      break;
    case 2:
      fields.code = wire.int32();
      break;
    case 3:
      wire.malformed("a tensor is split into segments, which are not read");
      break;
    case 4:
      values(wire, "float_data", fields);
      break;
    case 5:
      values(wire, "int32_data", fields);
      break;
    case 7:
      values(wire, "int64_data", fields);
      break;
    case 8:
      fields.name = wire.text();
      break;
    case 9:
      fields.raw = wire.payload();
      break;
    case 10:
      values(wire, "double_data", fields);
      break;
    case 11:
      values(wire, "uint64_data", fields);
      break;
    case 13:
      ledger.spend("entries");
      fields.entries.push(wire.message(entry));
      break;
    case 14:
      fields.external = wire.int32() === 1;
      break;
    default:
      wire.skip();
  }
};

/** Reads the fields of a TensorProto. Values are counted, not kept. */
export const readTensorFields = (wire: Wire, ledger: Ledger): TensorFields => {
  const counts = { float_data: 0, int32_data: 0, int64_data: 0, double_data: 0, uint64_data: 0 };
  const fields: TensorFields = {
    name: "",
    code: 0,
    dims: [],
    raw: null,
    external: false,
    entries: [],
    counts,
    run: null,
  };
  while (wire.next()) readField(wire, ledger, fields);
  return fields;
};
