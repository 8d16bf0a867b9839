import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeSync,
} from "node:fs";

/** What a path is, links not followed. */
export interface PathState {
  readonly kind: "missing" | "file" | "folder" | "other";
  /** Bytes of a file, else 0. */
  readonly bytes: number;
}

/** The calls that outputs are written and checked with. Each may throw; a test makes each one fail. */
export interface FileSystem {
  stateOf(path: string): PathState;
  /** Names in a folder, sorted by code unit. */
  list(folder: string): readonly string[];
  /** Fails when the path exists or its parent does not. */
  makeFolder(path: string): void;
  /** Removes an empty folder. */
  removeFolder(path: string): void;
  /** Removes a folder and what is in it. */
  removeTree(path: string): void;
  rename(from: string, to: string): void;
  /** Opens a new file for writing; fails when the path exists. */
  create(path: string): number;
  open(path: string): number;
  /** Bytes written, which may be fewer than given. */
  write(handle: number, bytes: Uint8Array): number;
  /** Bytes read into the front of `bytes`; 0 at the end. */
  read(handle: number, bytes: Uint8Array): number;
  close(handle: number): void;
  /** True when a process of this id runs on this machine. */
  isAlive(pid: number): boolean;
}

const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && "code" in error && codes.some((code) => code === error.code);

const stateOf = (path: string): PathState => {
  try {
    const stats = lstatSync(path);
    if (stats.isFile()) return { kind: "file", bytes: stats.size };
    return { kind: stats.isDirectory() ? "folder" : "other", bytes: 0 };
  } catch (error) {
    if (isCode(error, "ENOENT", "ENOTDIR")) return { kind: "missing", bytes: 0 };
    throw error;
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, "EPERM");
  }
};

/** The real disk. */
export const disk: FileSystem = {
  stateOf,
  isAlive,
  list: (folder) => readdirSync(folder).sort(),
  makeFolder: (path) => {
    mkdirSync(path);
  },
  removeFolder: (path) => rmdirSync(path),
  removeTree: (path) => rmSync(path, { recursive: true, force: true }),
  rename: (from, to) => renameSync(from, to),
  create: (path) => openSync(path, "wx"),
  open: (path) => openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW),
  write: (handle, bytes) => writeSync(handle, bytes),
  read: (handle, bytes) => readSync(handle, bytes),
  close: (handle) => closeSync(handle),
};

/** Runs a call whose failure changes nothing that matters, such as a clean-up. */
export const attempt = (call: () => void): void => {
  try {
    call();
  } catch {
    return;
  }
};
