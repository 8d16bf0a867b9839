import { atNode, type Diagnostic, quoteName, Rejected } from "../../../diagnostics/index.ts";
import { item, sizeOf, stridesOf } from "../../../ir/core/index.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import { elements, floatingNames, isReadable, type ReadableElement, readableNames } from "./elements.ts";
import type { OnnxTensor, TensorValues } from "./model.ts";
import { rangeFault, rawOf } from "./raw.ts";
import { readers } from "./readers.ts";

/** Why the values of this tensor cannot be read, or null. Lets an importer report all such tensors at once. */
export const tensorProblem = (tensor: OnnxTensor): Diagnostic | null => {
  const name = quoteName(tensor.name);
  const where = atNode(name, tensor.file);
  if (!isReadable(tensor.element)) {
    const dtype = tensor.element === "UNKNOWN" ? `number ${tensor.elementCode}` : tensor.element;
    return onnxDiagnostics.report("dtype", where, { tensor: name, dtype, known: readableNames.join(", ") });
  }
  const { storage } = tensor;
  if (storage.kind === "sparse") return tensorProblem(storage.values) ?? tensorProblem(storage.indices);
  if (storage.kind !== "external" || storage.range !== null) return null;
  const holes = { tensor: name, location: quoteName(storage.location) };
  return onnxDiagnostics.report("external-data", where, holes);
};

/** The element types whose raw bytes are a typed array of the machine, when it is little-endian. */
const arrays = {
  FLOAT: Float32Array,
  DOUBLE: Float64Array,
  INT8: Int8Array,
  UINT8: Uint8Array,
  INT16: Int16Array,
  UINT16: Uint16Array,
  INT32: Int32Array,
  UINT32: Uint32Array,
} as const;

const hasArray = (element: ReadableElement): element is keyof typeof arrays => Object.hasOwn(arrays, element);

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

const decode = (
  tensor: OnnxTensor,
  element: ReadableElement,
  bytes: Uint8Array,
  count: number,
): Float64Array => {
  // A copy, since a view of the file is rarely aligned.
  if (littleEndian && hasArray(element)) return new Float64Array(new arrays[element](bytes.slice().buffer));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = readers[element];
  const data = new Float64Array(count);
  for (let i = 0; i < count; i++) data[i] = read(view, i);
  const inexact = floatingNames.includes(element) ? -1 : data.findIndex(Number.isNaN);
  const most = Number.MAX_SAFE_INTEGER;
  if (inexact >= 0) throw new Rejected([rangeFault(tensor, inexact, "too large to be exact", [-most, most])]);
  return data;
};

/** Where each value of a sparse tensor belongs. Each place is inside the shape and after the one before. */
const placesOf = (tensor: OnnxTensor, indices: OnnxTensor): readonly number[] => {
  const stated = tensorValues(indices).data;
  const count = indices.shape[0] ?? 0;
  const { shape } = tensor;
  const [strides, extents] = indices.shape.length === 2 ? [stridesOf(shape), shape] : [[1], [sizeOf(shape)]];
  let before = -1;
  const refuse = (index: number, fault: string): never => {
    const holes = { tensor: quoteName(tensor.name), fault: `index ${index} ${fault}` };
    throw new Rejected([
      onnxDiagnostics.report("sparse-tensor", atNode(quoteName(tensor.name), tensor.file), holes),
    ]);
  };
  return Array.from({ length: count }, (_, i) => {
    let place = 0;
    for (let axis = 0; axis < strides.length; axis++) {
      const at = item(stated, i * strides.length + axis);
      if (at < 0 || at >= item(extents, axis))
        refuse(i, `is ${at}, outside its ${item(extents, axis)} places`);
      place += at * item(strides, axis);
    }
    if (place <= before) refuse(i, "is not greater than the one before");
    before = place;
    return place;
  });
};

/**
 * The values as doubles, in row-major order; a new array each time. The byte count was checked at decoding.
 * Throws Rejected: `onnx/dtype`, `onnx/external-data`, `onnx/sparse-tensor`, `onnx/value-range` for an integer
 * that its type or a double cannot hold, or the faults of another file that changed since it was checked.
 */
export const tensorValues = (tensor: OnnxTensor): TensorValues => {
  const problem = tensorProblem(tensor);
  if (problem !== null) throw new Rejected([problem]);
  const { element, storage, shape } = tensor;
  if (!isReadable(element)) throw new Error(`tensor ${tensor.name} has no values`);
  const { dtype } = elements[element];
  if (storage.kind !== "sparse")
    return { shape, dtype, data: decode(tensor, element, rawOf(tensor, element), sizeOf(shape)) };
  const places = placesOf(tensor, storage.indices);
  const { data: values } = tensorValues(storage.values);
  const data = new Float64Array(sizeOf(shape));
  places.forEach((place, i) => {
    data[place] = item(values, i);
  });
  return { shape, dtype, data };
};
