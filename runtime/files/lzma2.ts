/** LZMA2 as xz files hold it. Source of the format: the LZMA specification of the LZMA SDK, and the .xz file format 1.2. */

import { damaged, fresh, RangeDecoder } from "./range-decoder.ts";

interface LengthModel {
  readonly choice: Uint16Array;
  readonly low: Uint16Array;
  readonly mid: Uint16Array;
  readonly high: Uint16Array;
}

const lengthModel = (): LengthModel => ({
  choice: fresh(2),
  low: fresh(16 << 3),
  mid: fresh(16 << 3),
  high: fresh(256),
});

/** The last four distances, less one. */
type Distances = readonly [number, number, number, number];

const noDistances: Distances = [0, 0, 0, 0];

/** Probabilities, the state and the last distances: what a state reset forgets. */
interface Model {
  readonly isMatch: Uint16Array;
  readonly isRep: Uint16Array;
  readonly isRep0: Uint16Array;
  readonly isRep1: Uint16Array;
  readonly isRep2: Uint16Array;
  readonly isRep0Long: Uint16Array;
  readonly slot: Uint16Array;
  readonly special: Uint16Array;
  readonly align: Uint16Array;
  readonly literal: Uint16Array;
  readonly length: LengthModel;
  readonly repLength: LengthModel;
  state: number;
  reps: Distances;
}

const openModel = ({ lc, lp }: Properties): Model => ({
  isMatch: fresh(12 << 4),
  isRep: fresh(12),
  isRep0: fresh(12),
  isRep1: fresh(12),
  isRep2: fresh(12),
  isRep0Long: fresh(12 << 4),
  slot: fresh(4 << 6),
  special: fresh(128),
  align: fresh(16),
  length: lengthModel(),
  repLength: lengthModel(),
  literal: fresh(0x300 << (lc + lp)),
  state: 0,
  reps: noDistances,
});

interface Properties {
  readonly lc: number;
  readonly lp: number;
  readonly pb: number;
}

const propertiesOf = (byte: number): Properties => {
  const lc = byte % 9;
  const rest = Math.floor(byte / 9);
  const found = { lc, lp: rest % 5, pb: Math.floor(rest / 5) };
  return byte < 225 && found.lc + found.lp <= 4 ? found : damaged("its properties are impossible");
};

const lengthFrom = (decoder: RangeDecoder, model: LengthModel, position: number): number => {
  if (decoder.bit(model.choice, 0) === 0) return 2 + decoder.tree(model.low, position << 3, 3);
  if (decoder.bit(model.choice, 1) === 0) return 10 + decoder.tree(model.mid, position << 3, 3);
  return 18 + decoder.tree(model.high, 0, 8);
};

const distanceFrom = (decoder: RangeDecoder, model: Model, length: number): number => {
  const slot = decoder.tree(model.slot, Math.min(length - 2, 3) << 6, 6);
  if (slot < 4) return slot;
  const bits = (slot >>> 1) - 1;
  const base = (2 + (slot & 1)) * 2 ** bits;
  if (slot < 14) return base + decoder.reverse(model.special, base - slot, bits);
  return base + decoder.direct(bits - 4) * 16 + decoder.reverse(model.align, 0, 4);
};

const literalFrom = (
  decoder: RangeDecoder,
  model: Model,
  { lc, lp }: Properties,
  out: Uint8Array,
  at: number,
): number => {
  const previous = at === 0 ? 0 : (out[at - 1] ?? 0);
  const base = 0x300 * (((at & ((1 << lp) - 1)) << lc) + (previous >>> (8 - lc)));
  let symbol = 1;
  if (model.state >= 7) {
    let matched = out[at - model.reps[0] - 1] ?? 0;
    while (symbol < 0x100) {
      const expected = (matched >>> 7) & 1;
      matched = (matched << 1) & 0xff;
      const bit = decoder.bit(model.literal, base + ((1 + expected) << 8) + symbol);
      symbol = 2 * symbol + bit;
      if (bit !== expected) break;
    }
  }
  while (symbol < 0x100) symbol = 2 * symbol + decoder.bit(model.literal, base + symbol);
  return symbol & 0xff;
};

const afterLiteral = (state: number): number => (state < 4 ? 0 : state < 10 ? state - 3 : state - 6);

