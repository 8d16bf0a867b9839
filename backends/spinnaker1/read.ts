import type { z } from "zod";
import { type Diagnostic, inFile } from "../../compiler/diagnostics/index.ts";
import { spinnaker1Diagnostics } from "./diagnostics.ts";
import {
  type KeyCountsDocument,
  type KeysDocument,
  keyCountsDocument,
  keysDocument,
  type MachineDocument,
  machineDocument,
  type PlacementsDocument,
  placementsDocument,
  type TablesDocument,
  tablesDocument,
} from "./documents.ts";

/** The parsed files of a build. */
export interface Documents {
  readonly machine: MachineDocument;
  readonly placements: PlacementsDocument;
  readonly tables: TablesDocument;
  readonly keyCounts: KeyCountsDocument;
  readonly keys: KeysDocument;
}

export const fileNames = {
  machine: "machine.json",
  placements: "placements.json",
  tables: "routing_tables.json",
  keyCounts: "n_keys_map.json",
  keys: "keys.json",
} as const;

/** What a file holds, or why it cannot be read. */
type Read<T> = { readonly value: T } | { readonly fault: Diagnostic };

const parseJson = (bytes: Uint8Array): { readonly json: unknown } | { readonly reason: string } => {
  try {
    const json: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return { json };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return { reason: error.message };
    throw error;
  }
};

const readFile = <T>(
  files: ReadonlyMap<string, Uint8Array>,
  file: string,
  document: z.ZodType<T>,
): Read<T> => {
  const damaged = (reason: string): Read<T> => ({
    fault: spinnaker1Diagnostics.report("file-damaged", inFile(file), { file, reason }),
  });
  const bytes = files.get(file);
  if (bytes === undefined) {
    const all = Object.values(fileNames).join(", ");
    return { fault: spinnaker1Diagnostics.report("file-missing", inFile(file), { file, all }) };
  }
  const parsed = parseJson(bytes);
  if ("reason" in parsed) return damaged(parsed.reason);
  const result = document.safeParse(parsed.json);
  if (result.success) return { value: result.data };
  const [first] = result.error.issues;
  return damaged(`${first?.path.join(".") ?? ""}: ${first?.message ?? ""}`);
};

/** All files, or the faults of all that cannot be read. */
export const readDocuments = (
  files: ReadonlyMap<string, Uint8Array>,
): { readonly value: Documents } | { readonly faults: readonly Diagnostic[] } => {
  const machine = readFile(files, fileNames.machine, machineDocument);
  const placements = readFile(files, fileNames.placements, placementsDocument);
  const tables = readFile(files, fileNames.tables, tablesDocument);
  const keyCounts = readFile(files, fileNames.keyCounts, keyCountsDocument);
  const keys = readFile(files, fileNames.keys, keysDocument);
  if (
    "value" in machine &&
    "value" in placements &&
    "value" in tables &&
    "value" in keyCounts &&
    "value" in keys
  ) {
    return {
      value: {
        machine: machine.value,
        placements: placements.value,
        tables: tables.value,
        keyCounts: keyCounts.value,
        keys: keys.value,
      },
    };
  }
  return {
    faults: [machine, placements, tables, keyCounts, keys].flatMap((read) =>
      "fault" in read ? [read.fault] : [],
    ),
  };
};
