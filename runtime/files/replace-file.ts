import { chmodSync, realpathSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { inFile, Rejected } from "../../compiler/diagnostics/index.ts";
import { environmentDiagnostics } from "./diagnostics.ts";
import { attempt, disk, type FileSystem } from "./file-system.ts";
import { sideFolders } from "./output-target.ts";

const writeNew = (files: FileSystem, path: string, bytes: Uint8Array): void => {
  const handle = files.create(path);
  try {
    for (let at = 0; at < bytes.length; ) {
      const count = files.write(handle, bytes.subarray(at));
      if (count <= 0) throw new Error("the disk took no more bytes");
      at += count;
    }
  } catch (error) {
    attempt(() => files.close(handle));
    throw error;
  }
  files.close(handle);
};

/**
 * Gives a file other bytes in one rename, so that it is the old one or the new one and nothing between. Permissions
 * stay; a link stays a link. Throws Rejected `environment/write-failed`; then the file is as it was.
 */
export const replaceFile = (path: string, bytes: Uint8Array, files: FileSystem = disk): void => {
  let fresh: string | null = null;
  try {
    const target = realpathSync(path);
    const side = sideFolders(dirname(target), basename(target), process.pid).fresh;
    const { mode } = statSync(target);
    attempt(() => files.removeTree(side));
    fresh = side;
    writeNew(files, side, bytes);
    chmodSync(side, mode);
    files.rename(side, target);
  } catch (error) {
    const left = fresh;
    if (left !== null) attempt(() => files.removeTree(left));
    const reason = error instanceof Error ? error.message : String(error);
    throw new Rejected([environmentDiagnostics.report("write-failed", inFile(path), { reason })]);
  }
};
