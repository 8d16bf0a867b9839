/** What each neuron needs of a core that holds nothing else, and what whole layers need at least. */
import { atNode, type Diagnostic } from "../diagnostics/index.ts";
import { item, type Population, push, sizeOf } from "../ir/index.ts";
import { leastWordsPerSynapse } from "../map/bounds.ts";
import { tooLargeForCore } from "../map/diagnostics.ts";
import { bitsIn } from "../map/fill.ts";
import { elementOf, layerName } from "../map/layers.ts";
import { type Amounts, resources } from "../map/resources.ts";
import type { SynapseCost } from "../target/index.ts";
import { columnOf } from "./columns.ts";
import type { Link, Linked, LinkedLayer } from "./links.ts";

/** Needs of a layer, by element where they differ. Output axons depend on where readers lie and are not here. */
export interface Demand {
  /** Sources of every element. */
  readonly axons: Int32Array;
  /** Memory of the lists of every element, alone on a core. */
  readonly words: Float64Array;
  readonly longest: Float64Array;
  readonly perAxon: Int32Array;
  readonly formats: Int32Array;
  /** Synapses of the whole layer. */
  readonly synapses: number;
  /** Words that no placement can go below, in real numbers. */
  readonly leastWords: number;
}

interface KindNeeds {
  readonly axons: number;
  readonly synapses: number;
  readonly words: number;
  readonly longest: number;
  readonly perAxon: number;
  readonly formats: number;
}

const needsOf = ({ profile, priceOf }: Link, cost: SynapseCost, width: number): readonly KindNeeds[] =>
  profile.kinds.map(({ weights }) => {
    let [axons, synapses, words, longest, perAxon, formats] = [0, 0, 0, 0, 0, 0];
    for (const [weight, times] of weights) {
      const price = priceOf(weight);
      if (price.synapses === 0) continue;
      const list = cost.words(price.synapses, bitsIn(price.formats), width);
      axons += times;
      synapses += times * price.synapses;
      words += times * list;
      longest = Math.max(longest, list);
      perAxon = Math.max(perAxon, price.synapses);
      formats |= price.formats;
    }
    return { axons, synapses, words, longest, perAxon, formats };
  });

/** Longest delay among the links that end in every element. */
const delaysOf = ({ links, cells }: LinkedLayer): Int32Array => {
  const delays = new Int32Array(cells);
  for (const { profile, delay } of links) {
    if (delay === 0) continue;
    const sources = profile.kinds.map((k) => k.sources);
    for (let i = 0; i < cells; i++)
      if ((sources[profile.kindOf[i] ?? 0] ?? 0) > 0 && delay > (delays[i] ?? 0)) delays[i] = delay;
  }
  return delays;
};

interface Needs {
  readonly axons: Int32Array;
  readonly words: Float64Array;
  readonly longest: Float64Array;
  readonly perAxon: Int32Array;
  readonly formats: Int32Array;
}

const include = (needs: Needs, i: number, own: KindNeeds): void => {
  needs.axons[i] = (needs.axons[i] ?? 0) + own.axons;
  needs.words[i] = (needs.words[i] ?? 0) + own.words;
  if (own.longest > (needs.longest[i] ?? 0)) needs.longest[i] = own.longest;
  if (own.perAxon > (needs.perAxon[i] ?? 0)) needs.perAxon[i] = own.perAxon;
  needs.formats[i] = (needs.formats[i] ?? 0) | own.formats;
};

/** Adds what several maps from one neuron, such as a wave, put on its one axon; returns their synapses. */
const includeScalar = (
  needs: Needs,
  links: readonly Link[],
  delays: Int32Array,
  lanes: number,
  cost: SynapseCost,
): number => {
  const tables = links.map(({ profile, priceOf }) => ({
    kindOf: profile.kindOf,
    prices: profile.kinds.map(({ weights }) => {
      const [weight] = weights.keys();
      return weight === undefined ? { synapses: 0, formats: 0 } : priceOf(weight);
    }),
  }));
  let total = 0;
  for (let i = 0; i < delays.length; i++) {
    let [synapses, formats] = [0, 0];
    for (const { kindOf, prices } of tables) {
      const price = prices[kindOf[i] ?? 0];
      synapses += price?.synapses ?? 0;
      formats |= price?.formats ?? 0;
    }
    if (synapses === 0) continue;
    total += synapses;
    const words = cost.words(synapses, bitsIn(formats), cost.width(lanes, delays[i] ?? 0));
    include(needs, i, { axons: 1, synapses, words, longest: words, perAxon: synapses, formats });
  }
  return total;
};

/** Adds what several maps from one population put on its axons: a source that several of them read has one axon. */
const includeShared = (
  needs: Needs,
  links: readonly Link[],
  delays: Int32Array,
  lanes: number,
  cost: SynapseCost,
): number => {
  let total = 0;
  for (let i = 0; i < delays.length; i++) {
    const axons = new Map<number, { synapses: number; formats: number }>();
    for (const { map, priceOf } of links)
      columnOf(map, i, (source, weight) => {
        const price = priceOf(weight);
        if (weight === 0 || price.synapses === 0) return;
        const axon = axons.get(source) ?? { synapses: 0, formats: 0 };
        axons.set(source, axon);
        axon.synapses += price.synapses;
        axon.formats |= price.formats;
      });
    const width = cost.width(lanes, delays[i] ?? 0);
    const own = { axons: axons.size, synapses: 0, words: 0, longest: 0, perAxon: 0, formats: 0 };
    for (const { synapses, formats } of axons.values()) {
      const list = cost.words(synapses, bitsIn(formats), width);
      own.synapses += synapses;
      own.words += list;
      own.longest = Math.max(own.longest, list);
      own.perAxon = Math.max(own.perAxon, synapses);
      own.formats |= formats;
    }
    total += own.synapses;
    include(needs, i, own);
  }
  return total;
};

