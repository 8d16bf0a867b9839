import { type Diagnostic, inFile, orFaults } from "../../compiler/diagnostics/index.ts";
import { importNir } from "../../compiler/formats/nir/index.ts";
import { programFiles, readProgram } from "../../compiler/formats/program/index.ts";
import { nirTargetDiagnostics } from "./diagnostics.ts";
import { networkFile } from "./exchange.ts";

/** What a reader says that refuses. */
const faultsOf = (read: () => unknown): readonly Diagnostic[] =>
  orFaults(() => {
    read();
    return [];
  });

/** Reads the network and the program back, and reports what is missing or cannot be read. */
export const validateNir = (files: ReadonlyMap<string, Uint8Array>): readonly Diagnostic[] => {
  const [network, json, binary] = [networkFile, programFiles.json, programFiles.binary].map((f) =>
    files.get(f),
  );
  if (network !== undefined && json !== undefined && binary !== undefined)
    return [...faultsOf(() => importNir(network, networkFile)), ...faultsOf(() => readProgram(json, binary))];
  return [networkFile, programFiles.json, programFiles.binary].flatMap((file) =>
    files.has(file) ? [] : [nirTargetDiagnostics.report("missing", inFile(file), { file })],
  );
};
