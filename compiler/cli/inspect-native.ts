import { network as networkFields, printNetlist } from "../ir/index.ts";
import { lowerNative } from "../native/index.ts";
import { usualProfile } from "../pipeline/index.ts";
import type { NativeJob } from "./job.ts";
import { type NativeFlags, planNative } from "./native-plan.ts";
import { nativeText } from "./native-text.ts";
import { printNotes } from "./terminal.ts";

/** A native network as its file has it, or at the spiking level as a compile with these flags steps it. Throws Rejected. */
export const nativeJobText = (
  job: NativeJob,
  flags: NativeFlags & { readonly level?: string | undefined },
): string => {
  if (flags.level !== "spiking") return nativeText(job.network);
  const { network, options } = planNative(job, { ...flags, mode: "auto" });
  const { profile, dt, reset, steps } = options;
  const lowered = lowerNative(network, { profile: profile ?? usualProfile, dt, reset, steps: steps ?? 0 });
  printNotes(lowered.notes);
  return printNetlist("spiking", networkFields, lowered.network);
};
