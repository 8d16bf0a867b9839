import { atNode, type Diagnostic, nowhere, Rejected } from "../diagnostics/index.ts";
import { type InputCode, type NativeNetwork, profileNames, profiles } from "../native/index.ts";
import { type NativeCompileOptions, type Preparation, usualProfile } from "../pipeline/index.ts";
import type { ChoiceFlags } from "./compile-options.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import type { Job, NativeJob } from "./job.ts";

/** Flags for networks that spike by themselves. */
export interface NativeFlags {
  readonly dynamics?: string;
  readonly dt?: number;
  readonly reset?: string;
  readonly steps?: number;
  readonly encode?: string;
}

/** One native compile: flags win over what the file says. */
export interface NativePlan {
  readonly network: NativeNetwork;
  readonly options: NativeCompileOptions;
  readonly preparation: Preparation;
}

const oneOf = <T extends string>(flag: string, given: string | undefined, known: readonly T[]): T | null => {
  if (given === undefined) return null;
  const found = known.find((k) => k === given);
  if (found !== undefined) return found;
  const holes = { flag, given, known: known.join(", ") };
  throw new Rejected([cliDiagnostics.report("unknown-word", nowhere, holes)]);
};

const codes = ["rate", "latency", "current"] as const;

/** How often a value of 1 spikes, how long a sample is: whole steps of the clock. */
const codeFor = (kind: (typeof codes)[number], steps: number, dt: number): InputCode => {
  const time = steps * dt;
  return kind === "rate" ? { kind, peak: 1 / dt, time, seed: 0 } : { kind, time };
};

/** The network with a code at every input that has none. */
const encoded = (network: NativeNetwork, code: InputCode | null): NativeNetwork =>
  code === null
    ? network
    : {
        ...network,
        nodes: network.nodes.map((node) =>
          node.op.kind === "input" && node.op.code === null ? { ...node, op: { ...node.op, code } } : node,
        ),
      };

const codeOf = (flags: NativeFlags, options: NativeCompileOptions): InputCode | null => {
  const kind = oneOf("--encode", flags.encode, codes);
  if (kind === null) return null;
  if (options.steps === null) {
    const holes = { code: kind };
    throw new Rejected([cliDiagnostics.report("encode-without-steps", nowhere, holes)]);
  }
  const { dt } = profiles[options.profile ?? usualProfile];
  return codeFor(kind, options.steps, options.dt ?? dt ?? 1);
};

/** What was asked for, over what the file says. */
const nativeOptions = (stated: NativeCompileOptions, flags: NativeFlags): NativeCompileOptions => ({
  profile: oneOf("--dynamics", flags.dynamics, profileNames) ?? stated.profile,
  dt: flags.dt ?? stated.dt,
  reset: oneOf("--reset", flags.reset, ["hard", "soft"]) ?? stated.reset,
  steps: flags.steps ?? stated.steps,
  ...(stated.rounding === undefined ? {} : { rounding: stated.rounding }),
});

/** Flags that only exact compiles read, by the names that users write. */
const exactFlags: Readonly<
  Record<Exclude<keyof ChoiceFlags, "mode" | "verify"> | "calibrate" | "samples", string>
> = {
  levels: "--levels",
  weightBits: "--weight-bits",
  inputBits: "--input-bits",
  fold: "--fold",
  calibrate: "--calibrate",
  samples: "--samples",
  seed: "--seed",
  dumpAfter: "--dump-after",
  stopAfter: "--stop-after",
  skip: "--skip",
};

const nativeFlags: Readonly<Record<keyof NativeFlags, string>> = {
  dynamics: "--dynamics",
  dt: "--dt",
  reset: "--reset",
  steps: "--steps",
  encode: "--encode",
};

/** Notes for flags that a compile of this kind does not read. */
export const unusedFlags = (kind: Job["kind"], flags: object): readonly Diagnostic[] => {
  const [names, why] =
    kind === "exact"
      ? [nativeFlags, "nothing in the network spikes by itself"]
      : [exactFlags, "the network spikes by itself: nothing is quantized or compressed"];
  const given = new Map(Object.entries(flags));
  return Object.entries(names).flatMap(([name, flag]) =>
    given.get(name) === undefined ? [] : [cliDiagnostics.report("flag-unused", nowhere, { flag, why })],
  );
};

/** A program that says its step has counted its times in it: neither step nor dynamics is another one then. */
const refuseOverride = ({ dt, profile }: NativeCompileOptions, flags: NativeFlags): void => {
  if (dt === null) return;
  const asked = [
    { flag: "--dt", given: flags.dt, stated: dt, word: "step" },
    { flag: "--dynamics", given: flags.dynamics, stated: profile, word: "dynamics" },
  ] as const;
  const faults = asked.flatMap(({ given, stated, ...named }) =>
    given === undefined || stated === null || given === stated
      ? []
      : [cliDiagnostics.report("stated-by-model", nowhere, { ...named, given, stated })],
  );
  if (faults.length > 0) throw new Rejected(faults);
};

/** Puts flags and file together. Throws Rejected for a mode that converts functions, and for unknown words. */
export const planNative = (
  { network, stated }: NativeJob,
  flags: NativeFlags & { readonly mode: string; readonly inputScale?: number; readonly inputOffset?: number },
): NativePlan => {
  if (flags.mode !== "auto" && flags.mode !== "native") {
    const spiking = network.nodes.filter((n) => n.op.kind === "neuron" || n.op.kind === "cell").length;
    const holes = { mode: flags.mode, count: spiking };
    throw new Rejected([cliDiagnostics.report("spikes-by-itself", atNode(network.name), holes)]);
  }
  refuseOverride(stated, flags);
  const options = nativeOptions(stated, flags);
  return {
    network: encoded(network, codeOf(flags, options)),
    options,
    preparation: { scale: flags.inputScale ?? 1, offset: flags.inputOffset ?? 0 },
  };
};
