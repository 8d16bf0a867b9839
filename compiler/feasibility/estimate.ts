import type { Diagnostic } from "../diagnostics/index.ts";
import { item, sizeOf } from "../ir/index.ts";
import { coresBound } from "../map/bounds.ts";
import { openFilling } from "../map/fill.ts";
import { limitsOf, type Resource, resources } from "../map/index.ts";
import { type Backend, valueOf as numberOf } from "../target/index.ts";
import { type Demand, demandOf, leastOf, tooLarge } from "./demand.ts";
import type { Linked, LinkedLayer } from "./links.ts";
import { type Share, shareOf } from "./sample.ts";

/** What one layer of the mapper needs. */
export interface LayerNeeds {
  readonly layer: LinkedLayer;
  readonly demand: Demand;
  /** Neurons on cores, one a lane and element. */
  readonly neurons: number;
  /** No placement of this layer does with fewer cores (proved). */
  readonly coresAtLeast: number;
  /** Part of the cores, by the fill of one core (modelled). */
  readonly cores: number;
}

export interface Estimate {
  readonly layers: readonly LayerNeeds[];
  /** From the fill of one core a layer (modelled). */
  readonly cores: number;
  /** No placement does with fewer (proved). */
  readonly coresBound: number;
  readonly bindingLimit: Resource | null;
  readonly faults: readonly Diagnostic[];
}

/** As the mapper: neurons with a synapse or two and few readers fill what other layers leave. */
const isLight = ({ cells, lanes, links, fanOut }: LinkedLayer, { synapses }: Demand): boolean => {
  const most = 2 * cells * lanes.length;
  const read = fanOut.reduce((sum, n) => sum + n.reduce((a, b) => a + b, 0), 0);
  return synapses <= most && read <= most && links.every((l) => l.profile.fanOut.every((n) => n <= 2));
};

const boundOf = (layer: LinkedLayer, demand: Demand, limits: readonly number[]): number => {
  const axons = demand.axons.reduce((a, b) => Math.max(a, b), 0);
  const least = [layer.cells * layer.lanes.length, axons, 0, demand.leastWords, 0, 0, 0];
  return coresBound(least, limits);
};

/** The resource that closes most cores, weighed by the cores of each layer. */
const bindingOf = (shares: readonly (readonly [Share, number])[]): Resource | null => {
  const closed = new Map<Resource, number>();
  for (const [{ limit }, cores] of shares)
    if (limit !== null) closed.set(limit, (closed.get(limit) ?? 0) + cores);
  const most = Math.max(0, ...closed.values());
  return resources.find((name) => most > 0 && closed.get(name) === most) ?? null;
};

/** Cores of a network on a target, without placing it. */
export const estimateCores = (
  linked: Linked,
  { target, cost }: Pick<Backend, "target" | "cost">,
): Estimate => {
  const limits = limitsOf(target);
  const perChip = numberOf(target.coresPerChip) ?? Number.MAX_SAFE_INTEGER;
  const rules = { cost, limits, perChip };
  const bases = [0];
  for (const { shape } of linked.populations) bases.push(item(bases, bases.length - 1) + sizeOf(shape));
  const filling = openFilling({ bases, layers: [] });
  const demands = linked.layers.map((layer) => demandOf(layer, cost));
  const found = new Map<number, { cells: number; cores: number }>();
  const shares: (readonly [Share, number])[] = [];
  const needs: LayerNeeds[] = [];
  for (let l = linked.layers.length - 1; l >= 0; l--) {
    const layer = item(linked.layers, l);
    const demand = item(demands, l);
    const light = isLight(layer, demand);
    const share: Share = light
      ? { cells: Math.max(1, Math.floor(item(limits, 0) / layer.lanes.length)), part: 0, limit: null }
      : shareOf(layer, bases, rules, found, filling);
    const cores = light ? 0 : share.limit === null ? share.part : layer.cells / share.cells;
    found.set(l, { cells: share.cells, cores: Math.max(1, Math.ceil(layer.cells / share.cells)) });
    shares.push([share, cores]);
    const neurons = layer.cells * layer.lanes.length;
    needs.unshift({ layer, demand, neurons, coresAtLeast: boundOf(layer, demand, limits), cores });
  }
  const least = leastOf(linked, demands, cost);
  const bound = coresBound(least, limits);
  const filled = needs.reduce((sum, n) => sum + n.cores, 0);
  return {
    layers: needs,
    cores: Math.max(bound, Math.ceil(filled)),
    coresBound: bound,
    bindingLimit: bindingOf(shares),
    faults: linked.layers.flatMap((layer, l) =>
      tooLarge(layer, item(demands, l), linked.populations, { target: target.name, limits, cost }),
    ),
  };
};
