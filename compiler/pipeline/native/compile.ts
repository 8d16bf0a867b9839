import { atNode, type Diagnostic, Rejected } from "../../diagnostics/index.ts";
import { type SpikingNetwork, sizeOf } from "../../ir/index.ts";
import { mapNetwork } from "../../map/index.ts";
import {
  lowerNative,
  type NativeNetwork,
  type ProfileName,
  profileNames,
  profiles,
  type Reset,
} from "../../native/index.ts";
import type { Backend } from "../../target/index.ts";
import type { Preparation } from "../build.ts";
import { pipelineDiagnostics } from "../diagnostics.ts";
import type { Dynamics, NativeBuild, NativeTargetBuild } from "./build.ts";
import { nativeObligations } from "./obligations.ts";
import { plainProjections } from "./plain-projections.ts";

/** What a native compile is asked to do; null: the default of the target or of the profile, with a note. */
export interface NativeCompileOptions {
  readonly profile: ProfileName | null;
  readonly dt: number | null;
  readonly reset: Reset | null;
  /** Steps of a sample; null: as many as the data have. */
  readonly steps: number | null;
}

export interface NativeRequest {
  readonly name: string;
  readonly sha256: string;
  readonly network: NativeNetwork;
  readonly backends: readonly Backend[];
  readonly preparation: Preparation;
  readonly options: NativeCompileOptions;
}

/** The profile of a target where none is asked for: the textbook rule with a step of its own, or the chip's integers. */
const usualProfile = (dynamics: readonly string[]): ProfileName =>
  dynamics.includes("real") ? "snntorch" : "loihi";

interface Chosen {
  readonly profile: ProfileName;
  readonly notes: readonly Diagnostic[];
}

/** The profile for a target. Throws Rejected when the target runs no networks of dynamics, or not in its arithmetic. */
const chooseProfile = (network: NativeNetwork, { target }: Backend, asked: ProfileName | null): Chosen => {
  const where = atNode(network.name);
  const offered = target.dynamics ?? [];
  if (offered.length === 0) {
    const holes = { target: target.name, offered: target.modes.join(", ") };
    throw new Rejected([pipelineDiagnostics.report("native-not-offered", where, holes)]);
  }
  if (asked === null) {
    const profile = usualProfile(offered);
    const holes = { profile, known: profileNames.join(", ") };
    return { profile, notes: [pipelineDiagnostics.report("dynamics-assumed", where, holes)] };
  }
  const kind = profiles[asked].arithmetic === "loihi" ? "fixed" : "real";
  if (offered.includes(kind)) return { profile: asked, notes: [] };
  const fitting = profileNames.filter((p) =>
    offered.includes(profiles[p].arithmetic === "loihi" ? "fixed" : "real"),
  );
  const holes = { target: target.name, profile: asked, arithmetic: kind, fitting: fitting.join(", ") };
  throw new Rejected([pipelineDiagnostics.report("arithmetic-not-offered", where, holes)]);
};

/** Spikes of a sample when every neuron fires in every step; null where steps are not known. */
const spikeBoundOf = ({ populations, schedule }: SpikingNetwork): number | null => {
  if (schedule.kind !== "clock" || schedule.steps === 0) return null;
  const neurons = populations.reduce(
    (sum, p) => sum + (p.model.kind === "events" || p.model.kind === "sum" ? 0 : sizeOf(p.shape)),
    0,
  );
  return neurons * schedule.steps;
};

interface Built {
  readonly target: NativeTargetBuild;
  readonly notes: readonly Diagnostic[];
}

const buildNativeTarget = ({ network, options }: NativeRequest, backend: Backend): Built => {
  const { profile, notes } = chooseProfile(network, backend, options.profile);
  const { dt, reset, steps } = options;
  const lowered = lowerNative(network, { profile, dt, reset, steps: steps ?? 0 });
  const plain = plainProjections(lowered.network);
  const { program, report } = mapNetwork(plain, backend);
  const { schedule } = plain;
  const dynamics: Dynamics = {
    profile,
    dt: schedule.kind === "clock" ? schedule.seconds : null,
    reset: reset ?? profiles[profile].reset,
    steps: steps ?? 0,
  };
  return {
    target: {
      backend,
      dynamics,
      network: plain,
      program,
      mapping: report,
      obligations: nativeObligations(program, dynamics),
      spikeBound: spikeBoundOf(plain),
    },
    notes: [...notes, ...lowered.notes],
  };
};

/** What is said twice, by two targets, is said once. */
const distinct = (said: readonly Diagnostic[]): readonly Diagnostic[] => [
  ...new Map(said.map((d) => [`${d.code} ${d.where.node ?? ""} ${d.what} ${d.why}`, d])).values(),
];

/**
 * From a network of dynamics to programs for all targets; nothing is written. Throws Rejected with all that the targets
 * refuse.
 */
export const compileNative = (request: NativeRequest): NativeBuild => {
  const targets: NativeTargetBuild[] = [];
  const notes: Diagnostic[] = [];
  const refused: Diagnostic[] = [];
  for (const backend of request.backends) {
    try {
      const built = buildNativeTarget(request, backend);
      targets.push(built.target);
      notes.push(...built.notes);
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      refused.push(...error.diagnostics);
    }
  }
  if (refused.length > 0) throw new Rejected(distinct(refused));
  const { name, sha256, preparation } = request;
  return { kind: "native", model: { name, sha256 }, preparation, targets, notes: distinct(notes) };
};
