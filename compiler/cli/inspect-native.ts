import { inFile, Rejected } from "../diagnostics/index.ts";
import { network as networkFields, printNetlist } from "../ir/index.ts";
import { lowerNative } from "../native/index.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import type { NativeJob } from "./job.ts";
import { type NativeFlags, nativeOptions } from "./native-plan.ts";
import { nativeText } from "./native-text.ts";
import { printNotes } from "./terminal.ts";

/** A level that a native network does not have. */
export const noLevel = (file: string, level: string, known: string): Rejected =>
  new Rejected([cliDiagnostics.report("level-not-built", inFile(file), { level, known })]);

/** A native network as its file has it, or at the spiking level under the dynamics that the flags ask for. */
export const nativeJobText = (
  { network, stated }: NativeJob,
  path: string,
  flags: NativeFlags & { readonly level?: string },
): string => {
  const { level = "native" } = flags;
  if (level === "native") return nativeText(network);
  if (level !== "spiking") throw noLevel(path, level, "native, spiking");
  const { profile, dt, reset, steps } = nativeOptions(stated, flags);
  const lowered = lowerNative(network, {
    profile: profile ?? "snntorch",
    dt,
    reset,
    steps: steps ?? 0,
  });
  printNotes(lowered.notes);
  return printNetlist("spiking", networkFields, lowered.network);
};
