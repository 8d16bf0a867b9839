import {
  boundsOf,
  type ConversionMode,
  conversionMode,
  conversionModes,
  conversionObligations,
  convert,
} from "../convert/index.ts";
import { nowhere, Rejected } from "../diagnostics/index.ts";
import { type IntegerGraph, type IntegerNode, nodesOf, type PopulationId } from "../ir/index.ts";
import { mapNetwork } from "../map/index.ts";
import { spellLevels } from "../passes/integer/spell-levels.ts";
import { realizeIntegers } from "../realize/realize.ts";
import type { Backend, ModeName, Target } from "../target/index.ts";
import type { TargetBuild, ValuePair } from "./build.ts";
import { pipelineDiagnostics } from "./diagnostics.ts";

/** The mode for a target: the one asked for, or its first. Throws Rejected when its neurons do not build it. */
export const chooseMode = (target: Target, asked: ModeName | "auto"): ConversionMode => {
  const name = asked === "auto" ? (target.modes[0] ?? "exact.graded") : asked;
  const mode = target.modes.includes(name) ? conversionMode(name) : undefined;
  if (mode !== undefined) return mode;
  const offered = target.modes.join(", ");
  if (target.modes.every((m) => m === "native"))
    throw new Rejected([
      pipelineDiagnostics.report("functions-not-offered", nowhere, { target: target.name, offered }),
    ]);
  throw new Rejected([
    pipelineDiagnostics.report("mode-not-offered", nowhere, {
      target: target.name,
      mode: name,
      offered,
    }),
  ]);
};

const pairsOf = (graph: IntegerGraph, pairs: ReadonlyMap<IntegerNode, PopulationId>): readonly ValuePair[] =>
  nodesOf(graph).flatMap((node, i) => {
    const value = pairs.get(node);
    return value === undefined ? [] : [{ node: i, value }];
  });

type Converted = Pick<
  TargetBuild,
  "integer" | "abstract" | "network" | "obligations" | "pairs" | "ownPairs" | "steps"
>;

const convertAbstract = (graph: IntegerGraph, mode: ConversionMode): Converted => {
  const { graph: integer, counterpart } = spellLevels(graph, mode);
  const lowered = convert(integer, mode);
  const common = new Map<IntegerNode, PopulationId>();
  for (const [old, twin] of counterpart) {
    const id = lowered.pairs.get(twin);
    if (id !== undefined) common.set(old, id);
  }
  const { steps } = boundsOf(lowered.graph);
  return {
    integer,
    abstract: lowered.graph,
    network: lowered.graph,
    obligations: conversionObligations(lowered.graph, mode),
    pairs: pairsOf(graph, common),
    ownPairs: pairsOf(integer, lowered.pairs),
    steps,
  };
};

const convertRealized = (graph: IntegerGraph, target: Target): Converted => {
  const { integer, abstract, realized, pairs, ownPairs, obligations } = realizeIntegers(graph, target);
  const { network } = realized;
  const steps = network.schedule.kind === "clock" ? network.schedule.steps : 0;
  return {
    integer,
    abstract,
    network,
    obligations,
    pairs: pairsOf(graph, pairs),
    ownPairs: pairsOf(integer, ownPairs),
    steps,
  };
};

/** Converts, realizes and maps for one target. Throws Rejected with all that it cannot hold. */
export const buildTarget = (graph: IntegerGraph, backend: Backend, asked: ModeName | "auto"): TargetBuild => {
  const { target } = backend;
  const mode = chooseMode(target, asked);
  const converted = target.cell === null ? convertAbstract(graph, mode) : convertRealized(graph, target);
  const { program, report } = mapNetwork(converted.network, backend);
  return {
    backend,
    mode: mode.name,
    theorem: mode.theorem,
    semantics: target.cell === null ? mode.semantics : realizedSemantics(target, mode),
    ...converted,
    program,
    mapping: report,
    spikeBound: boundsOf(converted.abstract).spikes,
  };
};

const comparators = { above: ">", reached: ">=" } as const;

const realizedSemantics = (target: Target, { semantics }: ConversionMode): TargetBuild["semantics"] => ({
  comparator: comparators[target.cell?.comparator ?? "reached"],
  reset:
    target.cell?.reset.kind === "value"
      ? "to zero after the comparison; void, since no state is kept"
      : "none",
  rounding: semantics.rounding,
});

/** Names of all modes that some construction exists for. */
export const knownModes: readonly ModeName[] = conversionModes.map((m) => m.name);
