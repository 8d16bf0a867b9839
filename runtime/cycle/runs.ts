/** Synapse lists of all cores in the form in which a runner walks them. */
import { item, sizeOf } from "../../compiler/ir/core/index.ts";
import type { Core, MachineProgram, Mantissas, SynapseLists } from "../../compiler/ir/machine/index.ts";

/**
 * One core. List a has runs listRuns[a] <= r < listRuns[a + 1]; run r holds synapses offsets[r] <= s < offsets[r + 1],
 * which all go to population to[r] in format kind[r].
 */
export interface CoreRuns {
  readonly listRuns: Uint32Array;
  readonly offsets: Uint32Array;
  readonly to: Uint16Array;
  readonly kind: Uint8Array;
  /** Weight of a mantissa of 1 and extra delay, by format. */
  readonly factors: Float64Array;
  readonly delays: Uint32Array;
  readonly element: Uint32Array;
  readonly mantissa: Mantissas;
}

/** What sits on every slot of a core: an index into the core's own list of populations, and an element. */
interface Seats {
  readonly populations: readonly number[];
  readonly local: Uint16Array;
  readonly element: Uint32Array;
}

const seatsOf = ({ blocks }: Core, indexOf: ReadonlyMap<string, number>): Seats => {
  const slots = blocks.reduce(
    (most, b) => Math.max(most, b.slot + (b.range[1] - b.range[0] - 1) * b.stride + 1),
    0,
  );
  const local = new Uint16Array(slots);
  const element = new Uint32Array(slots);
  const populations = [...new Set(blocks.map((b) => indexOf.get(b.population) ?? -1))];
  for (const { population, range, slot, stride } of blocks) {
    const at = populations.indexOf(indexOf.get(population) ?? -1);
    for (let i = 0; i < range[1] - range[0]; i++) {
      local[slot + i * stride] = at;
      element[slot + i * stride] = range[0] + i;
    }
  }
  return { populations, local, element };
};

const runsOfCore = (core: Core, lists: SynapseLists, indexOf: ReadonlyMap<string, number>): CoreRuns => {
  const seats = seatsOf(core, indexOf);
  const kinds = Math.max(1, core.formats.length);
  const keyOf = (s: number): number => (seats.local[lists.slot[s] ?? 0] ?? 0) * kinds + (lists.kind[s] ?? 0);
  // Counts of a list by key, then where its next synapse goes.
  const next = new Uint32Array(seats.populations.length * kinds);
  const listRuns = new Uint32Array(lists.element.length + 1);
  const element = new Uint32Array(lists.slot.length);
  const mantissa = lists.mantissa.slice();
  const runKeys: number[] = [];
  const offsets: number[] = [0];
  const openRuns = (first: number, end: number): readonly number[] => {
    const keys: number[] = [];
    for (let s = first; s < end; s++) {
      const key = keyOf(s);
      if (next[key] === 0) keys.push(key);
      next[key] = (next[key] ?? 0) + 1;
    }
    let at = first;
    for (const key of keys) {
      const count = item(next, key);
      next[key] = at;
      at += count;
      runKeys.push(key);
      offsets.push(at);
    }
    return keys;
  };
  for (let a = 0; a < lists.element.length; a++) {
    const [first, end] = [item(lists.offsets, a), item(lists.offsets, a + 1)];
    const keys = openRuns(first, end);
    for (let s = first; s < end; s++) {
      const key = keyOf(s);
      const at = next[key] ?? 0;
      next[key] = at + 1;
      element[at] = seats.element[lists.slot[s] ?? 0] ?? 0;
      mantissa[at] = lists.mantissa[s] ?? 0;
    }
    for (const key of keys) next[key] = 0;
    listRuns[a + 1] = runKeys.length;
  }
  return {
    listRuns,
    offsets: Uint32Array.from(offsets),
    to: Uint16Array.from(runKeys, (key) => item(seats.populations, Math.floor(key / kinds))),
    kind: Uint8Array.from(runKeys, (key) => key % kinds),
    factors: Float64Array.from(core.formats, (f) => 2 ** f.exponent),
    delays: Uint32Array.from(core.formats, (f) => f.delay),
    element,
    mantissa,
  };
};

/** The cores that listen to every element: links first[p][e] <= l < first[p][e + 1], each a core and a list of it. */
export interface FanOut {
  readonly first: readonly Uint32Array[];
  readonly core: Uint32Array;
  readonly list: Uint32Array;
}

export const fanOutOf = ({ network, lists }: MachineProgram): FanOut => {
  const counts = network.populations.map((p) => new Uint32Array(sizeOf(p.shape) + 1));
  for (const { population, element } of lists)
    for (let a = 0; a < element.length; a++) {
      const of = item(counts, item(population, a));
      of[item(element, a) + 1] = item(of, item(element, a) + 1) + 1;
    }
  let links = 0;
  for (const first of counts) {
    first[0] = links;
    for (let e = 1; e < first.length; e++) {
      links += item(first, e);
      first[e] = links;
    }
  }
  const next = counts.map((first) => first.slice());
  const core = new Uint32Array(links);
  const list = new Uint32Array(links);
  lists.forEach(({ population, element }, c) => {
    for (let a = 0; a < element.length; a++) {
      const of = item(next, item(population, a));
      const at = item(of, item(element, a));
      of[item(element, a)] = at + 1;
      core[at] = c;
      list[at] = a;
    }
  });
  return { first: counts, core, list };
};

export interface MachineRuns {
  readonly cores: readonly CoreRuns[];
  readonly fanOut: FanOut;
}

export const machineRuns = (program: MachineProgram): MachineRuns => {
  const indexOf = new Map(program.network.populations.map((p, i): [string, number] => [p.id, i]));
  return {
    cores: program.cores.map((core, c) => runsOfCore(core, item(program.lists, c), indexOf)),
    fanOut: fanOutOf(program),
  };
};
