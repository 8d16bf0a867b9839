import { type Diagnostic, inFile } from "../../compiler/diagnostics/index.ts";
import { item, type MachineProgram } from "../../compiler/ir/index.ts";
import { spinnaker1Diagnostics } from "./diagnostics.ts";
import type { KeysDocument } from "./documents.ts";
import { layoutOf } from "./layout.ts";

type Sender = KeysDocument["senders"][number];

const isIn = (elements: Sender["elements"], element: number): boolean =>
  elements.some(([from, to]) => from <= element && element < to);

/** Seats of the cores with a synapse, by source population and element. */
const listening = (
  program: MachineProgram,
): ReadonlyMap<string, ReadonlyMap<number, ReadonlySet<string>>> => {
  const { cores } = layoutOf(program);
  const bySource = new Map(
    program.network.populations.map(({ id }) => [String(id), new Map<number, Set<string>>()]),
  );
  program.lists.forEach(({ population, element, offsets }, core) => {
    const seat = item(cores, core).seat.join();
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

/**
 * Compares the listeners that keys.json names with the synapse lists of the program: every source with a synapse has
 * one key, and a sender's targets are exactly the cores that listen to any of its elements.
 */
export const listenerFaults = (program: MachineProgram, { senders }: KeysDocument): readonly Diagnostic[] => {
  const sources = listening(program);
  const differing = senders.flatMap(({ vertex, population, elements, targets }) => {
    const wanted = new Set(
      [...(sources.get(population) ?? [])].flatMap(([e, seats]) => (isIn(elements, e) ? [...seats] : [])),
    );
    const named = new Set(targets.map((t) => t.join()));
    const core = [...wanted].find((s) => !named.has(s)) ?? [...named].find((s) => !wanted.has(s));
    if (core === undefined) return [];
    const holes = { label: `${population} on ${vertex}`, named: named.size, listening: wanted.size, core };
    return [spinnaker1Diagnostics.report("listeners-differ", inFile("keys.json"), holes)];
  });
  return [...coverFaults(sources, senders), ...differing];
};
