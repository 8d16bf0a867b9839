import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, realpathSync } from "node:fs";
import { resolve, sep } from "node:path";
import { locationFault } from "./entries.ts";

/** What kind of refusal it is: the text of the path, a link on the way, or what is (not) there. */
export interface Refusal {
  readonly kind: "path" | "link" | "file";
  readonly fault: string;
}

/** The file as it was seen, so that a later reading can tell that it is still the same. */
export interface Identity {
  readonly path: string;
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: number;
  readonly modified: bigint;
}

export interface GateOptions {
  /** Reads a file that has a second name, a hard link. It may be a file of another folder. */
  readonly allowHardLinks: boolean;
}

class Refused extends Error {
  readonly refusal: Refusal;

  constructor(kind: Refusal["kind"], fault: string) {
    super(fault);
    this.refusal = { kind, fault };
  }
}

const refuse = (kind: Refusal["kind"], fault: string): never => {
  throw new Refused(kind, fault);
};

interface Stats {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly nlink: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  isFile(): boolean;
  isDirectory(): boolean;
  isFIFO(): boolean;
}

const demandPlainFile = (stats: Stats, { allowHardLinks }: GateOptions): void => {
  const kind = stats.isDirectory() ? "a folder" : stats.isFIFO() ? "a pipe" : "a device or socket";
  if (!stats.isFile()) refuse("file", `it is ${kind}, not a regular file`);
  if (stats.nlink !== 1n && !allowHardLinks)
    refuse("link", `it is a file with ${stats.nlink} names (hard links)`);
};

/** The path in the folder; neither the file nor a folder on the way may be a link. */
const pathInside = (folder: string, location: string): string => {
  const fault = locationFault(location);
  if (fault !== null) refuse("path", fault);
  const root = realpathSync(folder);
  const path = resolve(root, location);
  if (!path.startsWith(root.endsWith(sep) ? root : root + sep))
    refuse("path", "it leaves the model's folder");
  if (realpathSync(path) !== path) refuse("link", "it is a symbolic link, or lies behind one");
  return path;
};

const sameFile = (a: Stats, b: Stats): boolean => a.dev === b.dev && a.ino === b.ino;

/** Opens without following a link at the end and without waiting for a pipe. */
const openPlain = (path: string): number =>
  openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

const refusalOf = (error: unknown): Refusal => {
  if (error instanceof Refused) return error.refusal;
  const code = codeOf(error);
  if (code === "ENOENT" || code === "ENOTDIR") return { kind: "file", fault: "it does not exist" };
  if (code === "ELOOP") return { kind: "link", fault: "it is a symbolic link, or lies behind one" };
  if (code === "") throw error;
  return { kind: "file", fault: `the operating system says ${code}` };
};

/**
 * The only function that opens files which a model names. The location must be a relative path inside the
 * folder; no part of it may be a link; it must be a regular file with one name; and what was checked must be
 * what was opened (onnx/onnx:docs/Security.md; CVE-2022-25882, CVE-2024-27318, CVE-2026-27489, -34446, -34447).
 * `use` runs while the file is open. Gives the refusal instead of throwing it.
 */
export const throughGate = <T>(
  folder: string,
  location: string,
  options: GateOptions,
  use: (handle: number, identity: Identity) => T,
): { readonly ok: T } | { readonly refusal: Refusal } => {
  let handle: number | null = null;
  try {
    const path = pathInside(folder, location);
    demandPlainFile(lstatSync(path, { bigint: true }), options);
    handle = openPlain(path);
    const stats = fstatSync(handle, { bigint: true });
    demandPlainFile(stats, options);
    // A folder on the way may have been replaced between the check and the opening: look again.
    if (realpathSync(path) !== path || !sameFile(stats, lstatSync(path, { bigint: true })))
      refuse("link", "it was replaced while it was opened");
    const { dev: device, ino: inode, mtimeNs: modified } = stats;
    return { ok: use(handle, { path, device, inode, size: Number(stats.size), modified }) };
  } catch (error) {
    return { refusal: refusalOf(error) };
  } finally {
    if (handle !== null) closeSync(handle);
  }
};

/** Most bytes asked for in one read: Node refuses more than 2^31 - 1. */
const chunk = 2 ** 30;

/** `count` bytes at `offset`, or null when the file ends before. */
export const readAt = (handle: number, offset: number, count: number): Uint8Array | null => {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; ) {
    const done = readSync(handle, bytes, at, Math.min(chunk, count - at), offset + at);
    if (done === 0) return null;
    at += done;
  }
  return bytes;
};
