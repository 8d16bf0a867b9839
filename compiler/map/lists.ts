/** Synapse lists of one core, in two passes over what ends in its cells: count, then fill. */
import { type Format, item, openMantissas, type SynapseLists } from "../ir/index.ts";
import { elementOf } from "./layers.ts";
import type { Segment } from "./partition.ts";
import type { Bundle, Wire, Wiring } from "./wires.ts";

/** Arrays as long as the network has elements; empty between cores. */
export interface Scratch {
  readonly next: Uint32Array;
  readonly touched: Uint32Array;
}

export const scratchFor = ({ bases }: Wiring): Scratch => {
  const elements = item(bases, bases.length - 1);
  return { next: new Uint32Array(elements), touched: new Uint32Array(elements) };
};

/** Kinds of a core in the order of first use: exponents and delays, without bit widths. */
export interface Kinds {
  readonly formats: Format[];
  readonly numberOf: Map<string, number>;
}

const mostKinds = 256;

const kindOf = ({ formats, numberOf }: Kinds, { exponent, delay }: Wire): number => {
  const key = `${exponent} ${delay}`;
  const known = numberOf.get(key);
  if (known !== undefined) return known;
  if (formats.length === mostKinds) throw new Error(`a core needs more than ${mostKinds} kinds of synapses`);
  numberOf.set(key, formats.length);
  formats.push({ exponent, delay, weightBits: 0, delayBits: 0, indexBits: 0 });
  return formats.length - 1;
};

/** A wire with everything that the loop over synapses needs. */
interface Tap {
  readonly base: number;
  readonly lane: number;
  /** Mantissa of a weight of 1. */
  readonly factor: number;
  readonly kind: number;
}

const tapsOf = ({ wires }: Bundle, kinds: Kinds, bases: readonly number[]): readonly Tap[] =>
  wires.map((w) => ({
    base: item(bases, w.source),
    lane: w.lane,
    factor: w.gain / 2 ** w.exponent,
    kind: kindOf(kinds, w),
  }));

/** Calls with every bundle that ends in a cell of the core, cell by cell in the order of slots. */
const walk = (
  segments: readonly Segment[],
  { layers }: Wiring,
  visit: (bundle: Bundle, element: number, slot: number) => void,
): void => {
  let slot = 0;
  for (const { layer: l, from, to } of segments) {
    const layer = item(layers, l);
    for (let cell = from; cell < to; cell++) {
      const element = elementOf(layer, cell);
      for (const bundle of layer.bundles) visit(bundle, element, slot);
      slot += layer.lanes.length;
    }
  }
};

/** Number of synapses of every source; returns how many sources there are. */
const count = (segments: readonly Segment[], wiring: Wiring, { next, touched }: Scratch): number => {
  let sources = 0;
  walk(segments, wiring, ({ columns, feeds }, element) => {
    const end = columns.offsets[element + 1] ?? 0;
    for (const feed of feeds) {
      for (let i = columns.offsets[element] ?? 0; i < end; i++) {
        const at = feed.base + (columns.source[i] ?? 0);
        const before = next[at] ?? 0;
        if (before === 0) touched[sources++] = at;
        next[at] = before + feed.count;
      }
    }
  });
  return sources;
};

const fill = (
  lists: SynapseLists,
  segments: readonly Segment[],
  wiring: Wiring,
  kinds: Kinds,
  next: Uint32Array,
): void => {
  const taps = new Map<Bundle, readonly Tap[]>();
  const { slot: slots, mantissa, kind } = lists;
  walk(segments, wiring, (bundle, element, slot) => {
    const { columns } = bundle;
    const first = columns.offsets[element] ?? 0;
    const end = columns.offsets[element + 1] ?? 0;
    if (first === end) return;
    const known = taps.get(bundle) ?? tapsOf(bundle, kinds, wiring.bases);
    taps.set(bundle, known);
    for (const tap of known) {
      const { base, factor, kind: number } = tap;
      const place = slot + tap.lane;
      for (let i = first; i < end; i++) {
        const axon = base + (columns.source[i] ?? 0);
        const at = next[axon] ?? 0;
        next[axon] = at + 1;
        slots[at] = place;
        mantissa[at] = factor * (columns.weight[i] ?? 0);
        kind[at] = number;
      }
    }
  });
};

/** Population and element of the sources, which rise; their synapses are counted in `next`, which becomes where they begin. */
const openLists = (sources: Uint32Array, { bases, network }: Wiring, next: Uint32Array): SynapseLists => {
  const population = new Uint16Array(sources.length);
  const element = new Uint32Array(sources.length);
  const offsets = new Uint32Array(sources.length + 1);
  let p = 0;
  sources.forEach((at, axon) => {
    while (at >= item(bases, p + 1)) p++;
    population[axon] = p;
    element[axon] = at - item(bases, p);
    const first = item(offsets, axon);
    offsets[axon + 1] = first + item(next, at);
    next[at] = first;
  });
  const synapses = item(offsets, sources.length);
  return {
    population,
    element,
    offsets,
    slot: new Uint16Array(synapses),
    mantissa: openMantissas(network, synapses),
    kind: new Uint8Array(synapses),
  };
};

export interface CoreLists {
  readonly lists: SynapseLists;
  readonly formats: readonly Format[];
}

/** The lists of one core and the kinds of their synapses. */
export const listsOf = (segments: readonly Segment[], wiring: Wiring, scratch: Scratch): CoreLists => {
  const found = count(segments, wiring, scratch);
  const sources = scratch.touched.slice(0, found).sort();
  const lists = openLists(sources, wiring, scratch.next);
  const kinds: Kinds = { formats: [], numberOf: new Map() };
  fill(lists, segments, wiring, kinds, scratch.next);
  for (const at of sources) scratch.next[at] = 0;
  return { lists, formats: kinds.formats };
};
