import { readFileSync } from "node:fs";
import { inFile, quoteName, Rejected } from "../../compiler/diagnostics/index.ts";
import { type Shape, sameShape, showShape, sizeOf } from "../../compiler/ir/core/index.ts";
import { pickArray, readFileBounded, readTensorFile } from "../files/index.ts";
import { generatedDiagnostics } from "./diagnostics.ts";
import { anySteps } from "./stream.ts";
import { type Tensor, tensor } from "./tensor.ts";

interface Values {
  readonly shape: Shape;
  readonly data: ArrayLike<number> & { readonly slice: (from: number, to: number) => ArrayLike<number> };
}

/** Tells a text of numbers from every binary format by its beginning. */
const numeric = /^[\s\d.,eE+-]*$/;
const beginning = 64;

const textValues = (text: string, file: string, sample: Shape): Values => {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  const data = Float64Array.from(words, Number);
  const index = data.findIndex((n) => !Number.isFinite(n));
  const found = JSON.stringify(words[index]);
  if (index >= 0)
    throw new Rejected([generatedDiagnostics.report("numbers", inFile(file), { index, found })]);
  return { shape: data.length === sizeOf(sample) ? sample : [data.length], data };
};

const fileValues = (path: string, sample: Shape, name: string): Values => {
  const bytes = readFileBounded(path);
  const decoder = new TextDecoder("latin1");
  if (numeric.test(decoder.decode(bytes.subarray(0, beginning))))
    return textValues(decoder.decode(bytes), path, sample);
  return pickArray(readTensorFile(bytes, path), [name, "x"], path);
};

/** How many samples of a shape an array holds, or null: one, or as many as its first extent says. */
const countOf = (shape: Shape, sample: Shape): number | null => {
  const [size, each] = [sizeOf(shape), sizeOf(sample)];
  if (size === each) return 1;
  const count = size / each;
  return Number.isInteger(count) && count > 0 && (shape[0] === count || shape.length === 1) ? count : null;
};

/** Samples in an array, and the shape of each; null when it holds no whole number of them. */
const cutInto = (shape: Shape, sample: Shape): { readonly count: number; readonly each: Shape } | null => {
  const [first, ...step] = sample;
  if (first !== anySteps) {
    const count = countOf(shape, sample);
    return count === null ? null : { count, each: sample };
  }
  const values = sizeOf(step);
  const [length = 1, steps = 1] = shape;
  if (sameShape(shape.slice(1), step)) return { count: 1, each: shape };
  if (shape.length > 1 && sizeOf(shape.slice(2)) === values) return { count: length, each: [steps, ...step] };
  const whole = shape.length === 1 && Number.isInteger(length / values);
  return whole ? { count: 1, each: [length / values, ...step] } : null;
};

/**
 * Samples of one input from a tensor file (.npy, .npz, IDX, safetensors, also gzipped), or from a text of numbers; the path
 * `-` is a text on stdin. A sample whose first extent is `anySteps` has as many steps as the array says: [samples, steps,
 * ...], or one sample [steps, ...]. Throws Rejected when the file cannot be read or does not hold whole samples.
 */
export const readSamples = (path: string, name: string, sample: Shape): readonly Tensor[] => {
  const file = path === "-" ? "stdin" : path;
  const { shape, data } =
    path === "-" ? textValues(readFileSync(0, "utf8"), file, sample) : fileValues(path, sample, name);
  const cut = cutInto(shape, sample);
  if (cut === null) {
    const holes = { found: showShape(shape), wanted: showShape(sample) };
    throw new Rejected([
      generatedDiagnostics.report("input-shape", { ...inFile(file), node: quoteName(name) }, holes),
    ]);
  }
  const size = sizeOf(cut.each);
  return Array.from({ length: cut.count }, (_, i) => tensor(cut.each, data.slice(i * size, (i + 1) * size)));
};
