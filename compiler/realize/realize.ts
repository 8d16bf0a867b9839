import { type ConversionMode, conversionMode, conversionObligations, convert } from "../convert/index.ts";
import type { Obligation } from "../convert/obligation.ts";
import {
  type IntegerGraph,
  type IntegerNode,
  type PopulationId,
  perGraph,
  type SpikingNetwork,
} from "../ir/index.ts";
import { eliminateMaxPools } from "../passes/integer/eliminate-max-pool.ts";
import { spellLevels } from "../passes/integer/spell-levels.ts";
import type { Target } from "../target/index.ts";
import { realizedObligations } from "./obligations.ts";
import { type Realized, realizeSpatial } from "./spatial.ts";

/** An integer network as a chip's own neurons. */
export interface RealizedBuild {
  /** Without max-pools. */
  readonly integer: IntegerGraph;
  readonly abstract: SpikingNetwork;
  readonly realized: Realized;
  /** Values of the given network, and of the one without max-pools. */
  readonly pairs: ReadonlyMap<IntegerNode, PopulationId>;
  readonly ownPairs: ReadonlyMap<IntegerNode, PopulationId>;
  readonly obligations: readonly Obligation[];
}

/** What does not depend on the target: several of them share one conversion. */
const converted = perGraph((graph: IntegerGraph) => {
  const spelled = spellLevels(graph, spatial());
  const { graph: integer, counterpart: pooled } = eliminateMaxPools(spelled.graph);
  const counterpart = new Map<IntegerNode, IntegerNode>();
  for (const [old, twin] of spelled.counterpart) {
    const last = pooled.get(twin);
    if (last !== undefined) counterpart.set(old, last);
  }
  return { integer, counterpart, lowered: convert(integer, spatial()) };
});

const spatial = (): ConversionMode => {
  const mode = conversionMode("exact.spatial");
  if (mode === undefined) throw new Error("exact.spatial is not declared");
  return mode;
};

/** Rewrites, converts and realizes `exact.spatial`. Throws Rejected with all that the target cannot hold. */
export const realizeIntegers = (graph: IntegerGraph, target: Target): RealizedBuild => {
  const { integer, counterpart, lowered } = converted(graph);
  const realized = realizeSpatial(lowered.graph, target);
  const pairs = new Map<IntegerNode, PopulationId>();
  for (const [old, twin] of counterpart) {
    const id = lowered.pairs.get(twin);
    if (id !== undefined) pairs.set(old, id);
  }
  const rewritten: Obligation = {
    id: "max-pools-rewritten",
    layer: null,
    status: "proved",
    evidence: "max(a, b) = a + clip(b - a, 0, U) for levels 0..U",
  };
  return {
    integer,
    abstract: lowered.graph,
    realized,
    pairs,
    ownPairs: lowered.pairs,
    obligations: [
      rewritten,
      ...conversionObligations(lowered.graph, spatial()),
      ...realizedObligations(lowered.graph, realized, target),
    ],
  };
};
