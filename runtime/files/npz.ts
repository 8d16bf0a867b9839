import { type Diagnostic, inFile, quoteName, Rejected } from "../../compiler/diagnostics/index.ts";
import type { ArrayData, TensorFile } from "./array.ts";
import { dataDiagnostics } from "./diagnostics.ts";
import { readNpy, writeNpy } from "./npy.ts";
import { readZip, writeZip, type ZipEntry } from "./zip.ts";

const ending = ".npy";

const entryFault = ({ name }: ZipEntry, file: string): Diagnostic | null => {
  if (name.endsWith(ending)) return null;
  const fault = `entry "${quoteName(name)}" is not a .npy array`;
  return dataDiagnostics.report("damaged", inFile(file), { format: "npz", fault, tool: "numpy.savez" });
};

/** Collects the faults of all entries before it throws. */
const readEntries = (entries: readonly ZipEntry[], file: string): ReadonlyMap<string, ArrayData> => {
  const arrays = new Map<string, ArrayData>();
  const faults: Diagnostic[] = [];
  for (const entry of entries) {
    const fault = entryFault(entry, file);
    const name = entry.name.slice(0, -ending.length);
    try {
      if (fault !== null) faults.push(fault);
      else arrays.set(name, readNpy(entry.bytes, file, name));
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      faults.push(...error.diagnostics);
    }
  }
  if (faults.length > 0) throw new Rejected(faults);
  return arrays;
};

/** Reads all arrays of a .npz archive. Throws Rejected with the faults of all arrays, or of the archive. */
export const readNpz = (bytes: Uint8Array, file: string): TensorFile => ({
  format: "npz",
  arrays: readEntries(readZip(bytes, file), file),
});

/** A .npz archive, not compressed, in the order of the map. The same arrays give the same bytes. */
export const writeNpz = (arrays: ReadonlyMap<string, ArrayData>): Uint8Array =>
  writeZip([...arrays].map(([name, array]) => ({ name: `${name}${ending}`, bytes: writeNpy(array) })));
