import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { inFile, Rejected } from "../../compiler/diagnostics/index.ts";
import { dataDiagnostics, environmentDiagnostics } from "./diagnostics.ts";
import { limits } from "./limits.ts";

/** Most bytes asked for in one read: Node refuses more than 2^31 - 1. */
const chunk = 2 ** 30;

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

const readFailed = (path: string, reason: string): Rejected =>
  new Rejected([environmentDiagnostics.report("read-failed", inFile(path), { reason })]);

const refusal = (path: string, error: unknown): unknown => {
  const code = codeOf(error);
  if (code === "ENOENT" || code === "ENOTDIR")
    return new Rejected([dataDiagnostics.report("missing", inFile(path), { path })]);
  return code === "" || !(error instanceof Error) ? error : readFailed(path, error.message);
};

const kindOf = (stats: Stats): string => {
  if (stats.isDirectory()) return "a folder";
  if (stats.isFIFO()) return "a pipe";
  return stats.isSocket() ? "a socket" : "a device";
};

const checkedSize = (path: string, stats: Stats, limit: number): number => {
  if (!stats.isFile())
    throw new Rejected([dataDiagnostics.report("not-a-file", inFile(path), { path, kind: kindOf(stats) })]);
  if (stats.size <= limit) return stats.size;
  throw new Rejected([dataDiagnostics.report("too-large", inFile(path), { bytes: stats.size, limit })]);
};

const readAll = (handle: number, size: number, path: string): Uint8Array => {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; ) {
    const count = readSync(handle, bytes, at, Math.min(chunk, size - at), at);
    if (count === 0)
      throw readFailed(path, `the file became shorter while it was read: ${at} of ${size} bytes`);
    at += count;
  }
  return bytes;
};

/**
 * The bytes of a regular file of at most `limit` bytes. Never blocks on a pipe. Throws Rejected:
 * `data/missing`, `data/not-a-file`, `data/too-large` or `environment/read-failed`.
 */
export const readFileBounded = (path: string, limit: number = limits.fileBytes): Uint8Array => {
  let handle: number | null = null;
  try {
    handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return readAll(handle, checkedSize(path, fstatSync(handle), limit), path);
  } catch (error) {
    throw refusal(path, error);
  } finally {
    if (handle !== null) closeSync(handle);
  }
};
