import type { Population, PopulationId, SpikingNetwork } from "../ir/index.ts";
import type { Cell } from "../target/index.ts";
import { gainsFor, type Lane, lanesOf } from "./lanes.ts";

/** A lane of a value with the step of the sample at which it fires. */
export interface PlannedLane extends Lane {
  readonly id: PopulationId;
  readonly step: number;
}

/** A value of the abstract network with the lanes that spell it; a read-out has none and a step. */
export interface Planned {
  readonly population: Population;
  readonly lanes: readonly PlannedLane[];
  /** First step at which all its sources have arrived. */
  readonly base: number;
}

const gainsOf = (p: Population): readonly number[] => {
  if (p.code.kind !== "phased") return [];
  return p.model.kind === "levels" ? gainsFor(p.model.fn, p.code.gains) : p.code.gains;
};

const lastStep = (planned: Planned): number =>
  planned.lanes.reduce((step, lane) => Math.max(step, lane.step), planned.base);

/**
 * When every lane fires: inputs at step 0; stage m of a layer at base + m hops, base = last step of all sources + one hop.
 * Skips only get a larger latency (`exact.spatial`, construction A).
 */
export const planSteps = (
  network: SpikingNetwork,
  cell: Cell,
  idOf: (name: string) => PopulationId,
): ReadonlyMap<PopulationId, Planned> => {
  const plan = new Map<PopulationId, Planned>();
  for (const population of [...network.populations].sort((a, b) => a.start - b.start)) {
    const sources = network.projections.filter((q) => q.to === population.id).map((q) => plan.get(q.from));
    const host = population.model.kind === "input";
    const base = host
      ? 0
      : sources.reduce((step, s) => Math.max(step, s === undefined ? 0 : lastStep(s)), 0) + cell.hop;
    const lanes = lanesOf(gainsOf(population)).map((lane, k) => ({
      ...lane,
      id: idOf(`${population.id}.lane${k}`),
      step: host ? 0 : base + lane.stage * cell.hop,
    }));
    plan.set(population.id, { population, lanes, base });
  }
  return plan;
};

/** The plan of a population that is known to be planned. */
export const plannedOf = (plan: ReadonlyMap<PopulationId, Planned>, id: PopulationId): Planned => {
  const planned = plan.get(id);
  if (planned === undefined) throw new Error(`population ${id} is not planned`);
  return planned;
};
