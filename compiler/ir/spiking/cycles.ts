import { keysInOrder, push } from "../core/index.ts";
import type { Population, PopulationId, Projection, SpikingNetwork } from "./network.ts";

/** Steps that a message of a population takes by itself, under a clock that takes `hop`. Relays are wires: none. */
export const hopFrom = (source: Population | undefined, hop: number): number =>
  source?.model.kind === "relay" ? 0 : hop;

/** Steps that a message of a projection takes at least under a clock. */
export const leastSteps = (q: Projection, source: Population | undefined, hop: number): number => {
  const further = q.delays === null ? 0 : q.delays.stored().reduce((a, b) => Math.min(a, b), Infinity);
  return hopFrom(source, hop) + q.delay + further;
};

/** Projections that act in the step in which they send: all of them but under a clock. */
const stepless = ({ schedule, populations, projections }: SpikingNetwork): readonly Projection[] => {
  if (schedule.kind !== "clock") return projections;
  const byId = new Map(populations.map((p) => [p.id, p]));
  return projections.filter((q) => leastSteps(q, byId.get(q.from), schedule.hop) <= 0);
};

/** Populations that stand in, or behind, a cycle in which nothing takes a step. */
export const cyclic = (network: SpikingNetwork): readonly PopulationId[] => {
  const ids = network.populations.map((p) => p.id);
  const targets = new Map<PopulationId, PopulationId[]>();
  for (const { from, to } of stepless(network)) push(targets, from, to);
  const ordered = new Set(keysInOrder(ids, (id) => targets.get(id) ?? []));
  return ids.filter((id) => !ordered.has(id));
};
