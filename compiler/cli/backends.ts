import { nowhere, Rejected } from "../diagnostics/index.ts";
import type { Backend } from "../target/index.ts";
import { cliDiagnostics } from "./diagnostics.ts";

/** Where each back end lives; loaded when it is asked for. */
const table: ReadonlyMap<string, () => Promise<Backend>> = new Map([
  ["loihi1", async () => (await import("../../backends/loihi1/index.ts")).loihi1],
  ["spinnaker1", async () => (await import("../../backends/spinnaker1/index.ts")).spinnaker1],
  ["nir", async () => (await import("../../backends/nir/index.ts")).nir],
  ["simulator", async () => (await import("../../backends/simulator/index.ts")).simulator],
]);

export const backendNames: readonly string[] = [...table.keys()];

/** Loads back ends by name, each once. Throws Rejected with all unknown names. */
export const loadBackends = async (names: readonly string[]): Promise<readonly Backend[]> => {
  const wanted = [...new Set(names)];
  const unknown = wanted.filter((name) => !table.has(name));
  if (unknown.length > 0)
    throw new Rejected(
      unknown.map((name) =>
        cliDiagnostics.report("unknown-target", nowhere, { name, known: backendNames.join(", ") }),
      ),
    );
  return Promise.all(wanted.flatMap((name) => table.get(name)?.() ?? []));
};
