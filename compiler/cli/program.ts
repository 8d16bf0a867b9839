import { readFileSync } from "node:fs";
import { join } from "node:path";
import { programFiles, readProgram } from "../formats/program/index.ts";
import type { MachineProgram } from "../ir/index.ts";

/** The program of a target, read back from the files that were emitted. Throws Rejected when they are damaged. */
export const openProgram = (folder: string, target: string): MachineProgram => {
  const read = (file: string): Uint8Array => readFileSync(join(folder, target, file));
  return readProgram(read(programFiles.json), read(programFiles.binary));
};
