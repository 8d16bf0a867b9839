import { atNode, type Diagnostic, quoteName, Rejected } from "../../../diagnostics/index.ts";
import { sizeOf } from "../../../ir/core/index.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import { elements, isReadable, type ReadableElement, readableNames } from "./elements.ts";
import { fromBfloat, fromHalf } from "./half.ts";
import { fromInt64, fromUint64 } from "./integer.ts";
import type { OnnxTensor, Storage, TensorValues } from "./model.ts";
import { rawBytes, typedFields } from "./tensor.ts";
import { type Int64, Wire } from "./wire.ts";

const int64At = (view: DataView, i: number): Int64 => ({
  low: view.getUint32(8 * i, true),
  high: view.getInt32(8 * i + 4, true),
});

const nibble = (view: DataView, i: number): number => (view.getUint8(i >> 1) >> (4 * (i & 1))) & 15;

/** Value `i` of raw data. NaN from an integer type is a value that a double cannot hold. */
const readers: Readonly<Record<ReadableElement, (view: DataView, i: number) => number>> = {
  FLOAT: (view, i) => view.getFloat32(4 * i, true),
  DOUBLE: (view, i) => view.getFloat64(8 * i, true),
  FLOAT16: (view, i) => fromHalf(view.getUint16(2 * i, true)),
  BFLOAT16: (view, i) => fromBfloat(view.getUint16(2 * i, true)),
  INT8: (view, i) => view.getInt8(i),
  UINT8: (view, i) => view.getUint8(i),
  INT16: (view, i) => view.getInt16(2 * i, true),
  UINT16: (view, i) => view.getUint16(2 * i, true),
  INT32: (view, i) => view.getInt32(4 * i, true),
  UINT32: (view, i) => view.getUint32(4 * i, true),
  INT64: (view, i) => fromInt64(int64At(view, i)),
  UINT64: (view, i) => fromUint64(int64At(view, i)),
  BOOL: (view, i) => (view.getUint8(i) === 0 ? 0 : 1),
  UINT4: nibble,
  // Sign extension of the low 4 bits.
  INT4: (view, i) => (nibble(view, i) << 28) >> 28,
};

/** Least and greatest entry of `int32_data` or `uint64_data` for types narrower than the entry. */
const entryRange: Readonly<Partial<Record<ReadableElement, readonly [number, number]>>> = {
  INT8: [-128, 127],
  UINT8: [0, 255],
  INT16: [-32768, 32767],
  UINT16: [0, 65535],
  UINT32: [0, 4294967295],
  FLOAT16: [0, 65535],
  BFLOAT16: [0, 65535],
  BOOL: [0, 1],
  UINT4: [0, 255],
  INT4: [0, 255],
};

const rangeFault = (
  tensor: OnnxTensor,
  index: number,
  value: number | string,
  [low, high]: readonly [number, number],
): Diagnostic =>
  onnxDiagnostics.report("value-range", atNode(quoteName(tensor.name), tensor.file), {
    name: quoteName(tensor.name),
    index,
    value,
    dtype: tensor.element,
    low,
    high,
  });

type Typed = Extract<Storage, { kind: "typed" }>;

/** Copies the entries of a typed field into the form of `raw_data`. */
const gather = (
  tensor: OnnxTensor,
  element: ReadableElement,
  { message, offset, count }: Typed,
): Uint8Array => {
  const { field, kind } = typedFields[elements[element].field];
  const width = Math.max(1, elements[element].bits / 8);
  const bytes = new Uint8Array(count * width);
  const view = new DataView(bytes.buffer);
  const range = entryRange[element];
  let i = 0;
  const putInteger = (at: number, { high, low }: Int64): void => {
    const value = high * 2 ** 32 + low;
    if (range !== undefined && (value < range[0] || value > range[1]))
      throw new Rejected([rangeFault(tensor, i, value, range)]);
    if (width === 8) view.setInt32(at + 4, high, true);
    if (width >= 4) view.setUint32(at, low, true);
    else if (width === 2) view.setUint16(at, low & 0xffff, true);
    else view.setUint8(at, low & 0xff);
  };
  const put = (wire: Wire): void => {
    if (kind === "float") view.setFloat32(width * i, wire.float(), true);
    else if (kind === "double") view.setFloat64(width * i, wire.double(), true);
    else putInteger(width * i, wire.int64());
    i++;
  };
  const wire = new Wire(message, tensor.file, offset);
  while (wire.next()) {
    if (wire.field === field) wire.repeated(kind, put);
    else wire.skip();
  }
  return bytes;
};

/** Why the values of this tensor cannot be read, or null. Lets an importer report all such tensors at once. */
export const tensorProblem = (tensor: OnnxTensor): Diagnostic | null => {
  const name = quoteName(tensor.name);
  const where = atNode(name, tensor.file);
  if (!isReadable(tensor.element)) {
    const dtype = tensor.element === "UNKNOWN" ? `number ${tensor.elementCode}` : tensor.element;
    return onnxDiagnostics.report("dtype", where, { tensor: name, dtype, known: readableNames.join(", ") });
  }
  if (tensor.storage.kind !== "external") return null;
  const location = tensor.storage.entries.find(({ key }) => key === "location")?.value ?? "";
  return onnxDiagnostics.report("external-data", where, { tensor: name, location: quoteName(location) });
};

const floating: readonly ReadableElement[] = ["FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16"];

/**
 * The values as doubles, in row-major order; a new array each time. The byte count was checked at decoding.
 * Throws Rejected: `onnx/dtype`, `onnx/external-data`, or `onnx/value-range` for an integer that its type or
 * a double cannot hold.
 */
export const tensorValues = (tensor: OnnxTensor): TensorValues => {
  const problem = tensorProblem(tensor);
  const { element, storage, shape } = tensor;
  if (problem !== null) throw new Rejected([problem]);
  if (!isReadable(element) || storage.kind === "external")
    throw new Error(`tensor ${tensor.name} has no values`);
  const size = sizeOf(shape);
  const bytes = storage.kind === "raw" ? storage.bytes : gather(tensor, element, storage);
  if (bytes.length !== rawBytes(element, size))
    throw new Error(`tensor ${tensor.name}: ${bytes.length} bytes for ${size} values`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = readers[element];
  const data = new Float64Array(size);
  const exact = !floating.includes(element);
  for (let i = 0; i < size; i++) {
    const value = read(view, i);
    data[i] = value;
    if (exact && Number.isNaN(value)) {
      const most = Number.MAX_SAFE_INTEGER;
      throw new Rejected([rangeFault(tensor, i, "too large to be exact", [-most, most])]);
    }
  }
  return { shape, dtype: elements[element].dtype, data };
};
