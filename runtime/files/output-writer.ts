import { createHash } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import { inFile, Rejected } from "../../compiler/diagnostics/index.ts";
import { environmentDiagnostics } from "./diagnostics.ts";
import { attempt, disk, type FileSystem } from "./file-system.ts";
import {
  byPath,
  isPlainPath,
  type Manifest,
  type ManifestEntry,
  manifestName,
  renderManifest,
} from "./manifest.ts";
import { checkTarget, recover, sideFolders } from "./output-target.ts";

/** One file of an output. `bytes` is called once; its parts may come one by one, to keep memory small. */
export interface Artifact {
  /** Relative to the output folder, with `/`: plain names only. */
  readonly path: string;
  readonly bytes: () => Iterable<Uint8Array>;
}

export interface PublishOptions {
  /** Program and version, for the manifest. */
  readonly producer: string;
  readonly files?: FileSystem;
}

/** Paths are ours, so that a wrong one is a fault of ours. Disks that ignore case must keep all files apart. */
const checkPaths = (artifacts: readonly Artifact[]): void => {
  const seen = new Set<string>([manifestName]);
  for (const { path } of artifacts) {
    if (!isPlainPath(path)) throw new Error(`${JSON.stringify(path)} is no path for an artifact`);
    const folded = path.toLowerCase();
    if (seen.has(folded)) throw new Error(`two artifacts are called ${path}`);
    seen.add(folded);
  }
  for (const path of seen) {
    for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1))
      if (seen.has(path.slice(0, at))) throw new Error(`artifact ${path} lies in another artifact`);
  }
};

const failure = (path: string, reason: string): Rejected =>
  new Rejected([environmentDiagnostics.report("write-failed", inFile(path), { reason })]);

/** A write may take fewer bytes than it was given without saying so. */
const writeAll = (files: FileSystem, handle: number, bytes: Uint8Array, path: string): void => {
  for (let at = 0; at < bytes.length; ) {
    const count = files.write(handle, bytes.subarray(at));
    if (count <= 0) throw failure(path, "the disk took no more bytes");
    at += count;
  }
};

/** Writes one new file and hashes what it writes. */
const writeFile = (files: FileSystem, root: string, { path, bytes }: Artifact): ManifestEntry => {
  const hash = createHash("sha256");
  let size = 0;
  const handle = files.create(join(root, path));
  try {
    for (const part of bytes()) {
      writeAll(files, handle, part, path);
      hash.update(part);
      size += part.length;
    }
  } catch (error) {
    attempt(() => files.close(handle));
    throw error;
  }
  files.close(handle);
  return { path, bytes: size, sha256: hash.digest("hex") };
};

/** Makes the folders between `root` and the file that are not made yet. */
const makeFolders = (files: FileSystem, root: string, path: string, made: Set<string>): void => {
  const parts = path.split("/").slice(0, -1);
  parts.forEach((_, i) => {
    const folder = parts.slice(0, i + 1).join("/");
    if (made.has(folder)) return;
    files.makeFolder(join(root, folder));
    made.add(folder);
  });
};

const writeFolder = (
  files: FileSystem,
  root: string,
  artifacts: readonly Artifact[],
  producer: string,
): Manifest => {
  const made = new Set<string>();
  const entries = artifacts.toSorted(byPath).map((artifact) => {
    makeFolders(files, root, artifact.path, made);
    return writeFile(files, root, artifact);
  });
  const manifest = { producer, files: entries };
  const text = new TextEncoder().encode(renderManifest(manifest));
  writeFile(files, root, { path: manifestName, bytes: () => [text] });
  return manifest;
};

/** Puts the new folder in the place of the old one; puts the old one back when that fails. */
const exchange = (files: FileSystem, fresh: string, target: string, aside: string): void => {
  files.rename(target, aside);
  try {
    files.rename(fresh, target);
  } catch (error) {
    attempt(() => files.rename(aside, target));
    throw error;
  }
  attempt(() => files.removeTree(aside));
};

/** Makes a folder and its missing parents, and puts them in front of `made`. */
const makeParents = (files: FileSystem, folder: string, made: string[]): void => {
  if (files.stateOf(folder).kind !== "missing") return;
  makeParents(files, dirname(folder), made);
  files.makeFolder(folder);
  made.unshift(folder);
};

/** Turns a failure of the operating system into a diagnostic, and leaves every other error as it is. */
const asWriteFailure = (error: unknown, folder: string): unknown =>
  error instanceof Error && "syscall" in error ? failure(folder, error.message) : error;

/**
 * Writes a build folder: all of it, or nothing. The files go into a hidden folder beside the target, the
 * manifest last, and one rename shows them. A folder that exists is replaced only when it holds a manifest of
 * ours and nothing else. Throws Rejected: `output/not-ours`, `output/strangers`, `output/manifest-version`,
 * `environment/write-failed`; an error of an artifact passes through. Then the old output is as it was.
 */
export const publish = (
  folder: string,
  artifacts: readonly Artifact[],
  options: PublishOptions,
): Manifest => {
  const { producer, files = disk } = options;
  checkPaths(artifacts);
  const target = resolve(folder);
  const parent = dirname(target);
  const { fresh, aside } = sideFolders(parent, basename(target), process.pid);
  const parents: string[] = [];
  let begun = false;
  try {
    recover(files, target);
    const replaces = checkTarget(files, target, folder);
    makeParents(files, parent, parents);
    files.makeFolder(fresh);
    begun = true;
    const manifest = writeFolder(files, fresh, artifacts, producer);
    if (replaces) exchange(files, fresh, target, aside);
    else files.rename(fresh, target);
    return manifest;
  } catch (error) {
    if (begun) attempt(() => files.removeTree(fresh));
    for (const made of parents) attempt(() => files.removeFolder(made));
    throw asWriteFailure(error, folder);
  }
};
