import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Diagnostic, inFile, quoteName, Rejected } from "../../compiler/diagnostics/index.ts";
import { environmentDiagnostics, outputDiagnostics } from "./diagnostics.ts";
import { attempt, disk, type FileSystem } from "./file-system.ts";
import { limits } from "./limits.ts";

/** Name and version of the manifest's own form. */
export const manifestFormat = "spikefold/manifest@1";
export const manifestName = "manifest.json";

export interface ManifestEntry {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** What a build folder holds; entries are sorted by path. */
export interface Manifest {
  readonly producer: string;
  readonly files: readonly ManifestEntry[];
}

/** Compares by code unit, as every sort of ours does. */
export const byPath = (a: { readonly path: string }, b: { readonly path: string }): number =>
  a.path === b.path ? 0 : a.path < b.path ? -1 : 1;

/** True for a relative path of plain names: letters, digits, `_`, `-` and inner dots. */
export const isPlainPath = (path: string): boolean =>
  path.length <= 512 && path.split("/").every((part) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(part));

export const renderManifest = ({ producer, files }: Manifest): string =>
  `${JSON.stringify({ format: manifestFormat, producer, files: files.toSorted(byPath) }, null, 2)}\n`;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isEntry = (value: unknown): value is ManifestEntry => {
  if (!isObject(value)) return false;
  const { path, bytes, sha256 } = value;
  const sized = typeof bytes === "number" && Number.isSafeInteger(bytes) && bytes >= 0;
  const hashed = typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256);
  return typeof path === "string" && isPlainPath(path) && sized && hashed;
};

const isEntries = (value: unknown): value is readonly ManifestEntry[] =>
  Array.isArray(value) && value.every(isEntry);

const jsonOf = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
};

const parseManifest = (bytes: Uint8Array, path: string): Manifest => {
  const invalid = (fault: string): Rejected =>
    new Rejected([outputDiagnostics.report("manifest-invalid", inFile(path), { fault })]);
  const json = jsonOf(bytes);
  const { format, producer, files } = isObject(json) ? json : {};
  if (typeof format !== "string") throw invalid("it is not JSON with a format");
  if (format !== manifestFormat && /^spikefold\/manifest@\d+$/.test(format)) {
    const holes = { found: format, known: manifestFormat };
    throw new Rejected([outputDiagnostics.report("manifest-version", inFile(path), holes)]);
  }
  if (format !== manifestFormat)
    throw invalid(`its format is "${quoteName(format)}", not "${manifestFormat}"`);
  if (typeof producer !== "string" || !isEntries(files))
    throw invalid("its producer or its list of files is not valid");
  if (new Set(files.map((file) => file.path)).size !== files.length) throw invalid("it lists a file twice");
  return { producer, files };
};

const blockBytes = 2 ** 20;

/** Calls `take` with the parts of a file, in order. Closes the file whatever happens. */
const readParts = (files: FileSystem, path: string, take: (part: Uint8Array) => void): void => {
  const handle = files.open(path);
  try {
    const block = new Uint8Array(blockBytes);
    for (let count = files.read(handle, block); count > 0; count = files.read(handle, block))
      take(block.subarray(0, count));
  } finally {
    attempt(() => files.close(handle));
  }
};

/** The manifest of a folder, its files not checked. Throws Rejected: `output/manifest-*`. */
export const loadManifest = (folder: string, files: FileSystem): Manifest => {
  const path = join(folder, manifestName);
  const state = files.stateOf(path);
  if (state.kind !== "file")
    throw new Rejected([outputDiagnostics.report("manifest-missing", inFile(folder), {})]);
  if (state.bytes > limits.manifestBytes) {
    const fault = `it has ${state.bytes} bytes, at most ${limits.manifestBytes} are read`;
    throw new Rejected([outputDiagnostics.report("manifest-invalid", inFile(path), { fault })]);
  }
  const parts: Uint8Array[] = [];
  readParts(files, path, (part) => parts.push(part.slice()));
  return parseManifest(Buffer.concat(parts), path);
};

const hashOf = (files: FileSystem, path: string): string => {
  const hash = createHash("sha256");
  readParts(files, path, (part) => hash.update(part));
  return hash.digest("hex");
};

const entryFault = (
  folder: string,
  entry: ManifestEntry,
  hashes: boolean,
  files: FileSystem,
): Diagnostic | null => {
  const path = join(folder, entry.path);
  const state = files.stateOf(path);
  const where = inFile(path);
  if (state.kind !== "file")
    return outputDiagnostics.report("file-missing", where, { path: entry.path, bytes: entry.bytes });
  const changed = (expected: string, found: string): Diagnostic =>
    outputDiagnostics.report("file-changed", where, { path: entry.path, expected, found });
  if (state.bytes !== entry.bytes) return changed(`${entry.bytes} bytes`, `${state.bytes} bytes`);
  if (!hashes) return null;
  const found = hashOf(files, path);
  return found === entry.sha256 ? null : changed(`SHA-256 ${entry.sha256}`, found);
};

/** Turns a failure of the operating system into a diagnostic, and leaves every other error as it is. */
export const asReadFailure = (error: unknown, path: string): unknown => {
  if (!(error instanceof Error) || !("syscall" in error)) return error;
  return new Rejected([
    environmentDiagnostics.report("read-failed", inFile(path), { reason: error.message }),
  ]);
};

/**
 * Checks a build folder: the manifest, then presence and size of every file in it, and with `hashes` their
 * content. Throws Rejected with all faults: `output/manifest-missing`, `output/manifest-invalid`,
 * `output/manifest-version`, `output/file-missing`, `output/file-changed`, `environment/read-failed`.
 */
export const readManifest = (folder: string, hashes = false, files: FileSystem = disk): Manifest => {
  try {
    const manifest = loadManifest(folder, files);
    const faults = manifest.files.flatMap((entry) => entryFault(folder, entry, hashes, files) ?? []);
    if (faults.length > 0) throw new Rejected(faults);
    return manifest;
  } catch (error) {
    throw asReadFailure(error, folder);
  }
};
