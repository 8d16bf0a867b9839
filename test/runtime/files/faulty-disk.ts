import { disk, type FileSystem } from "../../../runtime/files/index.ts";

/** A disk whose calls fail as planned, and that takes a few bytes a write. */
export interface FaultyDisk extends FileSystem {
  /** Calls made so far. */
  readonly count: () => number;
}

/** An error as Node's file system calls throw it. */
const systemError = (syscall: string): Error =>
  Object.assign(new Error(`ENOSPC: no space left on device, ${syscall}`), { code: "ENOSPC", syscall });

/** `fails` says for each call, counted from 0, whether it fails. The real disk does the rest. */
export const faultyDisk = (fails: (call: number) => boolean, writeBytes = 3): FaultyDisk => {
  let calls = 0;
  const check = (name: string): void => {
    if (fails(calls++)) throw systemError(name);
  };
  const guarded =
    <A extends readonly unknown[], R>(name: string, call: (...args: A) => R) =>
    (...args: A): R => {
      check(name);
      return call(...args);
    };
  return {
    count: () => calls,
    isAlive: disk.isAlive,
    stateOf: guarded("lstat", disk.stateOf),
    list: guarded("scandir", disk.list),
    makeFolder: guarded("mkdir", disk.makeFolder),
    removeFolder: guarded("rmdir", disk.removeFolder),
    removeTree: guarded("rm", disk.removeTree),
    rename: guarded("rename", disk.rename),
    create: guarded("open", disk.create),
    open: guarded("open", disk.open),
    write: guarded("write", (handle: number, bytes: Uint8Array) =>
      disk.write(handle, bytes.subarray(0, writeBytes)),
    ),
    read: guarded("read", disk.read),
    close: guarded("close", disk.close),
  };
};
