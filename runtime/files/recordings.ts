import { readdirSync, statSync } from "node:fs";
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

const ending = ".bs2";
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
  const wrong = lines.findIndex((line) => !/^[\w-]+(\.bs2)?\s+\d{1,9}$/.test(line));
  if (wrong >= 0 || lines.length > limits.entries ** 2) {
    const fault = `entry ${wrong + 1} is not a recording's name and its class`;
    throw new Rejected([
      dataDiagnostics.report("damaged", inFile(path), { format: "list", fault, tool: "a text editor" }),
    ]);
  }
  return lines.map((line) => {
    const [name = "", label = ""] = line.split(/\s+/);
    const file = name.endsWith(ending) ? name : `${name}${ending}`;
    return { path: join(folder, file), label: Number.parseInt(label, 10) };
  });
};

/** True for a folder, or a `.txt` list beside recordings. */
export const isRecordingSet = (path: string): boolean => path.endsWith(".txt") || isFolder(path);

/**
 * The recordings of a folder by name, or those that a list names (`name class` a line, recordings beside it). A folder
 * with exactly one `.txt` is read by that list, or by `list`. Throws Rejected when there are none.
 */
export const listRecordings = (path: string, list: string | null = null): readonly ListedRecording[] => {
  if (list !== null) return listed(list, path);
  if (!isFolder(path)) return listed(path, dirname(path));
  const names = readdirSync(path).sort();
  const lists = names.filter((name) => name.endsWith(".txt"));
  const [only] = lists;
  if (only !== undefined && lists.length === 1) return listed(join(path, only), path);
  const found = names.filter((name) => name.endsWith(ending));
  if (found.length === 0)
    throw new Rejected([dataDiagnostics.report("no-recordings", inFile(path), { ending })]);
  return found.map((name) => ({ path: join(path, name), label: null }));
};
