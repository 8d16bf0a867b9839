import { atNode, type Diagnostic } from "../../compiler/diagnostics/index.ts";
import { item, type MachineProgram, type SynapseLists } from "../../compiler/ir/index.ts";
import type { SynapseCost } from "../../compiler/target/index.ts";
import { spinnaker1Diagnostics } from "./diagnostics.ts";

/** Synapses of one source on one core; also neurons of a core. Source: sPyNNaker, utilities/constants.py. */
export const rowLength = 256;

/** A synapse word holds the absolute weight in 16 bits; its type is the sign. Source: sPyNNaker, synapse_row.h. */
const greatestWeight = 65535;

/**
 * Low bits of a key that tell the tick of a spike, so that a receiver can place a late one; the tools' setting
 * `[Simulation] n_colour_bits`, 4 by default. A receiver one tick behind its sender sees a spike as 2^bits - 1 ticks
 * late: it drops and counts those with a smaller delay and puts the others into a wrong slot unseen. With 6 bits that
 * is 63, above every delay, so "skipped_synapses = 0" means that all spikes came in time.
 */
export const colourBits = 6;

/**
 * Greatest delay in ticks: words and ring buffers have room for 32 at 256 neurons and 2 types, but 32 is stored as 0,
 * which is never counted as late. Source: sPyNNaker, synapses.c, process_fixed_synapses; population_vertex.py.
 */
export const mostDelay = 31;

/** Words before the synapses of a row: counts of plastic, fixed, and plastic control words. Source: synapse_row.h. */
const rowHead = 3;

const wordBits = { weight: 16, delay: 5 };

export const synapseCost: SynapseCost = {
  width: () => 32,
  formatOf: () => 0,
  words: (count) => rowHead + count,
  outputEntries: () => 1,
  layout: (formats, slots) =>
    formats.map((f) => ({
      ...f,
      weightBits: wordBits.weight,
      delayBits: wordBits.delay,
      indexBits: Math.max(1, 32 - Math.clz32(Math.max(0, slots - 1))),
    })),
};

const rowFaults = (program: MachineProgram, lists: SynapseLists, core: number): readonly Diagnostic[] => {
  const { population, element, offsets } = lists;
  const axon = population.findIndex((_, a) => item(offsets, a + 1) - item(offsets, a) > rowLength);
  if (axon < 0) return [];
  const { id } = item(program.network.populations, item(population, axon));
  const source = `${id}[${item(element, axon)}]`;
  const count = item(offsets, axon + 1) - item(offsets, axon);
  return [
    spinnaker1Diagnostics.report("row-too-long", atNode(id), { core, source, count, limit: rowLength }),
  ];
};

const weightFaults = (
  program: MachineProgram,
  { mantissa, kind }: SynapseLists,
  core: number,
): readonly Diagnostic[] => {
  const scales = Float64Array.from(item(program.cores, core).formats, ({ exponent }) => 2 ** exponent);
  const weightAt = (s: number): number => (mantissa[s] ?? 0) * (scales[kind[s] ?? 0] ?? 0);
  let at = -1;
  for (let s = 0; s < mantissa.length && at < 0; s++) {
    const weight = (mantissa[s] ?? 0) * (scales[kind[s] ?? 0] ?? 0);
    if (weight > greatestWeight || weight < -greatestWeight || weight % 1 !== 0) at = s;
  }
  if (at < 0) return [];
  const holes = { core, weight: weightAt(at), limit: greatestWeight };
  return [spinnaker1Diagnostics.report("weight-too-wide", atNode(program.network.name), holes)];
};

const delayFaults = (program: MachineProgram, core: number): readonly Diagnostic[] => {
  const delay = item(program.cores, core).formats.reduce((most, f) => Math.max(most, f.delay + 1), 0);
  if (delay <= mostDelay) return [];
  return [
    spinnaker1Diagnostics.report("delay-too-long", atNode(program.network.name), {
      core,
      delay,
      limit: mostDelay,
    }),
  ];
};

/** The first row, weight and delay of every core that its memory cannot hold. */
export const limitFaults = (program: MachineProgram): readonly Diagnostic[] =>
  program.lists.flatMap((lists, core) => [
    ...rowFaults(program, lists, core),
    ...weightFaults(program, lists, core),
    ...delayFaults(program, core),
  ]);
