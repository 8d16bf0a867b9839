import { item } from "../../compiler/ir/index.ts";
import type { SynapseCost } from "../../compiler/target/index.ts";

/** Before the synapses of an entry: 4 bits of format, 6 bits of count. Source: NxTF, synapse_compression.py. */
const entryHead = 10;
/** Synapses of one entry; the field would hold 64. Source: NxTF. */
const entryLength = 60;
const wordBits = 64;
const weightBits = 8;

/** Widths that an index can have. Source: nengo-loihi, hardware/nxsdk_objects.py. */
const indexWidths = [6, 7, 8, 9, 10, 11, 12];

const bitsFor = (values: number): number => 32 - Math.clz32(Math.max(0, values - 1));

const indexBits = (slots: number): number =>
  indexWidths.find((w) => w >= bitsFor(slots)) ?? item(indexWidths, indexWidths.length - 1);

/** None when nothing is late, else 3 to 6. */
const delayBits = (delay: number): number => (delay === 0 ? 0 : Math.max(3, bitsFor(delay + 1)));

/**
 * NxTF's model of synapse memory. A list is a run of entries, each of one format; `formats` formats make the most entries
 * when all but one hold a single synapse. Words: one for 64 bits begun, and one more when 59 or more bits of the last
 * are used, which is the same as 6 more bits.
 */
export const cost: SynapseCost = {
  width: (slots, delay) => weightBits + delayBits(delay) + indexBits(slots),
  // Delays lie in the synapse, exponents in the format.
  formatOf: (exponent) => exponent,
  words: (count, formats, width) => {
    if (count === 0) return 0;
    const entries = formats + Math.floor((count - formats) / entryLength);
    return Math.ceil((entries * entryHead + count * width + 6) / wordBits);
  },
  // One for a discrete axon; the address of another chip takes one more. Source: NxTF, data_structures.py.
  outputEntries: (sameChip) => (sameChip ? 1 : 2),
  layout: (formats, slots) => {
    const longest = formats.reduce((most, f) => Math.max(most, f.delay), 0);
    return formats.map((f) => ({
      ...f,
      weightBits,
      delayBits: delayBits(longest),
      indexBits: indexBits(slots),
    }));
  },
};
