import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { inFile, Rejected } from "../../compiler/diagnostics/index.ts";
import { dataDiagnostics } from "./diagnostics.ts";
import { checkExpansion } from "./inflate.ts";
import { unpackLzma2 } from "./lzma2.ts";
import { Lzma2Damage } from "./range-decoder.ts";

const magic = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];

export const isXz = (bytes: Uint8Array): boolean => magic.every((b, i) => bytes[i] === b);

/** Bytes of the check behind a block, by its number. Source: The .xz File Format 1.2, 2.1.1.2. */
const checkBytes = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

/** CRC-64 of ECMA-182 as xz uses it, reflected, in two halves. */
const crc64Table = ((): { readonly low: Uint32Array; readonly high: Uint32Array } => {
  const [low, high] = [new Uint32Array(256), new Uint32Array(256)];
  for (let n = 0; n < 256; n++) {
    let [l, h] = [n, 0];
    for (let bit = 0; bit < 8; bit++) {
      const odd = l & 1;
      l = ((l >>> 1) | (h << 31)) >>> 0;
      h >>>= 1;
      if (odd === 1) {
        l = (l ^ 0xd7870f42) >>> 0;
        h = (h ^ 0xc96c5795) >>> 0;
      }
    }
    low[n] = l;
    high[n] = h;
  }
  return { low, high };
})();

/** The CRC-64 of bytes as its eight bytes lie in a file. */
const crc64 = (bytes: Uint8Array): Uint8Array => {
  let [l, h] = [0xffffffff, 0xffffffff];
  for (const b of bytes) {
    const n = (l ^ b) & 0xff;
    l = (((l >>> 8) | (h << 24)) ^ (crc64Table.low[n] ?? 0)) >>> 0;
    h = ((h >>> 8) ^ (crc64Table.high[n] ?? 0)) >>> 0;
  }
  const found = new Uint8Array(8);
  const view = new DataView(found.buffer);
  view.setUint32(0, ~l >>> 0, true);
  view.setUint32(4, ~h >>> 0, true);
  return found;
};

/** The check of data as it lies in a file, by its number (2.1.1.2); null for no check, and for numbers without a meaning. */
const checkOf = (kind: number, data: Uint8Array): Uint8Array | null => {
  switch (kind) {
    case 1: {
      const found = new Uint8Array(4);
      new DataView(found.buffer).setUint32(0, crc32(data), true);
      return found;
    }
    case 4:
      return crc64(data);
    case 10:
      return createHash("sha256").update(data).digest();
    default:
      return null;
  }
};

/** First byte behind the head of a block that LZMA2 alone has packed; null for other filters. */
const blockData = (bytes: Uint8Array, at: number): number | null => {
  const end = at + 4 * ((bytes[at] ?? 0) + 1);
  const flags = bytes[at + 1] ?? 0;
  let next = at + 2;
  const skipNumber = (): void => {
    while (next < end && (bytes[next] ?? 0) >= 0x80) next++;
    next++;
  };
  if ((flags & 0x40) !== 0) skipNumber();
  if ((flags & 0x80) !== 0) skipNumber();
  return (flags & 3) === 0 && bytes[next] === 0x21 ? end : null;
};

/** Unpacks all blocks. Throws Rejected: `data/damaged`, `data/expands`. */
export const unxz = (bytes: Uint8Array, file: string): Uint8Array => {
  const refuse = (fault: string): never => {
    const holes = { format: ".xz", fault, tool: "xz -d" };
    throw new Rejected([dataDiagnostics.report("damaged", inFile(file), holes)]);
  };
  const kind = (bytes[7] ?? 0) & 15;
  const parts: Uint8Array[] = [];
  let [at, size] = [12, 0];
  while ((bytes[at] ?? 0) !== 0) {
    const first = blockData(bytes, at) ?? refuse("it is packed with a filter beside LZMA2");
    try {
      const { data, end } = unpackLzma2(bytes, first, (n) => checkExpansion(bytes.length, size + n, file));
      const check = Math.ceil((end - first) / 4) * 4 + first;
      if (checkOf(kind, data)?.some((b, i) => b !== bytes[check + i]))
        refuse("its data do not have the check sum that it states");
      parts.push(data);
      size += data.length;
      at = check + (checkBytes[kind] ?? 0);
    } catch (error) {
      if (error instanceof Lzma2Damage) refuse(error.message);
      throw error;
    }
  }
  if (at >= bytes.length) refuse("it has no index");
  return parts.length === 1 ? (parts[0] ?? new Uint8Array(0)) : new Uint8Array(Buffer.concat(parts));
};