const bySource = (links: readonly Link[]): readonly (readonly Link[])[] => {
  const groups = new Map<number, Link[]>();
  for (const link of links) push(groups, link.source, link);
  return [...groups.values()];
};

export const demandOf = (layer: LinkedLayer, cost: SynapseCost): Demand => {
  const { cells, links, lanes } = layer;
  const delays = delaysOf(layer);
  const demand = {
    axons: new Int32Array(cells),
    words: new Float64Array(cells),
    longest: new Float64Array(cells),
    perAxon: new Int32Array(cells),
    formats: new Int32Array(cells),
  };
  let synapses = 0;
  const isScalar = ({ profile }: Link): boolean => profile.fanOut.length === 1;
  for (const group of bySource(links.filter(isScalar)))
    synapses += includeScalar(demand, group, delays, lanes.length, cost);
  const groups = bySource(links.filter((l) => !isScalar(l)));
  for (const group of groups.filter((g) => g.length > 1))
    synapses += includeShared(demand, group, delays, lanes.length, cost);
  for (const link of groups.flatMap((g) => (g.length === 1 ? g : []))) {
    const byDelay = new Map<number, readonly KindNeeds[]>();
    const { kindOf } = link.profile;
    for (let i = 0; i < cells; i++) {
      const delay = delays[i] ?? 0;
      const table = byDelay.get(delay) ?? needsOf(link, cost, cost.width(lanes.length, delay));
      byDelay.set(delay, table);
      const own = table[kindOf[i] ?? 0];
      if (own === undefined) continue;
      synapses += own.synapses;
      include(demand, i, own);
    }
  }
  const least = delays.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER);
  const leastWords = synapses * leastWordsPerSynapse(cost, cost.width(lanes.length, cells === 0 ? 0 : least));
  return { ...demand, synapses, leastWords };
};

/** Amounts of one element on a core of its own, in the order of `resources`. */
export const amountsOf = (
  layer: LinkedLayer,
  demand: Demand,
  element: number,
  cost: SynapseCost,
): Amounts => {
  // A source that is read at all needs one entry at least.
  const senders = layer.fanOut.filter((n) => (n[element] ?? 0) > 0).length;
  return [
    layer.lanes.length,
    item(demand.axons, element),
    senders * Math.min(cost.outputEntries(true), cost.outputEntries(false)),
    item(demand.words, element),
    item(demand.longest, element),
    item(demand.perAxon, element),
    bitsIn(item(demand.formats, element)),
  ];
};

const greatest = (list: ArrayLike<number>): number => {
  let found = 0;
  for (let i = 0; i < list.length; i++) if ((list[i] ?? 0) > found) found = list[i] ?? 0;
  return found;
};

/** Amounts that no element of a layer exceeds. */
const mostOf = (layer: LinkedLayer, demand: Demand, cost: SynapseCost): Amounts => [
  layer.lanes.length,
  greatest(demand.axons),
  layer.lanes.length * Math.min(cost.outputEntries(true), cost.outputEntries(false)),
  greatest(demand.words),
  greatest(demand.longest),
  greatest(demand.perAxon),
  bitsIn(demand.formats.reduce((mask, f) => mask | f, 0)),
];

/** The first neuron of a layer that no core can hold, for every resource. */
export const tooLarge = (
  layer: LinkedLayer,
  demand: Demand,
  populations: readonly Population[],
  rules: { readonly target: string; readonly limits: Amounts; readonly cost: SynapseCost },
): readonly Diagnostic[] => {
  const faults = new Map<string, Diagnostic>();
  const most = mostOf(layer, demand, rules.cost);
  if (most.every((amount, r) => amount <= (rules.limits[r] ?? 0))) return [];
  for (let cell = layer.cells - 1; cell >= 0; cell--) {
    const element = elementOf(layer, cell);
    const amounts = amountsOf(layer, demand, element, rules.cost);
    for (let r = 0; r < resources.length; r++) {
      const resource = item(resources, r);
      if ((amounts[r] ?? 0) <= (rules.limits[r] ?? 0) || faults.has(resource)) continue;
      const name = layerName(layer, populations);
      const holes = {
        target: rules.target,
        lanes: layer.lanes.length,
        element,
        needed: item(amounts, r),
        resource,
        limit: item(rules.limits, r),
      };
      faults.set(resource, tooLargeForCore(atNode(name), holes));
    }
  }
  return [...faults.values()];
};

/** Amounts that no placement of the network can go below, as `map/bounds.ts` states them. */
export const leastOf = (
  { populations, layers }: Linked,
  demands: readonly Demand[],
  cost: SynapseCost,
): Amounts => {
  const sends = populations.map((p) => new Uint8Array(sizeOf(p.shape)));
  for (const { links } of layers)
    for (const { source, profile } of links) {
      const marks = sends[source];
      if (marks !== undefined)
        profile.fanOut.forEach((n, i) => {
          if (n > 0) marks[i] = 1;
        });
    }
  const counts = sends.map((marks) => marks.reduce((sum, n) => sum + n, 0));
  const placed = new Set(layers.flatMap((l) => l.lanes));
  const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
  return [
    sum(layers.map((l) => l.cells * l.lanes.length)),
    sum(counts),
    sum(counts.filter((_, p) => placed.has(p))) *
      Math.min(cost.outputEntries(true), cost.outputEntries(false)),
    sum(demands.map((d) => d.leastWords)),
    0,
    0,
    0,
  ];
};
