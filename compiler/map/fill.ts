/**
 * What one core holds while it is filled, and what one more cell would add. All counts grow by what changes; arrays are
 * as long as the network has elements and are emptied through lists of what was touched.
 */
import { item } from "../ir/index.ts";
import type { SynapseCost } from "../target/index.ts";
import type { Amounts } from "./resources.ts";
import type { WiredLayer, Wiring } from "./wires.ts";

/** Synapses by source element, with the sources that have any. */
interface Synapses {
  readonly count: Int32Array;
  /** Bit f: some of them use the chip's format f. */
  readonly formats: Int32Array;
  readonly touched: Int32Array;
  sources: number;
  /** Bits of all formats in use. */
  mask: number;
  /** Longest delay of them all. */
  delay: number;
}

const noSynapses = (elements: number): Synapses => ({
  count: new Int32Array(elements),
  formats: new Int32Array(elements),
  touched: new Int32Array(elements),
  sources: 0,
  mask: 0,
  delay: 0,
});

const clear = (synapses: Synapses): void => {
  for (let i = 0; i < synapses.sources; i++) {
    const at = synapses.touched[i] ?? 0;
    synapses.count[at] = 0;
    synapses.formats[at] = 0;
  }
  synapses.sources = 0;
  synapses.mask = 0;
  synapses.delay = 0;
};

/** The core under way. */
export interface Filling {
  readonly core: Synapses;
  readonly cell: Synapses;
  /** Core of every placed element, by the first lane of its layer; -1 for those to come. */
  readonly home: Int32Array;
  /** Last cell and lane that counted a core as a receiver. */
  readonly counted: Int32Array;
  turn: number;
  /** Number of the core, in the order of filling. */
  index: number;
  amounts: Amounts;
  width: number;
}

const nothing: Amounts = [0, 0, 0, 0, 0, 0, 0];

export const openFilling = ({ bases, layers }: Pick<Wiring, "bases" | "layers">): Filling => {
  const elements = item(bases, bases.length - 1);
  return {
    core: noSynapses(elements),
    cell: noSynapses(elements),
    home: new Int32Array(elements).fill(-1),
    counted: new Int32Array(layers.reduce((sum, { cells }) => sum + cells, 1)),
    turn: 0,
    index: 0,
    amounts: nothing,
    width: 0,
  };
};

/** Closes the core and opens the next. */
export const nextCore = (filling: Filling): void => {
  clear(filling.core);
  filling.index++;
  filling.amounts = nothing;
  filling.width = 0;
};

/** Collects the synapses that end in a cell. */
export const takeCell = ({ cell }: Filling, layer: WiredLayer, element: number): void => {
  clear(cell);
  const { count, formats, touched } = cell;
  for (const { columns, feeds } of layer.bundles) {
    const first = columns.offsets[element] ?? 0;
    const end = columns.offsets[element + 1] ?? 0;
    if (first === end) continue;
    for (const feed of feeds) {
      const { base } = feed;
      for (let i = first; i < end; i++) {
        const at = base + (columns.source[i] ?? 0);
        const before = count[at] ?? 0;
        if (before === 0) touched[cell.sources++] = at;
        count[at] = before + feed.count;
        formats[at] = (formats[at] ?? 0) | feed.formats;
      }
      cell.mask |= feed.formats;
      if (feed.delay > cell.delay) cell.delay = feed.delay;
    }
  }
};

export const bitsIn = (mask: number): number => {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
};

/** Output entries of a cell: placed readers by core; one to come may get a core of its own. */
const outputsOf = (
  filling: Filling,
  layer: WiredLayer,
  element: number,
  { cost, perChip }: Rules,
): number => {
  const { home, counted, index } = filling;
  const chip = Math.floor(index / perChip);
  const self = layer.base + element;
  let entries = 0;
  for (const readers of layer.readers) {
    const turn = ++filling.turn;
    for (const { rows, base } of readers) {
      const end = rows.offsets[element + 1] ?? 0;
      for (let i = rows.offsets[element] ?? 0; i < end; i++) {
        const at = base + (rows.target[i] ?? 0);
        const core = at === self ? index : (home[at] ?? -1);
        if (core < 0) entries += cost.outputEntries(false);
        else if (counted[core] !== turn) {
          counted[core] = turn;
          entries += cost.outputEntries(Math.floor(core / perChip) === chip);
        }
      }
    }
  }
  return entries;
};

/** What the target says about cores. */
export interface Rules {
  readonly cost: SynapseCost;
  readonly limits: Amounts;
  readonly perChip: number;
}

interface Memory {
  readonly words: number;
  readonly longest: number;
}

/** Memory of the lists that the core has already, at a new width of synapses. */
const rewritten = ({ core }: Filling, width: number, cost: SynapseCost): Memory => {
  let [words, longest] = [0, 0];
  for (let i = 0; i < core.sources; i++) {
    const at = core.touched[i] ?? 0;
    const list = cost.words(core.count[at] ?? 0, bitsIn(core.formats[at] ?? 0), width);
    words += list;
    if (list > longest) longest = list;
  }
  return { words, longest };
};

/** The amounts of the core with the cell that was taken. */
export interface Price {
  readonly amounts: Amounts;
  readonly width: number;
}

/** What the core would hold with the cell. */
export const priceOf = (filling: Filling, layer: WiredLayer, element: number, rules: Rules): Price => {
  const { core, cell } = filling;
  const { cost } = rules;
  const [neurons = 0, axons = 0, outputs = 0, before = 0, longestBefore = 0, most = 0] = filling.amounts;
  const slots = neurons + layer.lanes.length;
  const width = cost.width(slots, Math.max(core.delay, cell.delay));
  const known =
    width === filling.width ? { words: before, longest: longestBefore } : rewritten(filling, width, cost);
  let { words, longest } = known;
  let [added, synapses] = [0, most];
  for (let i = 0; i < cell.sources; i++) {
    const at = cell.touched[i] ?? 0;
    const had = core.count[at] ?? 0;
    const formats = core.formats[at] ?? 0;
    const count = had + (cell.count[at] ?? 0);
    const joint = formats | (cell.formats[at] ?? 0);
    const list = cost.words(count, bitsIn(joint), width);
    if (had === 0) added++;
    words += list - (had === 0 ? 0 : cost.words(had, bitsIn(formats), width));
    if (list > longest) longest = list;
    if (count > synapses) synapses = count;
  }
  const entries = outputs + outputsOf(filling, layer, element, rules);
  const amounts = [slots, axons + added, entries, words, longest, synapses, bitsIn(core.mask | cell.mask)];
  return { amounts, width };
};

/** Puts the cell that was taken on the core. */
export const placeCell = (filling: Filling, layer: WiredLayer, element: number, price: Price): void => {
  const { core, cell } = filling;
  for (let i = 0; i < cell.sources; i++) {
    const at = cell.touched[i] ?? 0;
    const had = core.count[at] ?? 0;
    if (had === 0) core.touched[core.sources++] = at;
    core.count[at] = had + (cell.count[at] ?? 0);
    core.formats[at] = (core.formats[at] ?? 0) | (cell.formats[at] ?? 0);
  }
  core.mask |= cell.mask;
  core.delay = Math.max(core.delay, cell.delay);
  filling.home[layer.base + element] = filling.index;
  filling.amounts = price.amounts;
  filling.width = price.width;
};
