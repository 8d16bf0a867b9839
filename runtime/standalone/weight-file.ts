import { fileURLToPath } from "node:url";
import { inFile, Rejected } from "../../compiler/diagnostics/index.ts";
import {
  type DType,
  decodeNumbers,
  type Shape,
  sha256,
  sizeOf,
  type Weight,
  weight,
  widthOf,
} from "../../compiler/ir/core/index.ts";
import { readFileBounded } from "../files/read-file.ts";
import { generatedDiagnostics } from "./diagnostics.ts";

/** Where one array lies in the file; 4-bit numbers take a byte each, all numbers are little-endian. */
export interface WeightEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly offset: number;
  /** SHA-256 of its bytes. */
  readonly sha256: string;
}

/** A weight whose shape is part of its type. */
export interface WeightOf<S extends Shape> extends Weight {
  readonly shape: S;
}

export type WeightTable = Readonly<Record<string, WeightEntry>>;

/** The weights of a table, with their shapes as types. */
export type WeightsOf<T extends WeightTable> = { readonly [K in keyof T]: WeightOf<T[K]["shape"]> };

const isFull = <T extends WeightTable>(
  table: T,
  found: Readonly<Record<string, Weight>>,
): found is WeightsOf<T> => Object.keys(table).every((label) => Object.hasOwn(found, label));

/** Path of a file beside a module, from its `import.meta`. */
export const beside = (module: object, file: string): string => {
  if (!("url" in module) || typeof module.url !== "string") throw new Error("give import.meta");
  return fileURLToPath(new URL(file, module.url));
};

/**
 * Reads the arrays of a table from a file beside a module, given its `import.meta`. Throws Rejected when the file cannot
 * be read, and with every array whose bytes are missing or have another hash.
 */
export const openWeights = <const T extends WeightTable>(
  module: object,
  file: string,
  table: T,
): WeightsOf<T> => {
  const path = beside(module, file);
  const bytes = readFileBounded(path);
  const arrays = Object.entries(table).map(([label, entry]) => {
    const part = bytes.subarray(entry.offset, entry.offset + sizeOf(entry.shape) * widthOf(entry.dtype));
    return { label, entry, part, hash: sha256(part) };
  });
  const faults = arrays
    .filter(({ entry, hash }) => hash !== entry.sha256)
    .map(({ label, entry, part, hash }) =>
      generatedDiagnostics.report("weights-damaged", inFile(path), {
        label,
        bytes: sizeOf(entry.shape) * widthOf(entry.dtype),
        offset: entry.offset,
        expected: entry.sha256,
        found: `${part.length} bytes with ${hash} are there`,
      }),
    );
  if (faults.length > 0) throw new Rejected(faults);
  const weights: Readonly<Record<string, Weight>> = Object.fromEntries(
    arrays.map(({ label, entry: { name, shape, dtype }, part }) => [
      label,
      weight({ name, shape, dtype, data: () => decodeNumbers(dtype, part) }),
    ]),
  );
  if (!isFull(table, weights)) throw new Error("a weight of the table is missing");
  return weights;
};

/** The numbers of a weight as a list: for long lists that are no weights. */
export const listOf = (from: Weight): readonly number[] => [...from.stored()];
