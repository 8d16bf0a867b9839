import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { inFile, Rejected } from "../../compiler/diagnostics/index.ts";
import { dataDiagnostics } from "./diagnostics.ts";
import { limits } from "./limits.ts";
import { readFileBounded } from "./read-file.ts";

/** One recording of a set: where it lies, and its class where a list names it. */
export interface ListedRecording {
  readonly path: string;
  readonly label: number | null;
}

/** `.bin` is what N-MNIST calls the same five bytes an event. */
const endings = [".bs2", ".bin"];
const isRecording = (name: string): boolean => endings.some((ending) => name.endsWith(ending));
const listBytes = 2 ** 24;

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const linesOf = (path: string): readonly string[] =>
  new TextDecoder()
    .decode(readFileBounded(path, listBytes))
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));

/** `name class` a line; a name is a plain number or word, never a path. */
const listed = (path: string, folder: string): readonly ListedRecording[] => {
  const lines = linesOf(path);
  const wrong = lines.findIndex((line) => !/^[\w-]+(\.bs2|\.bin)?\s+\d{1,9}$/.test(line));
  if (wrong >= 0 || lines.length > limits.entries ** 2) {
    const fault = `entry ${wrong + 1} is not a recording's name and its class`;
    throw new Rejected([
      dataDiagnostics.report("damaged", inFile(path), { format: "list", fault, tool: "a text editor" }),
    ]);
  }
  return lines.map((line) => {
    const [name = "", label = ""] = line.split(/\s+/);
    return { path: fileOf(name, folder), label: Number.parseInt(label, 10) };
  });
};

/** The file of a name; without an ending the one that is there. */
const fileOf = (name: string, folder: string): string => {
  if (isRecording(name)) return join(folder, name);
  const found = endings.find((ending) => existsSync(join(folder, `${name}${ending}`)));
  return join(folder, `${name}${found ?? endings[0]}`);
};

/** Recordings in folders that are named by their class, as N-MNIST is published. */
const byClass = (path: string, names: readonly string[]): readonly ListedRecording[] =>
  names
    .filter((name) => /^\d{1,4}$/.test(name) && isFolder(join(path, name)))
    .map(Number)
    .sort((a, b) => a - b)
    .flatMap((label) => {
      const folder = join(path, names.find((name) => Number(name) === label) ?? String(label));
      return readdirSync(folder)
        .filter(isRecording)
        .sort()
        .map((name) => ({ path: join(folder, name), label }));
    });

/** True for a folder, or a `.txt` list beside recordings. */
export const isRecordingSet = (path: string): boolean => path.endsWith(".txt") || isFolder(path);

/**
 * The recordings of a folder by name, or those that a list names (`name class` a line, recordings beside it). A folder
 * with exactly one `.txt` is read by that list, or by `list`; one without recordings by its folders, which are named by
 * classes. Throws Rejected when there are none.
 */
export const listRecordings = (path: string, list: string | null = null): readonly ListedRecording[] => {
  if (list !== null) return listed(list, path);
  if (!isFolder(path)) return listed(path, dirname(path));
  const names = readdirSync(path).sort();
  const lists = names.filter((name) => name.endsWith(".txt"));
  const [only] = lists;
  if (only !== undefined && lists.length === 1) return listed(join(path, only), path);
  const found = names.filter(isRecording).map((name) => ({ path: join(path, name), label: null }));
  const all = found.length > 0 ? found : byClass(path, names);
  if (all.length > 0) return all;
  throw new Rejected([
    dataDiagnostics.report("no-recordings", inFile(path), { ending: endings.join(" or ") }),
  ]);
};
