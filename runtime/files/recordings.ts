import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { inFile, Rejected } from "../../compiler/diagnostics/index.ts";
import { dataDiagnostics } from "./diagnostics.ts";
import { limits } from "./limits.ts";
import { readFileBounded } from "./read-file.ts";
import { isTarName, readTar } from "./tar.ts";

/** One recording of a set: what it is called, its bytes, and its class where a list or a folder names it. */
export interface ListedRecording {
  readonly path: string;
  readonly read: () => Uint8Array;
  readonly label: number | null;
}

const onDisk = (path: string, label: number | null): ListedRecording => ({
  path,
  read: () => readFileBounded(path),
  label,
});

/** `.bin` is what N-MNIST calls the same five bytes an event. */
const endings = [".bs2", ".bin"];
const isRecording = (name: string): boolean => endings.some((ending) => name.endsWith(ending));
const listBytes = 2 ** 24;

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

interface Entry {
  readonly name: string;
  readonly label: number;
}

/** `name class` a line; a name is a plain number or word, never a path. */
const entriesOf = (bytes: Uint8Array, file: string): readonly Entry[] => {
  const lines = new TextDecoder()
    .decode(bytes)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const wrong = lines.findIndex((line) => !/^[\w-]+(\.bs2|\.bin)?\s+\d{1,9}$/.test(line));
  if (wrong >= 0 || lines.length > limits.entries ** 2) {
    const fault = `entry ${wrong + 1} is not a recording's name and its class`;
    throw new Rejected([
      dataDiagnostics.report("damaged", inFile(file), { format: "list", fault, tool: "a text editor" }),
    ]);
  }
  return lines.map((line) => {
    const [name = "", label = ""] = line.split(/\s+/);
    return { name, label: Number.parseInt(label, 10) };
  });
};

const listed = (path: string, folder: string): readonly ListedRecording[] =>
  entriesOf(readFileBounded(path, listBytes), path).map(({ name, label }) =>
    onDisk(fileOf(name, folder), label),
  );

/** The file of a name; without an ending the one that is there. */
const fileOf = (name: string, folder: string): string => {
  if (isRecording(name)) return join(folder, name);
  const found = endings.find((ending) => existsSync(join(folder, `${name}${ending}`)));
  return join(folder, `${name}${found ?? endings[0]}`);
};

const isClass = (name: string): boolean => /^\d{1,4}$/.test(name);

/** Recordings in folders that are named by their class, as N-MNIST is published. */
const byClass = (path: string, names: readonly string[]): readonly ListedRecording[] =>
  names
    .filter((name) => isClass(name) && isFolder(join(path, name)))
    .sort((a, b) => Number(a) - Number(b))
    .flatMap((name) => {
      const folder = join(path, name);
      return readdirSync(folder)
        .filter(isRecording)
        .sort()
        .map((file) => onDisk(join(folder, file), Number(name)));
    });

/** The class that the folder of a path in an archive is named by. */
const classOf = (path: string): number | null => {
  const parent = path.split("/").at(-2) ?? "";
  return isClass(parent) ? Number(parent) : null;
};

/** Recordings of an archive: by its one list, or all of them by path, with the classes that folders name. */
const archived = (archive: string): readonly ListedRecording[] => {
  const files = readTar(readFileBounded(archive), archive);
  const names = [...files.keys()].sort();
  const from = (path: string, label: number | null): readonly ListedRecording[] => {
    const bytes = files.get(path);
    return bytes === undefined ? [] : [{ path: `${archive}/${path}`, read: () => bytes, label }];
  };
  const [list, ...more] = names.filter((name) => name.endsWith(".txt"));
  if (list === undefined || more.length > 0)
    return names.filter(isRecording).flatMap((name) => from(name, classOf(name)));
  const folder = list.slice(0, list.lastIndexOf("/") + 1);
  return entriesOf(files.get(list) ?? new Uint8Array(0), `${archive}/${list}`).flatMap(({ name, label }) => {
    const found = ["", ...endings].flatMap((ending) => from(`${folder}${name}${ending}`, label)).slice(0, 1);
    if (found.length > 0) return found;
    const fault = `its list names ${name}, which is not in it`;
    throw new Rejected([
      dataDiagnostics.report("damaged", inFile(archive), { format: "archive", fault, tool: "tar" }),
    ]);
  });
};

/** True for a folder, a `.txt` list beside recordings, or an archive. */
export const isRecordingSet = (path: string): boolean =>
  path.endsWith(".txt") || isTarName(path) || isFolder(path);

const nonEmpty = (found: readonly ListedRecording[], path: string): readonly ListedRecording[] => {
  if (found.length > 0) return found;
  const ending = endings.join(" or ");
  throw new Rejected([dataDiagnostics.report("no-recordings", inFile(path), { ending })]);
};

/**
 * The recordings of a folder by name, or those that a list names (`name class` a line, recordings beside it). A folder
 * with exactly one `.txt` is read by that list, or by `list`; one without recordings by its folders, which are named by
 * classes; a `.tar`, `.tar.gz` or `.tar.xz` archive is read as a folder is. Throws Rejected when there are none.
 */
export const listRecordings = (path: string, list: string | null = null): readonly ListedRecording[] => {
  if (list !== null) return listed(list, path);
  if (isTarName(path) && !isFolder(path)) return nonEmpty(archived(path), path);
  if (!isFolder(path)) return listed(path, dirname(path));
  const names = readdirSync(path).sort();
  const lists = names.filter((name) => name.endsWith(".txt"));
  const [only] = lists;
  if (only !== undefined && lists.length === 1) return listed(join(path, only), path);
  const found = names.filter(isRecording).map((name) => onDisk(join(path, name), null));
  return nonEmpty(found.length > 0 ? found : byClass(path, names), path);
};