/** Length of a copy of something before, whose distance becomes reps[0]. */
const copyFrom = (decoder: RangeDecoder, model: Model, position: number): number => {
  const { state, reps } = model;
  if (decoder.bit(model.isRep, state) === 0) {
    const length = lengthFrom(decoder, model.length, position);
    model.state = state < 7 ? 7 : 10;
    model.reps = [distanceFrom(decoder, model, length), reps[0], reps[1], reps[2]];
    return length;
  }
  if (decoder.bit(model.isRep0, state) === 0) {
    if (decoder.bit(model.isRep0Long, (state << 4) + position) === 0) {
      model.state = state < 7 ? 9 : 11;
      return 1;
    }
  } else if (decoder.bit(model.isRep1, state) === 0) model.reps = [reps[1], reps[0], reps[2], reps[3]];
  else if (decoder.bit(model.isRep2, state) === 0) model.reps = [reps[2], reps[0], reps[1], reps[3]];
  else model.reps = [reps[3], reps[0], reps[1], reps[2]];
  model.state = state < 7 ? 8 : 11;
  return lengthFrom(decoder, model.repLength, position);
};

/** Fills `out` from a place on. It begins where the dictionary does: nothing before it may be copied or predicts. */
const decodeChunk = (
  decoder: RangeDecoder,
  model: Model,
  properties: Properties,
  out: Uint8Array,
  from: number,
): void => {
  const mask = (1 << properties.pb) - 1;
  let at = from;
  while (at < out.length) {
    const position = at & mask;
    if (decoder.bit(model.isMatch, (model.state << 4) + position) === 0) {
      out[at] = literalFrom(decoder, model, properties, out, at);
      model.state = afterLiteral(model.state);
      at++;
      continue;
    }
    const length = copyFrom(decoder, model, position);
    const source = at - model.reps[0] - 1;
    if (source < 0 || at + length > out.length) damaged("a copy leaves the data");
    for (let i = 0; i < length; i++) out[at + i] = out[source + i] ?? 0;
    at += length;
  }
  if (!decoder.finished()) damaged("a chunk does not end where it says");
};

interface Chunk {
  readonly control: number;
  readonly data: number;
  readonly packed: number;
  readonly unpacked: number;
}

const isCompressed = (control: number): boolean => control >= 0x80;

/** The chunk whose head is at a byte; null for the end of all. */
const chunkAt = (bytes: Uint8Array, at: number): Chunk | null => {
  const b = (i: number): number => bytes[at + i] ?? damaged("it ends within a chunk");
  const control = b(0);
  if (control === 0) return null;
  if (!isCompressed(control)) {
    if (control > 2) damaged("a chunk is of no known kind");
    const size = b(1) * 256 + b(2) + 1;
    return { control, data: at + 3, packed: size, unpacked: size };
  }
  const unpacked = (control & 0x1f) * 65536 + b(1) * 256 + b(2) + 1;
  const hasProperties = control >= 0xc0 ? 1 : 0;
  return { control, data: at + 5 + hasProperties, packed: b(3) * 256 + b(4) + 1, unpacked };
};

/** All chunks from a byte on, and where the next thing begins. */
const chunksFrom = (
  bytes: Uint8Array,
  first: number,
): { readonly chunks: readonly Chunk[]; readonly end: number } => {
  const chunks: Chunk[] = [];
  let at = first;
  for (let chunk = chunkAt(bytes, at); chunk !== null; chunk = chunkAt(bytes, at)) {
    at = chunk.data + chunk.packed;
    if (at > bytes.length) damaged("it ends within a chunk");
    chunks.push(chunk);
  }
  return { chunks, end: at + 1 };
};

/** Unpacks the chunks that begin at a byte. `check` sees how much it will be before anything is made. Throws Lzma2Damage. */
export const unpackLzma2 = (
  bytes: Uint8Array,
  first: number,
  check: (unpacked: number) => void,
): { readonly data: Uint8Array; readonly end: number } => {
  const { chunks, end } = chunksFrom(bytes, first);
  const size = chunks.reduce((sum, c) => sum + c.unpacked, 0);
  check(size);
  const out = new Uint8Array(size);
  let [properties, model]: [Properties | null, Model | null] = [null, null];
  let [from, start] = [0, 0];
  for (const { control, data, packed, unpacked } of chunks) {
    const to = from + unpacked;
    if (control === 1 || control >= 0xe0) start = from;
    if (!isCompressed(control)) {
      out.set(bytes.subarray(data, data + packed), from);
    } else {
      if (control >= 0xc0) properties = propertiesOf(bytes[data - 1] ?? 255);
      if (properties === null) return damaged("the first chunk has no properties");
      if (control >= 0xa0) model = openModel(properties);
      if (model === null) return damaged("the first chunk has no state");
      const decoder = new RangeDecoder(bytes, data, data + packed);
      decodeChunk(decoder, model, properties, out.subarray(start, to), from - start);
    }
    from = to;
  }
  return { data: out, end };
};
