import { Rejected, inFile, nowhere } from "../diagnostics/index.ts";
import { type Shape, numbers, sha256, showShape, sizeOf } from "../ir/index.ts";
import type { DataSet, Sample } from "../pass/index.ts";
import { type ArrayData, type TensorFile, openTensorFile } from "../../runtime/files/index.ts";
import { cliDiagnostics } from "./diagnostics.ts";

/** The input that a data file feeds. */
export interface InputPort {
  readonly name: string;
  readonly shape: Shape;
}

/** x = (raw - offset) * scale */
export interface Preparation {
  readonly scale: number;
  readonly offset: number;
}

export interface DataFiles {
  readonly inputs: string;
  readonly labels: string | null;
  readonly preparation: Preparation;
  readonly skip: number;
  readonly take: number | null;
  /** Names of the arrays inside the file; null: x, the input's name, or the only one. */
  readonly inputArray: string | null;
  readonly labelArray: string | null;
}

const arrayIn = (file: TensorFile, path: string, wanted: readonly string[], input: string): ArrayData => {
  const named = wanted.map((name) => file.arrays.get(name)).find((a) => a !== undefined);
  const [only, ...more] = file.arrays.values();
  const found = named ?? (more.length === 0 ? only : undefined);
  if (found === undefined) throw new Rejected([cliDiagnostics.report("no-array", inFile(path), { input, found: [...file.arrays.keys()].join(", ") })]);
  return found;
};

const labelsOf = (files: DataFiles): ArrayData | null => {
  if (files.labels === null) return null;
  return arrayIn(openTensorFile(files.labels), files.labels, [files.labelArray ?? "labels", "y"], "labels");
};

const hashOf = (array: ArrayData): string => sha256(new Uint8Array(array.data.buffer, array.data.byteOffset, array.data.byteLength));

/**
 * Opens data files as samples of one input; arrays stay as they are stored, a sample is made when asked for.
 * Throws Rejected with both shapes when samples do not fit.
 */
export const openData = (files: DataFiles, port: InputPort): DataSet => {
  const file = openTensorFile(files.inputs);
  const array = arrayIn(file, files.inputs, files.inputArray === null ? ["x", port.name] : [files.inputArray], port.name);
  const labels = labelsOf(files);
  const size = sizeOf(port.shape);
  const found = array.shape.slice(1);
  if (sizeOf(found) !== size) {
    const holes = { input: port.name, found: showShape(found), foundSize: sizeOf(found), wanted: showShape(port.shape), wantedSize: size };
    throw new Rejected([cliDiagnostics.report("sample-shape", inFile(files.inputs), holes)]);
  }
  const count = array.shape[0] ?? 0;
  if (labels !== null && labels.data.length !== count)
    throw new Rejected([cliDiagnostics.report("label-count", inFile(files.labels ?? files.inputs), { labels: labels.data.length, samples: count })]);
  const available = Math.min(files.take ?? Infinity, count - files.skip);
  if (available <= 0) throw new Rejected([cliDiagnostics.report("no-samples", nowhere, { size: count, from: files.skip })]);
  const { scale, offset } = files.preparation;
  const sample = (index: number): Sample => {
    const first = (files.skip + index) * size;
    const data = Float64Array.from({ length: size }, (_, i) => ((array.data[first + i] ?? 0) - offset) * scale);
    return { inputs: new Map([[port.name, numbers(port.shape, data)]]), label: labels === null ? null : (labels.data[files.skip + index] ?? null) };
  };
  return { hash: sha256(hashOf(array), JSON.stringify([scale, offset, files.skip, available])), size: available, sample };
};

/** The first samples of a set. */
export const firstSamples = (data: DataSet, count: number): DataSet => ({ ...data, size: Math.min(count, data.size) });
