import { item, type MachineProgram, type PopulationId } from "../ir/index.ts";
import { coresBound, leastAmounts } from "./bounds.ts";
import type { Rules } from "./fill.ts";
import type { Partition } from "./partition.ts";
import { resources } from "./resources.ts";
import type { Wiring } from "./wires.ts";

/** A resource over all cores. */
export interface ResourceReport {
  readonly resource: string;
  readonly most: number;
  readonly total: number;
  /** Of one core; null where there is none. */
  readonly limit: number | null;
}

/** Cores and limits of a mapping. */
export interface MappingReport {
  readonly cores: number;
  /** No placement can do with fewer. */
  readonly coresBound: number;
  readonly chips: number;
  /** The resource that closed most cores; null when everything fits one core. */
  readonly bindingLimit: string | null;
  readonly neurons: number;
  readonly synapses: number;
  readonly resources: readonly ResourceReport[];
  /** Cores that hold any of a population. */
  readonly coresByLayer: ReadonlyMap<PopulationId, number>;
}

const bindingOf = ({ closed }: Partition): string | null => {
  const most = Math.max(0, ...closed.values());
  return resources.find((name) => most > 0 && closed.get(name) === most) ?? null;
};

const coresByLayer = ({ cores, network }: MachineProgram): ReadonlyMap<PopulationId, number> => {
  const counts = new Map(network.populations.map((p) => [p.id, 0]));
  for (const { blocks } of cores)
    for (const id of new Set(blocks.map((b) => b.population))) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
};

export const reportOf = (
  program: MachineProgram,
  partition: Partition,
  wiring: Wiring,
  rules: Rules,
): MappingReport => {
  const amounts = resources.map((_, r) => program.cores.map(({ uses }) => item(uses, r).amount));
  const totals = amounts.map((list) => list.reduce((a, b) => a + b, 0));
  return {
    cores: program.cores.length,
    coresBound: coresBound(leastAmounts(wiring, rules.cost), rules.limits),
    chips: new Set(program.cores.map((c) => c.chip)).size,
    bindingLimit: bindingOf(partition),
    neurons: item(totals, 0),
    synapses: program.lists.reduce((sum, { slot }) => sum + slot.length, 0),
    resources: resources.map((resource, r) => {
      const limit = item(rules.limits, r);
      const most = item(amounts, r).reduce((a, b) => Math.max(a, b), 0);
      return { resource, most, total: item(totals, r), limit: Number.isFinite(limit) ? limit : null };
    }),
    coresByLayer: coresByLayer(program),
  };
};
