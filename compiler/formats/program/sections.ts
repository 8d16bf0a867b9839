/**
 * The binary of a machine program. First the network's weights (`formats/graph/weights.ts`), then one part a core at the
 * byte that the JSON names: six arrays, little-endian, each padded to 8 bytes.
 *
 *   population  u16[axons]       index of the population that feeds the axon
 *   element     u32[axons]       its element; axons rise by (population, element)
 *   offsets     u32[axons + 1]   list a holds synapses offsets[a] <= s < offsets[a + 1]
 *   slot        u8 or u16[synapses]
 *   mantissa    i8, i16 or i32[synapses], divided by `unit` of the JSON; f64 in a program in real arithmetic
 *   kind        u8[synapses], index in the formats of the core; left out when there is one
 */
import { schema } from "../../ir/index.ts";

const { int, record } = schema;

/** Where the lists of a core lie and how wide their numbers are. */
export const part = record({
  offset: int,
  axons: int,
  synapses: int,
  slotBytes: int,
  mantissaBytes: int,
  kindBytes: int,
});

export type Part = schema.Infer<typeof part>;

export const alignment = 8;

export const padded = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

/** Bytes of the six arrays of a part, in order, without padding. */
export const sectionBytes = ({
  axons,
  synapses,
  slotBytes,
  mantissaBytes,
  kindBytes,
}: Part): readonly number[] => [
  2 * axons,
  4 * axons,
  4 * (axons + 1),
  slotBytes * synapses,
  mantissaBytes * synapses,
  kindBytes * synapses,
];

export const partBytes = (p: Part): number => sectionBytes(p).reduce((sum, bytes) => sum + padded(bytes), 0);

const littleEndianMachine = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

type Numbers = Uint8Array | Uint16Array | Uint32Array | Int8Array | Int16Array | Int32Array | Float64Array;

/** Bytes in the other order within each number. */
const swapped = (bytes: Uint8Array, width: number): Uint8Array =>
  bytes.map((_, i) => bytes[i - (i % width) + (width - 1 - (i % width))] ?? 0);

/** The bytes of an array as a file holds them. */
export const toBytes = (array: Numbers): Uint8Array => {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return littleEndianMachine ? bytes : swapped(bytes, array.BYTES_PER_ELEMENT);
};

/** A copy of bytes of a file as a buffer of numbers of this machine. */
export const fromBytes = (bytes: Uint8Array, width: number): ArrayBuffer => {
  const own = new Uint8Array(bytes.length);
  own.set(littleEndianMachine ? bytes : swapped(bytes, width));
  return own.buffer;
};

export const programFiles = { json: "program.json", binary: "program.bin" } as const;

export const programFormat = "spikefold/program@1";
