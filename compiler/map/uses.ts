import {
  type Core,
  type Format,
  item,
  type MachineProgram,
  type SynapseLists,
  sizeOf,
  type Use,
} from "../ir/index.ts";
import type { SynapseCost } from "../target/index.ts";
import { bitsIn } from "./fill.ts";
import { type Amounts, resources } from "./resources.ts";

type Cores = Pick<MachineProgram, "cores" | "lists" | "network">;

const slotsOf = ({ blocks }: Core): number =>
  blocks.reduce((sum, { range: [from, to] }) => sum + to - from, 0);

/** Bits of the chip's formats that the synapses of a list use. */
const formatsOf = (
  { kind }: SynapseLists,
  first: number,
  end: number,
  formatOfKind: readonly number[],
): number => {
  let mask = 0;
  for (let s = first; s < end; s++) mask |= 1 << (formatOfKind[kind[s] ?? 0] ?? 0);
  return mask;
};

/** Memory of a core, list by list. */
const memoryOf = (
  lists: SynapseLists,
  formats: readonly Format[],
  slots: number,
  cost: SynapseCost,
): Amounts => {
  const width = cost.width(
    slots,
    formats.reduce((most, f) => Math.max(most, f.delay), 0),
  );
  const formatOfKind = formats.map((f) => cost.formatOf(f.exponent, f.delay));
  let [words, longest, synapses, all] = [0, 0, 0, 0];
  for (let axon = 0; axon < lists.element.length; axon++) {
    const first = item(lists.offsets, axon);
    const end = item(lists.offsets, axon + 1);
    const mask = formatsOf(lists, first, end, formatOfKind);
    const list = cost.words(end - first, bitsIn(mask), width);
    words += list;
    longest = Math.max(longest, list);
    synapses = Math.max(synapses, end - first);
    all |= mask;
  }
  return [words, longest, synapses, bitsIn(all)];
};

/** The core of every element, by population; -1 on the host. */
const homesOf = ({ cores, network }: Cores): readonly Int32Array[] => {
  const homes = network.populations.map((p) => new Int32Array(sizeOf(p.shape)).fill(-1));
  const indexOf = new Map(network.populations.map((p, i) => [p.id, i]));
  cores.forEach(({ blocks }, core) => {
    for (const { population, range } of blocks)
      homes[indexOf.get(population) ?? -1]?.fill(core, range[0], range[1]);
  });
  return homes;
};

/** Output entries of every core: one source and one receiving core each. */
const outputsOf = (program: Cores, cost: SynapseCost): Float64Array => {
  const homes = homesOf(program);
  const outputs = new Float64Array(program.cores.length);
  program.lists.forEach(({ population, element }, receiver) => {
    const { chip } = item(program.cores, receiver);
    for (let axon = 0; axon < element.length; axon++) {
      const home = homes[population[axon] ?? 0]?.[element[axon] ?? 0] ?? -1;
      if (home < 0) continue;
      outputs[home] = item(outputs, home) + cost.outputEntries(item(program.cores, home).chip === chip);
    }
  });
  return outputs;
};

/** Recounts what every core of a program uses, from its lists and blocks alone. */
export const usesOf = (program: Cores, cost: SynapseCost): readonly (readonly Use[])[] => {
  const outputs = outputsOf(program, cost);
  return program.cores.map((core, c) => {
    const lists = item(program.lists, c);
    const slots = slotsOf(core);
    const [words = 0, longest = 0, synapses = 0, formats = 0] = memoryOf(lists, core.formats, slots, cost);
    const amounts = [slots, lists.element.length, item(outputs, c), words, longest, synapses, formats];
    return resources.map((resource, r) => ({ resource, amount: item(amounts, r) }));
  });
};
