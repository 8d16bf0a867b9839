/**
 * Fills cores with cells, from the last layer to the first: when a neuron is placed, the cores that listen to it are
 * known, so its output entries are counted and not guessed (one that is placed later counts as a core of its own). A
 * core closes when one more cell would break a limit; layers share cores where they fit. Light layers, such as relays
 * of one synapse a neuron, wait and fill what closing cores have left.
 */
import { atNode, type Diagnostic, Rejected } from "../diagnostics/index.ts";
import { item, last, type Rows } from "../ir/index.ts";
import { tooLargeForCore } from "./diagnostics.ts";
import {
  type Filling,
  nextCore,
  openFilling,
  type Price,
  placeCell,
  priceOf,
  type Rules,
  takeCell,
} from "./fill.ts";
import { elementOf, layerName } from "./layers.ts";
import { type Amounts, type Resource, resources } from "./resources.ts";
import type { WiredLayer, Wiring } from "./wires.ts";

/** Cells [from, to) of a layer. */
export interface Segment {
  readonly layer: number;
  readonly from: number;
  readonly to: number;
}

export interface Partition {
  /** What every core holds, in the order of the network. */
  readonly cores: readonly (readonly Segment[])[];
  /** How many cores each resource has closed. */
  readonly closed: ReadonlyMap<Resource, number>;
}

const fits = (amounts: Amounts, limits: Amounts): boolean => {
  for (let r = 0; r < amounts.length; r++) if ((amounts[r] ?? 0) > (limits[r] ?? 0)) return false;
  return true;
};

/** Resources of which there would be too much. */
const broken = (amounts: Amounts, limits: Amounts): readonly number[] =>
  resources.flatMap((_, r) => (item(amounts, r) > item(limits, r) ? [r] : []));

/** A segment that grows downwards. */
type Growing = { -readonly [K in keyof Segment]: Segment[K] };

/** A light layer that waits, and its next cell; cells come in falling order. */
interface Waiting {
  readonly layer: number;
  next: number;
}

interface Packing {
  readonly wiring: Wiring;
  readonly rules: Rules;
  readonly target: string;
  readonly filling: Filling;
  readonly cores: Growing[][];
  readonly closed: Map<Resource, number>;
  readonly waiting: Waiting[];
  /** The first fault of every layer and resource. */
  readonly faults: Map<string, { readonly layer: number; readonly diagnostic: Diagnostic }>;
}

/** Lengthens the last segment of the core, or begins one. */
const record = (core: Growing[], layer: number, cell: number): void => {
  const before = core[core.length - 1];
  if (before?.layer === layer && before.from === cell + 1) before.from = cell;
  else core.push({ layer, from: cell, to: cell + 1 });
};

const put = ({ wiring, filling, cores }: Packing, l: number, cell: number, price: Price): void => {
  const layer = item(wiring.layers, l);
  placeCell(filling, layer, elementOf(layer, cell), price);
  record(last(cores), l, cell);
};

/** What the core under way would hold with a cell, which is taken for `put`. */
const priced = ({ wiring, filling, rules }: Packing, l: number, cell: number): Price => {
  const layer = item(wiring.layers, l);
  const element = elementOf(layer, cell);
  takeCell(filling, layer, element);
  return priceOf(filling, layer, element, rules);
};

/** Puts waiting cells on the core until one does not fit. */
const fillUp = (packing: Packing): void => {
  const { waiting, rules } = packing;
  for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
    const price = priced(packing, first.layer, first.next);
    if (!fits(price.amounts, rules.limits)) return;
    put(packing, first.layer, first.next, price);
    if (--first.next < 0) waiting.shift();
  }
};

/** A cell that no core can hold. */
const refuse = (
  { wiring, rules, target, faults }: Packing,
  l: number,
  cell: number,
  { amounts }: Price,
): void => {
  const layer = item(wiring.layers, l);
  for (const r of broken(amounts, rules.limits)) {
    const resource = item(resources, r);
    const key = `${layer.name} ${resource}`;
    if (faults.has(key)) continue;
    const where = atNode(layerName(layer, wiring.network.populations));
    const diagnostic = tooLargeForCore(where, {
      target,
      lanes: layer.lanes.length,
      element: elementOf(layer, cell),
      needed: item(amounts, r),
      resource,
      limit: item(rules.limits, r),
    });
    faults.set(key, { layer: l, diagnostic });
  }
};

/** Puts a cell on the core under way, or on the next. */
const place = (packing: Packing, l: number, cell: number): void => {
  const { rules, closed, cores, filling } = packing;
  let price = priced(packing, l, cell);
  if (!fits(price.amounts, rules.limits)) {
    if (last(cores).length > 0) {
      for (const r of broken(price.amounts, rules.limits))
        closed.set(item(resources, r), (closed.get(item(resources, r)) ?? 0) + 1);
      fillUp(packing);
      nextCore(filling);
      cores.push([]);
      price = priced(packing, l, cell);
    }
    refuse(packing, l, cell, price);
  }
  put(packing, l, cell, price);
};

const longestRow = ({ offsets, sources }: Rows): number => {
  let longest = 0;
  for (let s = 0; s < sources; s++) longest = Math.max(longest, (offsets[s + 1] ?? 0) - (offsets[s] ?? 0));
  return longest;
};

/**
 * True when neurons have a synapse or two and few readers, so that any core has room for some of them; and no source
 * feeds many, since a source that is placed first has to reckon with a core for each.
 */
const isLight = ({ bundles, readers, cells, lanes }: WiredLayer): boolean => {
  const most = 2 * cells * lanes.length;
  const synapses = bundles.reduce((sum, { columns, wires }) => sum + columns.source.length * wires.length, 0);
  const read = readers.flat().reduce((sum, { rows }) => sum + rows.target.length, 0);
  return synapses <= most && read <= most && bundles.every(({ rows }) => longestRow(rows) <= 2);
};

/** Cores in the order of the network. Throws Rejected with every layer that has a neuron larger than a core. */
export const partition = (wiring: Wiring, rules: Rules, target: string): Partition => {
  const packing: Packing = {
    wiring,
    rules,
    target,
    filling: openFilling(wiring),
    cores: [[]],
    closed: new Map(),
    waiting: [],
    faults: new Map(),
  };
  for (let l = wiring.layers.length - 1; l >= 0; l--) {
    const layer = item(wiring.layers, l);
    if (isLight(layer)) packing.waiting.push({ layer: l, next: layer.cells - 1 });
    else for (let cell = layer.cells - 1; cell >= 0; cell--) place(packing, l, cell);
  }
  for (const { layer, next } of packing.waiting.splice(0))
    for (let cell = next; cell >= 0; cell--) place(packing, layer, cell);
  const faults = [...packing.faults.values()].sort((a, b) => a.layer - b.layer);
  if (faults.length > 0) throw new Rejected(faults.map((f) => f.diagnostic));
  const cores = packing.cores.filter((core) => core.length > 0).map((core) => core.reverse());
  return { cores: cores.reverse(), closed: packing.closed };
};
