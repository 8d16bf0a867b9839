import { inFile, Rejected } from "../../compiler/diagnostics/index.ts";
import { type Shape, showShape, sizeOf } from "../../compiler/ir/core/index.ts";
import { type ArrayData, arrayOf, bytesOf, type ElementType, widths } from "./array.ts";
import { dataDiagnostics } from "./diagnostics.ts";

/**
 * Reads samples that stand one after the other without a header, little-endian: shape [samples, ...sample].
 * Throws Rejected (`data/size`) when the bytes are not a whole number of samples.
 */
export const readRaw = (bytes: Uint8Array, file: string, dtype: ElementType, sample: Shape): ArrayData => {
  const needed = sizeOf(sample) * widths[dtype];
  const label = "the array";
  const samples = needed === 0 ? 0 : bytes.length / needed;
  if (Number.isInteger(samples) && (samples > 0 || bytes.length === 0)) {
    return arrayOf({ bytes, dtype, shape: [samples, ...sample], littleEndian: true, label, file });
  }
  const holes = {
    array: label,
    shape: `${showShape(sample)} (a whole number of samples)`,
    dtype,
    needed,
    found: bytes.length,
  };
  throw new Rejected([dataDiagnostics.report("size", inFile(file), holes)]);
};

/** The values without a header, little-endian. */
export const writeRaw = (array: ArrayData): Uint8Array => bytesOf(array);
