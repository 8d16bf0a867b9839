import { quoteName } from "../../../diagnostics/index.ts";
import { type Shape, showShape, sizeOf } from "../../../ir/core/index.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import { elementName, elements, isReadable, type ReadableElement, type TypedField } from "./elements.ts";
import { approximately, fromInt64 } from "./integer.ts";
import type { Ledger } from "./ledger.ts";
import { limits } from "./limits.ts";
import type { ExternalEntry, OnnxTensor, Storage } from "./model.ts";
import type { Int64, Wire } from "./wire.ts";

/** Field numbers of the typed fields and how each entry is stored. */
export const typedFields = {
  float_data: { field: 4, kind: "float" },
  int32_data: { field: 5, kind: "varint" },
  int64_data: { field: 7, kind: "varint" },
  double_data: { field: 10, kind: "double" },
  uint64_data: { field: 11, kind: "varint" },
} as const satisfies Readonly<Record<TypedField, { field: number; kind: "varint" | "float" | "double" }>>;

/** Bytes of `raw_data` for this many values; two 4-bit values share a byte. */
export const rawBytes = (element: ReadableElement, count: number): number =>
  Math.ceil((count * elements[element].bits) / 8);

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

interface Parts {
  name: string;
  code: number;
  readonly dims: Int64[];
  raw: Uint8Array | null;
  external: boolean;
  readonly entries: ExternalEntry[];
  /** Entries seen in each typed field. */
  readonly counts: Record<TypedField, number>;
}

const count = (wire: Wire, field: TypedField, parts: Parts): void => {
  const { kind } = typedFields[field];
  wire.repeated(kind, () => {
    if (kind === "float") wire.float();
    else if (kind === "double") wire.double();
    else wire.int64();
    parts.counts[field]++;
  });
};

const dimension = (wire: Wire, parts: Parts): void =>
  wire.repeated("varint", () => {
    if (parts.dims.length === limits.rank) wire.malformed(`a tensor has more than ${limits.rank} dimensions`);
    parts.dims.push(wire.int64());
  });

const readField = (wire: Wire, ledger: Ledger, parts: Parts): void => {
  switch (wire.field) {
    case 1:
      dimension(wire, parts);
      break;
    case 2:
      parts.code = wire.int32();
      break;
    case 3:
      wire.malformed("a tensor is split into segments, which are not read");
      break;
    case 4:
      count(wire, "float_data", parts);
      break;
    case 5:
      count(wire, "int32_data", parts);
      break;
    case 7:
      count(wire, "int64_data", parts);
      break;
    case 8:
      parts.name = wire.text();
      break;
    case 9:
      parts.raw = wire.payload();
      break;
    case 10:
      count(wire, "double_data", parts);
      break;
    case 11:
      count(wire, "uint64_data", parts);
      break;
    case 13:
      ledger.spend("entries");
      parts.entries.push(wire.message(entry));
      break;
    case 14:
      parts.external = wire.int32() === 1;
      break;
    default:
      wire.skip();
  }
};

/** Reports extents that are negative or too large, and shapes with too many elements. */
const shapeOf = (parts: Parts, ledger: Ledger): Shape | null => {
  const tensor = quoteName(parts.name);
  const shape = parts.dims.map(fromInt64);
  const axis = shape.findIndex((extent) => !(extent >= 0 && extent <= limits.extent));
  const wrong = parts.dims[axis];
  if (wrong !== undefined) {
    const holes = { tensor, axis, extent: approximately(wrong), limit: limits.extent };
    ledger.fault(onnxDiagnostics.report("dimension", ledger.where, holes));
    return null;
  }
  const product = shape.reduce((size, extent) => size * Math.max(extent, 1), 1);
  if (product <= limits.elements) return shape;
  const holes = { subject: `elements in tensor "${tensor}"`, value: product, limit: limits.elements };
  ledger.fault(onnxDiagnostics.report("limit", ledger.where, holes));
  return null;
};

const checkSize = (tensor: OnnxTensor, ledger: Ledger): void => {
  const { storage, element, shape } = tensor;
  if (storage.kind === "external" || !isReadable(element)) return;
  const size = sizeOf(shape);
  const raw = storage.kind === "raw";
  // An entry of `int32_data` holds two 4-bit values.
  const needed = raw || elements[element].bits < 8 ? rawBytes(element, size) : size;
  const found = raw ? storage.bytes.length : storage.count;
  if (found === needed) return;
  const unit = raw ? "bytes" : `entries of ${elements[element].field}`;
  const holes = {
    tensor: quoteName(tensor.name),
    shape: showShape(shape),
    dtype: element,
    needed,
    unit,
    found,
  };
  ledger.fault(onnxDiagnostics.report("tensor-size", ledger.where, holes));
};

/** Reads a TensorProto. Values stay where they are; shape, byte count and limits are checked here. */
export const decodeTensor = (wire: Wire, ledger: Ledger): OnnxTensor => {
  const counts = { float_data: 0, int32_data: 0, int64_data: 0, double_data: 0, uint64_data: 0 };
  const parts: Parts = { name: "", code: 0, dims: [], raw: null, external: false, entries: [], counts };
  const message = wire.rest();
  const { offset } = wire;
  while (wire.next()) readField(wire, ledger, parts);
  const element = elementName(parts.code);
  const typed = isReadable(element) ? counts[elements[element].field] : 0;
  if (typed > 0 && parts.raw !== null && parts.raw.length > 0)
    wire.malformed("a tensor holds its values twice");
  const shape = shapeOf(parts, ledger);
  const storage: Storage = parts.external
    ? { kind: "external", entries: parts.entries }
    : parts.raw !== null && typed === 0
      ? { kind: "raw", bytes: parts.raw }
      : { kind: "typed", count: typed, message, offset };
  const { name, code: elementCode } = parts;
  const tensor = { name, file: ledger.file, shape: shape ?? [], element, elementCode, storage };
  if (shape !== null) checkSize(tensor, ledger);
  return tensor;
};
