import { inFile, Rejected } from "../../compiler/diagnostics/index.ts";
import type { ArrayData, TensorFile } from "./array.ts";
import { dataDiagnostics } from "./diagnostics.ts";
import { isIdx, readIdx } from "./idx.ts";
import { gunzip, isGzip } from "./inflate.ts";
import { isNpy, readNpy } from "./npy.ts";
import { readNpz } from "./npz.ts";
import { readFileBounded } from "./read-file.ts";
import { isSafetensors, readSafetensors } from "./safetensors.ts";
import { isZip } from "./zip.ts";

const single = (format: TensorFile["format"], array: ArrayData): TensorFile => ({
  format,
  arrays: new Map([["", array]]),
});

const unknown = (bytes: Uint8Array, file: string): Rejected => {
  const start = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const holes = { start: bytes.length === 0 ? "(none: it is empty)" : start };
  return new Rejected([dataDiagnostics.report("format", inFile(file), holes)]);
};

const readPlain = (bytes: Uint8Array, file: string): TensorFile => {
  if (isNpy(bytes)) return single("npy", readNpy(bytes, file));
  if (isZip(bytes)) return readNpz(bytes, file);
  if (isIdx(bytes)) return single("idx", readIdx(bytes, file));
  if (isSafetensors(bytes)) return readSafetensors(bytes, file);
  throw unknown(bytes, file);
};

/**
 * Reads .npy, .npz, IDX and .safetensors, gzipped or not. The content decides, not the name. Throws Rejected
 * with `data/format` when it is none of them, else as the reader does.
 */
export const readTensorFile = (bytes: Uint8Array, file: string): TensorFile =>
  readPlain(isGzip(bytes) ? gunzip(bytes, file) : bytes, file);

/** `readTensorFile` of a path, with the errors of `readFileBounded`. */
export const openTensorFile = (path: string): TensorFile => readTensorFile(readFileBounded(path), path);
