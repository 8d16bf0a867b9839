/** The spiking network that a compile would build for a target, as far as its needs are known without legalizing it. */

import { boundsOf } from "../convert/bounds.ts";
import { convert } from "../convert/lower.ts";
import type { ConversionMode } from "../convert/modes.ts";
import { type Diagnostic, Rejected } from "../diagnostics/index.ts";
import { type IntegerGraph, type PopulationId, type SpikingNetwork, signedBits } from "../ir/index.ts";
import { eliminateMaxPools } from "../passes/integer/eliminate-max-pool.ts";
import { spellLevels } from "../passes/integer/spell-levels.ts";
import { chooseMode } from "../pipeline/target-stage.ts";
import { chooseUnit } from "../realize/legalize.ts";
import { connectSpatial, spellingsOf } from "../realize/spatial.ts";
import { type Reach, reachOf } from "../realize/sums.ts";
import { type Backend, type ModeName, valueOf as numberOf, type Target } from "../target/index.ts";
import { type Linked, linkedLayers } from "./links.ts";
import { sumsOf } from "./profile.ts";

/** A network with the faults of realizing it; all layers are there in spite of them. */
export interface Wired {
  readonly mode: ConversionMode;
  readonly integer: IntegerGraph;
  readonly linked: Linked;
  /** Greatest contributions of one step and sign, by population, in integers (proved). */
  readonly reach: ReadonlyMap<PopulationId, Reach>;
  readonly steps: number;
  readonly spikeBound: number;
  readonly faults: readonly Diagnostic[];
}

/** The unit of the chip's potential, or the finest with the faults when sums fit at none. */
const unitOf = (
  target: Target,
  connected: ReturnType<typeof connectSpatial>,
  reach: ReadonlyMap<PopulationId, Reach>,
): { readonly unit: number; readonly faults: readonly Diagnostic[] } => {
  const { cell, net } = connected;
  try {
    return { unit: chooseUnit(target, cell, net, reach), faults: [] };
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    return { unit: cell.units[cell.units.length - 1] ?? 1, faults: error.diagnostics };
  }
};

/** Levels times weights, by population: what an abstract neuron adds up. */
const abstractReach = (network: SpikingNetwork): ReadonlyMap<PopulationId, Reach> => {
  const highs = new Map(
    network.populations.map(({ id, code }) => [
      id,
      code.kind === "phased" ? code.gains.reduce((sum, g) => sum + g, 0) * code.limit : 1,
    ]),
  );
  const scaled = network.projections.map((q) => ({ ...q, gain: q.gain * (highs.get(q.from) ?? 1) }));
  return reachOf(scaled, sumsOf);
};

/** Converts and connects a network for one target. Throws Rejected with what has no construction at all, or for a mode that the target does not offer. */
export const wireFor = (
  graph: IntegerGraph,
  { target, cost }: Pick<Backend, "target" | "cost">,
  asked: ModeName | "auto",
): Wired => {
  const mode = chooseMode(target, asked);
  const spelled = spellLevels(graph, mode).graph;
  if (target.cell === null) {
    const { graph: network } = convert(spelled, mode);
    const bounds = boundsOf(network);
    return {
      mode,
      integer: spelled,
      linked: linkedLayers(network, target, cost, 1),
      reach: abstractReach(network),
      steps: bounds.steps,
      spikeBound: bounds.spikes,
      faults: [],
    };
  }
  const integer = eliminateMaxPools(spelled).graph;
  const { graph: abstract } = convert(integer, mode);
  const connected = connectSpatial(abstract, target);
  const reach = reachOf(connected.net.projections, sumsOf);
  const { unit, faults } = unitOf(target, connected, reach);
  const network = { ...connected.net, spellings: spellingsOf(connected.plan) };
  const linked = linkedLayers(network, target, cost, unit * target.cell.weightFactor);
  return {
    mode,
    integer,
    linked,
    reach,
    steps: network.populations.reduce((most, p) => Math.max(most, p.start), 0) + 1,
    spikeBound: boundsOf(abstract).spikes,
    faults: [...faults, ...linked.faults],
  };
};

/** Bits of a signed sum that reaches so far. */
export const bitsOf = ({ positive, negative }: Reach): number => signedBits(Math.max(positive, negative));

export const chipsFor = (target: Target, cores: number): number | null => {
  const perChip = numberOf(target.coresPerChip);
  return perChip === null ? null : Math.max(1, Math.ceil(cores / perChip));
};
