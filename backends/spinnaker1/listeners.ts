import { type Diagnostic, inFile } from "../../compiler/diagnostics/index.ts";
import { item, type MachineProgram } from "../../compiler/ir/index.ts";
import { spinnaker1Diagnostics } from "./diagnostics.ts";
import type { KeysDocument, PlacementsDocument } from "./documents.ts";
import { coreLabel } from "./layout.ts";

type Sender = KeysDocument["senders"][number];

const isIn = (elements: Sender["elements"], element: number): boolean =>
  elements.some(([from, to]) => from <= element && element < to);

/** Seats of the cores with a synapse, by source population and element. */
const listening = (
  program: MachineProgram,
  seats: ReadonlyMap<string, string>,
): ReadonlyMap<string, ReadonlyMap<number, ReadonlySet<string>>> => {
  const bySource = new Map(
    program.network.populations.map(({ id }) => [String(id), new Map<number, Set<string>>()]),
  );
  program.lists.forEach(({ population, element, offsets }, core) => {
    const seat = seats.get(coreLabel(core)) ?? "nowhere";
    population.forEach((p, axon) => {
      if (offsets[axon] === offsets[axon + 1]) return;
      const byElement = bySource.get(item(program.network.populations, p).id);
      const seats = byElement?.get(item(element, axon)) ?? new Set();
      byElement?.set(item(element, axon), seats.add(seat));
    });
  });
  return bySource;
};

/** Elements that send are those of some sender: none is left out, none is listed twice. */
const coverFaults = (
  sources: ReadonlyMap<string, ReadonlyMap<number, ReadonlySet<string>>>,
  senders: readonly Sender[],
): readonly Diagnostic[] =>
  [...sources].flatMap(([population, elements]) => {
    const own = senders.filter((s) => s.population === population);
    const wrong = [...elements.keys()].find((e) => own.filter((s) => isIn(s.elements, e)).length !== 1);
    if (wrong === undefined) return [];
    const count = own.filter((s) => isIn(s.elements, wrong)).length;
    const holes = { source: `${population}[${wrong}]`, count };
    return [spinnaker1Diagnostics.report("source-without-key", inFile("keys.json"), holes)];
  });

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
  const sources = listening(program, seats);
  const differing = senders.flatMap(({ vertex, population, elements, targets }) => {
    const elementsOf = [...(sources.get(population) ?? [])].filter(([element]) => isIn(elements, element));
    const wanted = new Set(elementsOf.flatMap(([, listeners]) => [...listeners]));
    const named = new Set(targets.map((t) => t.join()));
    const core = [...wanted].find((s) => !named.has(s)) ?? [...named].find((s) => !wanted.has(s));
    if (core === undefined) return [];
    const holes = { label: `${population} on ${vertex}`, named: named.size, listening: wanted.size, core };
    return [spinnaker1Diagnostics.report("listeners-differ", inFile("keys.json"), holes)];
  });
  return [...seatFaults(program, placements), ...coverFaults(sources, senders), ...differing];
};
