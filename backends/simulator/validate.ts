import { type Diagnostic, inFile, orFaults } from "../../compiler/diagnostics/index.ts";
import { programFiles, readProgram } from "../../compiler/formats/program/index.ts";
import { simulatorDiagnostics } from "./diagnostics.ts";
import { writeSimulator } from "./write.ts";

type Files = ReadonlyMap<string, Uint8Array>;

const missing = (file: string): Diagnostic => simulatorDiagnostics.report("missing", inFile(file), { file });

const byteAt = (bytes: Uint8Array, at: number): string => String(bytes[at] ?? "the end");

/** The first byte that two files do not share, or null. */
const firstDifference = (found: Uint8Array, expected: Uint8Array): number | null => {
  const length = Math.min(found.length, expected.length);
  for (let i = 0; i < length; i++) if (found[i] !== expected[i]) return i;
  return found.length === expected.length ? null : length;
};

const compare = (
  file: string,
  found: Uint8Array | undefined,
  expected: Uint8Array,
): readonly Diagnostic[] => {
  if (found === undefined) return [missing(file)];
  const at = firstDifference(found, expected);
  if (at === null) return [];
  const holes = { file, at, found: byteAt(found, at), expected: byteAt(expected, at) };
  return [simulatorDiagnostics.report("differs", inFile(file), holes)];
};

/** Writes the files once more from `program.json` and `program.bin`, and reports every file that is not the same. */
export const validateSimulator = (files: Files): readonly Diagnostic[] => {
  const [json, binary] = [files.get(programFiles.json), files.get(programFiles.binary)];
  if (json === undefined || binary === undefined) {
    return Object.values(programFiles)
      .filter((file) => !files.has(file))
      .map(missing);
  }
  const program = orFaults(() => readProgram(json, binary));
  if (!("network" in program)) return program;
  return writeSimulator(program).flatMap(({ path, bytes }) =>
    compare(path, files.get(path), Buffer.concat([...bytes()])),
  );
};
