import type { Population, PopulationId, Projection, SpikingNetwork } from "./network.ts";

/** Steps that a message of a projection takes at least under a clock. */
export const leastSteps = (q: Projection, source: Population | undefined, hop: number): number => {
  const hops = source?.model.kind === "relay" ? 0 : hop;
  const further = q.delays === null ? 0 : q.delays.stored().reduce((a, b) => Math.min(a, b), Infinity);
  return hops + q.delay + further;
};

/** Projections that act in the step in which they send: all of them but under a clock. */
const stepless = ({ schedule, populations, projections }: SpikingNetwork): readonly Projection[] => {
  if (schedule.kind !== "clock") return projections;
  const byId = new Map(populations.map((p) => [p.id, p]));
  return projections.filter((q) => leastSteps(q, byId.get(q.from), schedule.hop) <= 0);
};

/** Populations that stand in, or behind, a cycle in which nothing takes a step. */
export const cyclic = (network: SpikingNetwork): readonly PopulationId[] => {
  const targets = new Map<PopulationId, PopulationId[]>();
  const open = new Map<PopulationId, number>(network.populations.map((p) => [p.id, 0]));
  for (const { from, to } of stepless(network)) {
    targets.set(from, [...(targets.get(from) ?? []), to]);
    open.set(to, (open.get(to) ?? 0) + 1);
  }
  const ready = [...open].flatMap(([id, count]) => (count === 0 ? [id] : []));
  for (let i = 0; i < ready.length; i++) {
    const id = ready[i];
    if (id === undefined) continue;
    open.delete(id);
    for (const to of targets.get(id) ?? []) {
      const left = (open.get(to) ?? 0) - 1;
      open.set(to, left);
      if (left === 0) ready.push(to);
    }
  }
  return [...open.keys()];
};
