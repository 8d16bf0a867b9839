/**
 * How many neurons of a layer share a core: one core is filled with neurons from the middle of the layer, under the
 * rules and prices of the mapper. What a core sends is estimated, since its readers are not placed.
 */
import { item, type LinearMap, type Rows } from "../ir/index.ts";
import { type Filling, nextCore, placeCell, priceOf, type Rules, takeCell } from "../map/fill.ts";
import { elementOf } from "../map/layers.ts";
import { type Resource, resources } from "../map/resources.ts";
import type { Bundle, WiredLayer } from "../map/wires.ts";
import { columnOf } from "./columns.ts";
import type { Link, LinkedLayer, Price } from "./links.ts";

/** Cells of a layer on one core. */
export interface Share {
  readonly cells: number;
  /** Part of a core that the layer fills when all of it fits one; else 1. */
  readonly part: number;
  /** What closed the core; null when the layer fits one. */
  readonly limit: Resource | null;
}

const noRows: Rows = {
  sources: 0,
  targets: 0,
  offsets: new Int32Array(1),
  target: new Int32Array(0),
  weight: new Float64Array(0),
};

/** Synapses that end in the sampled elements, which are numbered from 0. */
interface Sampled {
  readonly offsets: Int32Array;
  readonly source: Int32Array;
  readonly weight: Float64Array;
}

const sampled = (map: LinearMap, elements: readonly number[]): Sampled => {
  const offsets = new Int32Array(elements.length + 1);
  const source: number[] = [];
  const weight: number[] = [];
  elements.forEach((element, i) => {
    columnOf(map, element, (s, w) => {
      if (w === 0) return;
      source.push(s);
      weight.push(w);
    });
    offsets[i + 1] = source.length;
  });
  return { offsets, source: Int32Array.from(source), weight: Float64Array.from(weight) };
};

/** Bundles of a link: one for every price that its weights have. */
const bundlesOf = (link: Link, columns: Sampled, base: number): readonly Bundle[] => {
  const prices = new Map<string, Price>();
  const keyOf = new Map<number, string>();
  for (const w of link.profile.weights) {
    const price = link.priceOf(w);
    const key = `${price.synapses} ${price.formats}`;
    keyOf.set(w, key);
    if (price.synapses > 0) prices.set(key, price);
  }
  const bundleOf = (columnsOfPrice: Omit<Sampled, "weight">, { synapses, formats }: Price): Bundle => ({
    rows: noRows,
    columns: { ...columnsOfPrice, weight: columns.weight },
    wires: [],
    feeds: [{ base, count: synapses, formats, delay: link.delay }],
  });
  const list = [...prices];
  const [only] = list;
  if (only !== undefined && new Set(keyOf.values()).size === 1) return [bundleOf(columns, only[1])];
  return list.map(([key, price]) =>
    bundleOf(
      picked(columns, (w) => keyOf.get(w) === key),
      price,
    ),
  );
};

/** The columns of some weights only. */
const picked = (columns: Sampled, takes: (weight: number) => boolean): Omit<Sampled, "weight"> => {
  const offsets = new Int32Array(columns.offsets.length);
  const source: number[] = [];
  for (let i = 0; i + 1 < offsets.length; i++) {
    for (let at = columns.offsets[i] ?? 0; at < (columns.offsets[i + 1] ?? 0); at++)
      if (takes(columns.weight[at] ?? 0)) source.push(columns.source[at] ?? 0);
    offsets[i + 1] = source.length;
  }
  return { offsets, source: Int32Array.from(source) };
};

/** Entries that one cell needs in output tables, when readers take so many cells to a core. */
const entriesOf = (
  layer: LinkedLayer,
  shares: ReadonlyMap<number, { cells: number; cores: number }>,
): number =>
  layer.readers.reduce(
    (sum, lane) =>
      sum +
      lane.reduce((cores, { layer: reader, most }) => {
        const share = shares.get(reader) ?? { cells: 1, cores: most };
        return cores + Math.min(share.cores, Math.ceil(most / share.cells));
      }, 0),
    0,
  );

/** Resources, from the first, of which the cells of a core need their sum; of the others the most. */
const summed = 4;

const limitOf = (amounts: readonly number[], limits: readonly number[]): Resource | null =>
  resources.find((_, r) => (amounts[r] ?? 0) > (limits[r] ?? 0)) ?? null;

/** Fills one core with `filling`, which is emptied first. `bases` number the first element of every population; `readers` are the shares found so far. */
export const shareOf = (
  layer: LinkedLayer,
  bases: readonly number[],
  rules: Rules,
  readers: ReadonlyMap<number, { cells: number; cores: number }>,
  filling: Filling,
): Share => {
  const lanes = layer.lanes.length;
  const most = Math.max(1, Math.min(layer.cells, Math.floor(item(rules.limits, 0) / lanes)));
  const entries = entriesOf(layer, readers) * rules.cost.outputEntries(true);
  const sendable = entries === 0 ? Infinity : Math.max(1, Math.floor(item(rules.limits, 2) / entries));
  const first = Math.floor((layer.cells - Math.min(most, layer.cells)) / 2);
  // Columns are written out in growing pieces: most cores close early.
  let count = Math.min(most, 8);
  for (;;) {
    const elements = Array.from({ length: count }, (_, i) => elementOf(layer, first + i));
    const columns = new Map<LinearMap, Sampled>();
    const bundles = layer.links.flatMap((link) => {
      const known = columns.get(link.map) ?? sampled(link.map, elements);
      columns.set(link.map, known);
      return bundlesOf(link, known, item(bases, link.source));
    });
    const wired: WiredLayer = { ...layer, base: 0, bundles, readers: [] };
    nextCore(filling);
    let placed = 0;
    let limit: Resource | null = null;
    while (placed < count && limit === null) {
      takeCell(filling, wired, placed);
      const price = priceOf(filling, wired, placed, rules);
      limit = limitOf(price.amounts, rules.limits);
      if (limit === null) placeCell(filling, wired, placed++, price);
    }
    if (placed >= sendable) return { cells: sendable, part: 1, limit: "output axons" };
    if (limit !== null) return { cells: Math.max(1, placed), part: 1, limit };
    if (count === layer.cells)
      return {
        cells: count,
        part: filling.amounts
          .slice(0, summed)
          .reduce((part, a, r) => Math.max(part, a / item(rules.limits, r)), 0),
        limit: null,
      };
    if (count === most) return { cells: most, part: 1, limit: "neurons" };
    count = Math.min(most, count * 4);
  }
};
