import { type Diagnostic, inFile } from "../../compiler/diagnostics/index.ts";
import { item, type MachineProgram, sizeOf } from "../../compiler/ir/index.ts";
import { spinnaker1Diagnostics } from "./diagnostics.ts";
import type { KeysDocument, PlacementsDocument } from "./documents.ts";
import { coreLabel } from "./layout.ts";

type Sender = KeysDocument["senders"][number];

/** The sender of every element by population, and the first element of each that two of them send. */
interface Owners {
  readonly owners: ReadonlyMap<string, Int32Array>;
  readonly faults: readonly Diagnostic[];
}

const withoutKey = (source: string, count: number): Diagnostic =>
  spinnaker1Diagnostics.report("source-without-key", inFile("keys.json"), { source, count });

const ownersOf = ({ network }: MachineProgram, senders: readonly Sender[]): Owners => {
  const owners = new Map(
    network.populations.map(({ id, shape }): [string, Int32Array] => [
      id,
      new Int32Array(sizeOf(shape)).fill(-1),
    ]),
  );
  const faults: Diagnostic[] = [];
  senders.forEach(({ population, elements }, s) => {
    const owner = owners.get(population) ?? new Int32Array(0);
    for (const [from, to] of elements) {
      const taken = owner.subarray(from, to).findIndex((other) => other >= 0);
      if (taken >= 0) faults.push(withoutKey(`${population}[${from + taken}]`, 2));
      if (to > owner.length) faults.push(withoutKey(`${population}[${to - 1}], which is no element,`, 1));
      owner.fill(s, from, to);
    }
  });
  return { owners, faults };
};

/** Seats of the cores that listen to any element of each sender; the first source of each core that no sender sends. */
const listenersOf = (
  program: MachineProgram,
  seats: ReadonlyMap<string, string>,
  owners: ReadonlyMap<string, Int32Array>,
  senders: readonly Sender[],
): { readonly listeners: readonly ReadonlySet<string>[]; readonly faults: readonly Diagnostic[] } => {
  const listeners = senders.map(() => new Set<string>());
  const byIndex = program.network.populations.map(({ id }) => owners.get(id) ?? new Int32Array(0));
  const faults = program.lists.flatMap(({ population, element, offsets }, core): readonly Diagnostic[] => {
    const seat = seats.get(coreLabel(core)) ?? "nowhere";
    let orphan = -1;
    for (let a = 0; a < population.length; a++) {
      if (offsets[a] === offsets[a + 1]) continue;
      const owner = byIndex[population[a] ?? 0]?.[element[a] ?? 0] ?? -1;
      if (owner >= 0) listeners[owner]?.add(seat);
      else if (orphan < 0) orphan = a;
    }
    if (orphan < 0) return [];
    return [
      withoutKey(`${item(program.network.populations, item(population, orphan)).id}[${element[orphan]}]`, 0),
    ];
  });
  return { listeners, faults };
};

/** Cores of the program whose vertex is missing from placements.json or sits on another chip. */
const seatFaults = ({ cores }: MachineProgram, placements: PlacementsDocument): readonly Diagnostic[] => {
  const chips = new Map(placements.map(({ vertex_label, x, y }) => [vertex_label, `${x},${y}`]));
  return cores.flatMap(({ router }, core) => {
    const chip = chips.get(coreLabel(core));
    if (chip === router.join()) return [];
    const holes = { label: coreLabel(core), wanted: router.join(), chip: chip ?? "none" };
    return [spinnaker1Diagnostics.report("place-differs", inFile("placements.json"), holes)];
  });
};

/**
 * Compares written places and keys with the synapse lists of the program: every core sits on its chip, every source
 * with a synapse has one key, and a sender's targets are exactly the cores that listen to any of its elements.
 */
export const listenerFaults = (
  program: MachineProgram,
  placements: PlacementsDocument,
  { senders }: KeysDocument,
): readonly Diagnostic[] => {
  const seats = new Map(placements.map(({ vertex_label, x, y, p }) => [vertex_label, `${x},${y},${p}`]));
  const { owners, faults } = ownersOf(program, senders);
  const { listeners, faults: orphans } = listenersOf(program, seats, owners, senders);
  const differing = senders.flatMap(({ vertex, population, targets }, s) => {
    const wanted = item(listeners, s);
    const named = new Set(targets.map((t) => t.join()));
    const core = [...wanted].find((seat) => !named.has(seat)) ?? [...named].find((seat) => !wanted.has(seat));
    if (core === undefined) return [];
    const holes = { label: `${population} on ${vertex}`, named: named.size, listening: wanted.size, core };
    return [spinnaker1Diagnostics.report("listeners-differ", inFile("keys.json"), holes)];
  });
  return [...seatFaults(program, placements), ...faults, ...orphans, ...differing];
};
