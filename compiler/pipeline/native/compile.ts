import type { Obligation } from "../../convert/obligation.ts";
import { atNode, type Diagnostic, Rejected } from "../../diagnostics/index.ts";
import { type SpikingNetwork, sizeOf } from "../../ir/index.ts";
import { mapNetwork } from "../../map/index.ts";
import {
  lowerNative,
  type NativeNetwork,
  type NativeOptions,
  nativeDiagnostics,
  type ProfileName,
  profileNames,
  profiles,
  type Reset,
  type Rounded,
  roundWeights,
} from "../../native/index.ts";
import { type Backend, valueOf } from "../../target/index.ts";
import type { Preparation } from "../build.ts";
import { pipelineDiagnostics } from "../diagnostics.ts";
import type { Dynamics, NativeBuild, NativeTargetBuild } from "./build.ts";
import { onCompartments } from "./compartments.ts";
import { nativeObligations } from "./obligations.ts";
import { plainProjections } from "./plain-projections.ts";

/** What a native compile is asked to do; null: the default of the target or of the profile, with a note. */
export interface NativeCompileOptions {
  readonly profile: ProfileName | null;
  readonly dt: number | null;
  readonly reset: Reset | null;
  /** Steps of a sample; null: as many as the data have. */
  readonly steps: number | null;
  /** Left out: weights stay as they are. */
  readonly rounding?: Rounding;
}

/** Weights as whole numbers times one scale for each output channel. */
export interface Rounding {
  /** Bits of a whole number with its sign, from 2 on. */
  readonly bits: number;
  /** The layers that are rounded, by the name of their stage. */
  readonly chosen: (stage: string) => boolean;
}

export interface NativeRequest {
  readonly name: string;
  readonly sha256: string;
  readonly network: NativeNetwork;
  readonly backends: readonly Backend[];
  readonly preparation: Preparation;
  readonly options: NativeCompileOptions;
}

/** The profile where none is asked for: the textbook rule, with a step of its own. */
export const usualProfile: ProfileName = "snntorch";

interface Chosen {
  readonly profile: ProfileName;
  readonly notes: readonly Diagnostic[];
}

const chooseProfile = (network: NativeNetwork, asked: ProfileName | null): Chosen => {
  if (asked !== null) return { profile: asked, notes: [] };
  const holes = { profile: usualProfile, known: profileNames.join(", ") };
  return {
    profile: usualProfile,
    notes: [pipelineDiagnostics.report("dynamics-assumed", atNode(network.name), holes)],
  };
};

interface Lowered {
  readonly network: SpikingNetwork;
  readonly notes: readonly Diagnostic[];
}

/** The network in the neurons of a target. Throws Rejected when it has none of their kind. */
const lowerFor = (network: NativeNetwork, { target }: Backend, options: NativeOptions): Lowered => {
  const { dynamics } = target;
  const where = atNode(network.name);
  if (dynamics === undefined) {
    const holes = { target: target.name, offered: target.modes.join(", ") };
    throw new Rejected([pipelineDiagnostics.report("native-not-offered", where, holes)]);
  }
  if (dynamics.kind === "any") {
    const lowered = lowerNative(network, options);
    return { network: plainProjections(lowered.network), notes: lowered.notes };
  }
  const mostWeight = valueOf(dynamics.compartment.weight) ?? 1;
  const lowered = lowerNative(network, { ...options, chip: { mostWeight } });
  const fitted = onCompartments(plainProjections(lowered.network), target, dynamics.compartment);
  if (fitted.faults.length > 0) throw new Rejected(fitted.faults);
  const holes = { target: target.name, profile: options.profile, weight: mostWeight };
  return {
    network: fitted.network,
    notes: [...lowered.notes, pipelineDiagnostics.report("in-chip-integers", where, holes)],
  };
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

/** What the certificate says of weights that are not those of the model. */
const roundingObligation = (bits: number, { layers, change }: Rounded): Obligation => ({
  id: "weights-rounded",
  layer: null,
  status: "assumed",
  evidence: `weights of ${layers} layers in ${bits} bits a channel, moved by at most ${(100 * change).toFixed(3)} % of the greatest of their layer`,
});

/** The request with its weights as they are asked for, and what that says. Throws Rejected for too few bits. */
const rounded = (request: NativeRequest): { request: NativeRequest; obligations: readonly Obligation[] } => {
  const { rounding } = request.options;
  if (rounding === undefined) return { request, obligations: [] };
  const { bits, chosen } = rounding;
  if (bits < 2) {
    const holes = { parameter: "weights", value: `${bits} bits`, range: "of bits from 2 on" };
    throw new Rejected([nativeDiagnostics.report("parameter-range", atNode(request.network.name), holes)]);
  }
  const made = roundWeights(request.network, bits, ({ name, origins }) => chosen(origins[0]?.name ?? name));
  return {
    request: { ...request, network: made.network },
    obligations: [roundingObligation(bits, made)],
  };
};

const buildNativeTarget = (
  { network, options }: NativeRequest,
  backend: Backend,
  before: readonly Obligation[],
): Built => {
  const { profile, notes } = chooseProfile(network, options.profile);
  const { dt, reset, steps } = options;
  const { network: plain, notes: told } = lowerFor(network, backend, {
    profile,
    dt,
    reset,
    steps: steps ?? 0,
  });
  const { program, report } = mapNetwork(plain, backend);
  const { schedule } = plain;
  const dynamics: Dynamics = {
    profile,
    dt: schedule.kind === "clock" ? schedule.seconds : null,
    reset: reset ?? profiles[profile].reset,
    steps: steps ?? 0,
  };
  const exchanged = backend.exchange?.(network, dynamics) ?? { files: [], notes: [] };
  return {
    target: {
      backend,
      dynamics,
      network: plain,
      program,
      exchanged: exchanged.files,
      mapping: report,
      obligations: [...before, ...nativeObligations(program, dynamics, backend.target)],
      spikeBound: spikeBoundOf(plain),
    },
    notes: [...notes, ...told, ...exchanged.notes],
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
export const compileNative = (asked: NativeRequest): NativeBuild => {
  const { request, obligations } = rounded(asked);
  const targets: NativeTargetBuild[] = [];
  const notes: Diagnostic[] = [];
  const refused: Diagnostic[] = [];
  for (const backend of request.backends) {
    try {
      const built = buildNativeTarget(request, backend, obligations);
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
