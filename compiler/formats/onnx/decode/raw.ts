import { atNode, type Diagnostic, quoteName, Rejected } from "../../../diagnostics/index.ts";
import { sizeOf } from "../../../ir/core/index.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import { elements, type ReadableElement, rawBytes } from "./elements.ts";
import type { OnnxTensor, Storage } from "./model.ts";
import { typedFields } from "./tensor-fields.ts";
import { type Int64, Wire } from "./wire.ts";

/** Least and greatest entry of `int32_data` or `uint64_data` for types narrower than the entry. */
const entryRange: Readonly<Partial<Record<ReadableElement, readonly [number, number]>>> = {
  INT8: [-128, 127],
  UINT8: [0, 255],
  INT16: [-32768, 32767],
  UINT16: [0, 65535],
  UINT32: [0, 4294967295],
  FLOAT16: [0, 65535],
  BFLOAT16: [0, 65535],
  FLOAT8E4M3FN: [0, 255],
  FLOAT8E4M3FNUZ: [0, 255],
  FLOAT8E5M2: [0, 255],
  FLOAT8E5M2FNUZ: [0, 255],
  FLOAT8E8M0: [0, 255],
  FLOAT4E2M1: [0, 255],
  BOOL: [0, 1],
  UINT4: [0, 255],
  INT4: [0, 255],
  UINT2: [0, 255],
  INT2: [0, 255],
};

/** A value that its type, or a double, cannot hold. */
export const rangeFault = (
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

/** Bytes at a time, so that values in another file are scanned without holding them all; a multiple of 8. */
const chunk = 2 ** 20;

/** The values in the form of `raw_data`, in pieces of whole values; a piece may be a view of the file. */
export function* piecesOf(tensor: OnnxTensor, element: ReadableElement): Generator<Uint8Array> {
  const { storage } = tensor;
  switch (storage.kind) {
    case "raw":
      yield storage.bytes;
      return;
    case "typed":
      yield gather(tensor, element, storage);
      return;
    case "external": {
      const { range } = storage;
      const size = range?.length ?? 0;
      for (let at = 0; at < size; at += chunk)
        yield range?.read(at, Math.min(chunk, size - at)) ?? new Uint8Array();
      return;
    }
    case "sparse":
      yield* piecesOf(storage.values, element);
  }
}

/** All values in the form of `raw_data`; a view of the file where that is possible. */
export const rawOf = (tensor: OnnxTensor, element: ReadableElement): Uint8Array => {
  const { storage, shape } = tensor;
  const read = (): Uint8Array => {
    switch (storage.kind) {
      case "raw":
        return storage.bytes;
      case "typed":
        return gather(tensor, element, storage);
      case "external":
        return storage.range?.read(0, storage.range.length) ?? new Uint8Array();
      case "sparse":
        return rawOf(storage.values, element);
    }
  };
  const bytes = read();
  const count = sizeOf(storage.kind === "sparse" ? storage.values.shape : shape);
  if (bytes.length !== rawBytes(element, count))
    throw new Error(`tensor ${tensor.name}: ${bytes.length} bytes for ${count} values`);
  return bytes;
};
