import { item } from "../../compiler/ir/core/index.ts";
import type { MachineProgram, Mantissas } from "../../compiler/ir/machine/index.ts";
import type { Wiring } from "../spiking/index.ts";
import type { CoreRuns, MachineRuns } from "./runs.ts";

/** Element that owns each place of a gate's inbox. */
const ownersOf = ({ sites }: Wiring): readonly (Int32Array | null)[] =>
  sites.map(({ incidence, width, size }) => {
    if (incidence === null) return null;
    const owner = new Int32Array(width);
    for (let e = 0; e < size; e++) {
      const end = item(incidence.offsets, e + 1);
      for (let i = item(incidence.offsets, e); i < end; i++) owner[item(incidence.edge, i)] = e;
    }
    return owner;
  });

/** Places of a gate that one source feeds, by the element that owns them. */
const placesFrom = (
  wiring: Wiring,
  source: number,
  element: number,
  gate: number,
  owner: Int32Array,
): Map<number, number[]> => {
  const places = new Map<number, number[]>();
  for (const wire of item(wiring.sites, source).wires) {
    if (wire.to !== gate) continue;
    const end = item(wire.offsets, element + 1);
    for (let i = item(wire.offsets, element); i < end; i++) {
      const at = item(wire.place, i);
      places.set(item(owner, at), [...(places.get(item(owner, at)) ?? []), at]);
    }
  }
  return places;
};

const placesOfCore = (
  { listRuns, offsets, to: targets, element }: CoreRuns,
  sourceOf: (list: number) => readonly [number, number],
  wiring: Wiring,
  owners: readonly (Int32Array | null)[],
): Uint32Array => {
  const place = element.slice();
  for (let a = 0; a + 1 < listRuns.length; a++) {
    for (let r = item(listRuns, a); r < item(listRuns, a + 1); r++) {
      const to = item(targets, r);
      const owner = item(owners, to);
      if (owner === null) continue;
      const [source, from] = sourceOf(a);
      const places = placesFrom(wiring, source, from, to, owner);
      for (let s = item(offsets, r); s < item(offsets, r + 1); s++) {
        const free = places.get(item(element, s))?.shift();
        if (free === undefined)
          throw new Error(`a synapse from ${source}[${from}] to gate ${to} is in no projection`);
        place[s] = free;
      }
    }
  }
  return place;
};

/** Where every synapse adds: the element, or a place of its own in a gate. */
const placesOf = (
  program: MachineProgram,
  { cores }: MachineRuns,
  wiring: Wiring,
): readonly Uint32Array[] => {
  const owners = ownersOf(wiring);
  if (owners.every((o) => o === null)) return cores.map((c) => c.element);
  return cores.map((core, c) => {
    const { population, element } = item(program.lists, c);
    return placesOfCore(core, (a) => [item(population, a), item(element, a)], wiring, owners);
  });
};

/** Synapses of a core as they are added: weight[s] times value at place[s] of an inbox. */
export interface Synapses {
  readonly place: Uint32Array;
  readonly weight: Mantissas;
}

/** Sizes of weights; those that subtract have their place behind the others. */
const apart = ({ offsets, to, element, mantissa }: CoreRuns, { sites }: Wiring): Synapses => {
  const place = element.slice();
  const weight = mantissa.slice();
  to.forEach((target, r) => {
    const { width } = item(sites, target);
    for (let s = item(offsets, r); s < item(offsets, r + 1); s++) {
      if (item(weight, s) >= 0) continue;
      weight[s] = -item(weight, s);
      place[s] = item(place, s) + width;
    }
  });
  return { place, weight };
};

/**
 * Synapses of every core for the inboxes of an engine: a gate has a place for each level that it compares, and an inbox
 * that keeps signs apart has two places an element.
 */
export const synapsesFor = (
  program: MachineProgram,
  runs: MachineRuns,
  wiring: Wiring,
  bySign: boolean,
): readonly Synapses[] => {
  if (bySign) return runs.cores.map((core) => apart(core, wiring));
  const places = placesOf(program, runs, wiring);
  return runs.cores.map(({ mantissa }, c) => ({ place: item(places, c), weight: mantissa }));
};
