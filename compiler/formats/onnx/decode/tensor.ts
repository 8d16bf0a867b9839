import { quoteName } from "../../../diagnostics/index.ts";
import { type Shape, showShape, sizeOf } from "../../../ir/core/index.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import { type ElementName, elementName, elements, isReadable, rawBytes } from "./elements.ts";
import { placeOf } from "./external/entries.ts";
import { approximately, fromInt64 } from "./integer.ts";
import type { Ledger } from "./ledger.ts";
import { limits } from "./limits.ts";
import type { OnnxTensor, Storage } from "./model.ts";
import { readTensorFields, type TensorFields } from "./tensor-fields.ts";
import type { Int64, Wire } from "./wire.ts";

/** A shape that a tensor can have. Reports extents that are negative or too large, and too many elements. */
export const shapeOf = (name: string, dims: readonly Int64[], ledger: Ledger): Shape | null => {
  const tensor = quoteName(name);
  const shape = dims.map(fromInt64);
  const axis = shape.findIndex((extent) => !(extent >= 0 && extent <= limits.extent));
  const wrong = dims[axis];
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
  if ((storage.kind !== "raw" && storage.kind !== "typed") || !isReadable(element)) return;
  const size = sizeOf(shape);
  const raw = storage.kind === "raw";
  // An entry of `int32_data` holds as many narrow values as a byte does.
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

/** Checks the place in another file, as far as it can be reached, and reports what is wrong with it. */
const externalOf = (
  { name, entries }: TensorFields,
  element: ElementName,
  shape: Shape,
  ledger: Ledger,
): Storage => {
  const place = placeOf(name, entries, ledger.where);
  if ("code" in place) {
    ledger.fault(place);
    return { kind: "external", location: "", range: null };
  }
  const { location, offset, length } = place;
  const nowhere: Storage = { kind: "external", location, range: null };
  if (!isReadable(element)) return nowhere;
  const needed = rawBytes(element, sizeOf(shape));
  if (length !== null && length !== needed) {
    const holes = {
      tensor: quoteName(name),
      shape: showShape(shape),
      dtype: element,
      needed,
      unit: "bytes",
      found: length,
    };
    ledger.fault(onnxDiagnostics.report("tensor-size", ledger.where, holes));
    return nowhere;
  }
  const range = ledger.external?.range(location, offset, needed, name) ?? null;
  if (range === null || !("code" in range)) return { kind: "external", location, range };
  ledger.faultOnce(range);
  return nowhere;
};

/** Reads a TensorProto. Values stay where they are; shape, byte count, place and limits are checked here. */
export const decodeTensor = (wire: Wire, ledger: Ledger): OnnxTensor => {
  const message = wire.rest();
  const { offset } = wire;
  const fields = readTensorFields(wire, ledger);
  const { name, code: elementCode, raw, run } = fields;
  const element = elementName(elementCode);
  const field = isReadable(element) ? elements[element].field : null;
  const count = field === null ? 0 : fields.counts[field];
  if (count > 0 && raw !== null && raw.length > 0) wire.malformed("a tensor holds its values twice");
  const shape = shapeOf(name, fields.dims, ledger);
  const known = { name, file: ledger.file, shape: shape ?? [], element, elementCode };
  if (fields.external) {
    if (count > 0 || (raw !== null && raw.length > 0)) wire.malformed("a tensor holds its values twice");
    const storage: Storage =
      shape === null
        ? { kind: "external", location: "", range: null }
        : externalOf(fields, element, shape, ledger);
    return { ...known, storage };
  }
  const storage: Storage =
    raw !== null && count === 0 ? { kind: "raw", bytes: raw } : { kind: "typed", count, message, offset };
  const tensor: OnnxTensor = { ...known, storage };
  if (shape !== null) checkSize(tensor, ledger);
  const oneRun = (field === "float_data" || field === "double_data") && run !== null && count > 0;
  return oneRun && run.length === rawBytes(isReadable(element) ? element : "FLOAT", count)
    ? { ...tensor, storage: { kind: "raw", bytes: run } }
    : tensor;
};
