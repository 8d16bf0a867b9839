import type { DataDescription, DataSource } from "../../dsl/index.ts";
import {
  type ArrayData,
  type ElementType,
  openTensorFile,
  readFileBounded,
  readRaw,
  type TensorFile,
} from "../../runtime/files/index.ts";
import { inFile, nowhere, Rejected } from "../diagnostics/index.ts";
import { numbers, type Shape, sha256, showShape, sizeOf } from "../ir/index.ts";
import type { DataSet, Sample } from "../pass/index.ts";
import type { Preparation } from "../pipeline/build.ts";
import { cliDiagnostics } from "./diagnostics.ts";

/** The input that a data file feeds. */
export interface InputPort {
  readonly name: string;
  readonly shape: Shape;
}

/** Samples as they are stored, before they are cut and prepared. */
export interface Stored {
  readonly file: string;
  readonly inputs: ArrayData;
  readonly labels: ArrayData | null;
}

/** The array that feeds an input: by one of its names, or the only one. Throws Rejected. */
export const arrayIn = (
  file: TensorFile,
  path: string,
  names: readonly string[],
  input: string,
): ArrayData => {
  const named = names.map((name) => file.arrays.get(name)).find((a) => a !== undefined);
  const [only, ...more] = file.arrays.values();
  const found = named ?? (more.length === 0 ? only : undefined);
  if (found === undefined)
    throw new Rejected([
      cliDiagnostics.report("no-array", inFile(path), { input, found: [...file.arrays.keys()].join(", ") }),
    ]);
  return found;
};

/** The classes in a file, where there is one. */
export const labelsIn = (path: string | null): ArrayData | null =>
  path === null ? null : arrayIn(openTensorFile(path), path, ["labels", "y"], "labels");

const rawTypes: Readonly<Record<Extract<DataSource, { kind: "raw" }>["type"], ElementType>> = {
  int8: "i8",
  uint8: "u8",
  int16: "i16",
  uint16: "u16",
  int32: "i32",
  float32: "f32",
};

/** The arrays of a `data` declaration, whatever they feed. */
export const stored = (source: DataSource, port: InputPort, shape: Shape): Stored => {
  if (source.kind === "raw") {
    const inputs = readRaw(readFileBounded(source.file), source.file, rawTypes[source.type], shape);
    const labels =
      source.labels === null ? null : readRaw(readFileBounded(source.labels), source.labels, "u8", []);
    return { file: source.file, inputs, labels };
  }
  const file = openTensorFile(source.file);
  if (source.kind === "npz") {
    const inputs = arrayIn(
      file,
      source.file,
      source.inputs === null ? ["x", port.name] : [source.inputs],
      port.name,
    );
    return {
      file: source.file,
      inputs,
      labels: source.labels === null ? null : arrayIn(file, source.file, [source.labels], "labels"),
    };
  }
  return {
    file: source.file,
    inputs: arrayIn(file, source.file, ["x", port.name], port.name),
    labels: labelsIn(source.labels),
  };
};

const bytesOf = ({ data }: ArrayData): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

export interface Cut {
  readonly skip: number;
  readonly take: number | null;
}

/** How many of `count` samples a cut leaves. Throws Rejected when there are none. */
export const cutOf = (count: number, { skip, take }: Cut): number => {
  const available = Math.min(take ?? Infinity, count - skip);
  if (available > 0) return available;
  throw new Rejected([cliDiagnostics.report("no-samples", nowhere, { size: count, from: skip })]);
};

/** Samples of one input; arrays stay as they are stored, a sample is made when asked for. */
const dataSet = (
  { file, inputs, labels }: Stored,
  port: InputPort,
  { scale, offset }: Preparation,
  cut: Cut,
): DataSet => {
  const { skip } = cut;
  const size = sizeOf(port.shape);
  const found = inputs.shape.slice(1);
  if (sizeOf(found) !== size) {
    const holes = {
      input: port.name,
      found: showShape(found),
      foundSize: sizeOf(found),
      wanted: showShape(port.shape),
      wantedSize: size,
    };
    throw new Rejected([cliDiagnostics.report("sample-shape", inFile(file), holes)]);
  }
  const count = inputs.shape[0] ?? 0;
  if (labels !== null && labels.data.length !== count)
    throw new Rejected([
      cliDiagnostics.report("label-count", inFile(file), { labels: labels.data.length, samples: count }),
    ]);
  const available = cutOf(count, cut);
  const sample = (index: number): Sample => {
    const first = (skip + index) * size;
    const data = Float64Array.from(
      { length: size },
      (_, i) => ((inputs.data[first + i] ?? 0) - offset) * scale,
    );
    return {
      inputs: new Map([[port.name, numbers(port.shape, data)]]),
      label: labels === null ? null : (labels.data[skip + index] ?? null),
    };
  };
  return {
    hash: sha256(bytesOf(inputs), JSON.stringify([scale, offset, skip, available])),
    size: available,
    sample,
  };
};

export interface DataFiles {
  readonly inputs: string;
  readonly labels: string | null;
}

/** Opens a data file by its content. Throws Rejected with both shapes when samples do not fit the input. */
export const openData = (files: DataFiles, port: InputPort, preparation: Preparation, cut: Cut): DataSet => {
  const inputs = arrayIn(openTensorFile(files.inputs), files.inputs, ["x", port.name], port.name);
  return dataSet({ file: files.inputs, inputs, labels: labelsIn(files.labels) }, port, preparation, cut);
};

/** Opens what a `data` declaration describes, from `skip` samples on, at most `take`. */
export const openDescription = (description: DataDescription, port: InputPort, cut: Cut): DataSet => {
  const left = description.take === null ? null : Math.max(0, description.take - cut.skip);
  const take = cut.take === null ? left : Math.min(cut.take, left ?? Infinity);
  return dataSet(stored(description.source, port, description.shape), port, description, {
    skip: description.skip + cut.skip,
    take,
  });
};

/** The first samples of a set. */
export const firstSamples = (data: DataSet, count: number): DataSet => ({
  ...data,
  size: Math.min(count, data.size),
});
