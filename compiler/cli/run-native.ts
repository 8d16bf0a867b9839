import { nowhere, Rejected } from "../diagnostics/index.ts";
import type { LoadedNative, LoadedTarget } from "../pipeline/index.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import type { Evaluation } from "./documents.ts";
import { evaluateNative, type NativeOptions, type NativeSubject, portOfNetwork } from "./evaluate-native.ts";
import { openProgram } from "./program.ts";
import type { RunFlags } from "./run-flags.ts";
import { openStreamData } from "./streams.ts";

/** A target of a native build, from the files that were emitted. */
export const nativeSubject = (build: LoadedNative, { name }: LoadedTarget): NativeSubject => ({
  target: name,
  program: openProgram(build.folder, name),
});

/** Whether the emitted program runs too. Throws Rejected for levels that a native build does not have. */
export const comparesMachine = (names: readonly string[]): boolean => {
  const unknown = names.filter((n) => n !== "machine");
  if (unknown.length > 0)
    throw new Rejected(
      unknown.map((level) =>
        cliDiagnostics.report("level-not-built", nowhere, { level, known: "spiking, machine" }),
      ),
    );
  return names.length > 0;
};

/** Runs the data that flags ask for. */
export const runStreams = (
  build: LoadedNative,
  subject: NativeSubject,
  flags: RunFlags,
  options: Omit<NativeOptions, "machine">,
): { readonly run: Evaluation; readonly allSteps: number } => {
  const port = portOfNetwork(subject.program.network);
  const data = openStreamData(
    { inputs: flags.data, labels: flags.labels ?? null },
    port,
    {
      scale: flags.inputScale ?? build.preparation.scale,
      offset: flags.inputOffset ?? build.preparation.offset,
    },
    { skip: flags.from ?? 0, take: flags.limit ?? null },
  );
  return evaluateNative(subject, port, data, { ...options, machine: comparesMachine(flags.compare ?? []) });
};
