import { type Invariant, item, sizeOf } from "../core/index.ts";
import type { MachineProgram } from "./program.ts";

const hostModels = new Set(["input", "start", "events"]);

/** Slots of a core with the population index and element that sit there. */
export const slotsOf = (
  program: MachineProgram,
  coreAt: number,
): ReadonlyMap<number, { readonly population: number; readonly element: number }> => {
  const indexOf = new Map(program.network.populations.map((p, i) => [p.id, i]));
  const slots = new Map<number, { readonly population: number; readonly element: number }>();
  for (const { population, range, slot, stride } of item(program.cores, coreAt).blocks) {
    for (let i = 0; i < range[1] - range[0]; i++)
      slots.set(slot + i * stride, { population: indexOf.get(population) ?? -1, element: range[0] + i });
  }
  return slots;
};

const placeFaults = (program: MachineProgram): readonly string[] => {
  const counts = new Map(program.network.populations.map((p) => [p.id, new Uint8Array(sizeOf(p.shape))]));
  for (const { blocks } of program.cores) {
    for (const { population, range } of blocks) {
      const count = counts.get(population);
      for (let i = range[0]; count !== undefined && i < range[1]; i++) count[i] = (count[i] ?? 0) + 1;
    }
  }
  return program.network.populations.flatMap((p) => {
    const wanted = hostModels.has(p.model.kind) ? 0 : 1;
    const at = (counts.get(p.id) ?? new Uint8Array()).findIndex((n) => n !== wanted);
    return at < 0 ? [] : [`${p.id}[${at}] has ${counts.get(p.id)?.[at]} places`];
  });
};

const overlapFaults = (program: MachineProgram): readonly string[] =>
  program.cores.flatMap(({ blocks }, c) => {
    const neurons = blocks.reduce((sum, b) => sum + b.range[1] - b.range[0], 0);
    return slotsOf(program, c).size === neurons ? [] : [`slots of core ${c} overlap`];
  });

const listFaults = (program: MachineProgram): readonly string[] =>
  program.lists.flatMap((lists, c) => {
    const slots = slotsOf(program, c);
    const formats = item(program.cores, c).formats.length;
    const bad = lists.slot.findIndex((slot, s) => !slots.has(slot) || item(lists.kind, s) >= formats);
    return bad < 0
      ? []
      : [`synapse ${bad} of core ${c} has slot ${lists.slot[bad]}, format ${lists.kind[bad]}`];
  });

/** M1, M2, M7 of the machine level; sums of lists against projections are the certificate's. */
export const machineInvariants: readonly Invariant<MachineProgram>[] = [
  { name: "M1", says: "every neuron that is not on the host has exactly one place", violations: placeFaults },
  { name: "M2", says: "slots of a core do not overlap", violations: overlapFaults },
  { name: "M7", says: "synapses point at slots and formats that exist", violations: listFaults },
];
