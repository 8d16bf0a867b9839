import { crc32 } from "node:zlib";
import { inFile, quoteName, Rejected } from "../../compiler/diagnostics/index.ts";
import { dataDiagnostics } from "./diagnostics.ts";
import { checkExpansion, inflateExactly } from "./inflate.ts";
import { limits } from "./limits.ts";

/** One file of an archive. `name` is text to compare, never a path to open. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const endMark = 0x06054b50;
const centralMark = 0x02014b50;
const localMark = 0x04034b50;
/** Sizes of the fixed parts of the three records (PKWARE APPNOTE 4.3.7, 4.3.12, 4.3.16). */
const [localSize, centralSize, endSize] = [30, 46, 22] as const;
const longestComment = 65535;
const fourGigabytes = 0xffffffff;

interface Listed {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly offset: number;
}

type Fail = (fault: string) => Rejected;

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const findEnd = (view: DataView, fail: Fail): number => {
  const least = Math.max(0, view.byteLength - endSize - longestComment);
  for (let at = view.byteLength - endSize; at >= least; at--) {
    if (
      view.getUint32(at, true) === endMark &&
      at + endSize + view.getUint16(at + 20, true) === view.byteLength
    )
      return at;
  }
  throw fail("the list of its entries is missing; it is cut or not a zip archive");
};

const decodeName = (bytes: Uint8Array, fail: Fail): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw fail("the name of an entry is not UTF-8");
  }
};

const checkName = (name: string, fail: Fail): void => {
  if (/^[/]|\\|^[A-Za-z]:|(^|[/])\.\.([/]|$)|\0/.test(name))
    throw fail(`entry "${quoteName(name)}" has a path as its name`);
};

/** One record of the central directory, and the offset of the next. */
const listedAt = (bytes: Uint8Array, view: DataView, at: number, fail: Fail): readonly [Listed, number] => {
  if (at + centralSize > bytes.length || view.getUint32(at, true) !== centralMark)
    throw fail(`there is no entry at byte ${at}`);
  const nameEnd = at + centralSize + view.getUint16(at + 28, true);
  const next = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  if (next > bytes.length) throw fail(`the entry at byte ${at} goes beyond the end`);
  const name = decodeName(bytes.subarray(at + centralSize, nameEnd), fail);
  checkName(name, fail);
  const [packed, unpacked, offset] = [
    view.getUint32(at + 20, true),
    view.getUint32(at + 24, true),
    view.getUint32(at + 42, true),
  ];
  if ((view.getUint16(at + 8, true) & 1) === 1) throw fail(`entry "${quoteName(name)}" is encrypted`);
  if (Math.max(packed, unpacked, offset) === fourGigabytes)
    throw fail(`entry "${quoteName(name)}" has 4 GiB or more`);
  return [
    {
      name,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed,
      unpacked,
      offset,
    },
    next,
  ];
};

const list = (bytes: Uint8Array, view: DataView, fail: Fail): readonly Listed[] => {
  const end = findEnd(view, fail);
  const count = view.getUint16(end + 10, true);
  if (count > limits.entries) throw fail(`it has ${count} entries, at most ${limits.entries} are read`);
  const entries: Listed[] = [];
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < count; i++) {
    const [entry, next] = listedAt(bytes, view, at, fail);
    if (entries.some(({ name }) => name === entry.name))
      throw fail(`entry "${quoteName(entry.name)}" is there twice`);
    entries.push(entry);
    at = next;
  }
  return entries;
};

const unpack = (bytes: Uint8Array, view: DataView, entry: Listed, fail: Fail): Uint8Array => {
  const { offset, packed, unpacked, method } = entry;
  const broken = (): Rejected => fail(`entry "${quoteName(entry.name)}" is damaged`);
  if (offset + localSize > bytes.length || view.getUint32(offset, true) !== localMark) throw broken();
  const start = offset + localSize + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + packed > bytes.length) throw broken();
  const body = bytes.subarray(start, start + packed);
  if (method !== 0 && method !== 8)
    throw fail(`entry "${quoteName(entry.name)}" is packed by method ${method}; 0 and 8 are read`);
  const plain = method === 0 ? body : inflateExactly(body, unpacked);
  if (plain === null || plain.length !== unpacked || crc32(plain) !== entry.crc) throw broken();
  return plain;
};

export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 &&
  bytes[1] === 0x4b &&
  (bytes[2] === 3 || bytes[2] === 5) &&
  bytes[3] === (bytes[2] ?? 0) + 1;

/**
 * Reads an archive by its central directory; sizes, names and checksums are checked, and no more is unpacked
 * than was declared and allowed. Throws Rejected: `data/damaged`, `data/expands`.
 */
export const readZip = (bytes: Uint8Array, file: string): readonly ZipEntry[] => {
  const fail: Fail = (fault) =>
    new Rejected([
      dataDiagnostics.report("damaged", inFile(file), { format: "zip", fault, tool: "numpy.savez" }),
    ]);
  const view = viewOf(bytes);
  const entries = list(bytes, view, fail);
  const packed = entries.reduce((sum, entry) => sum + entry.packed, 0);
  if (packed > bytes.length)
    throw fail(`its entries overlap: they have ${packed} bytes, the file has ${bytes.length}`);
  checkExpansion(
    bytes.length,
    entries.reduce((sum, entry) => sum + entry.unpacked, 0),
    file,
  );
  return entries.map((entry) => ({ name: entry.name, bytes: unpack(bytes, view, entry, fail) }));
};

/** 1 January 1980, the first date that zip knows: no time stamps in outputs. */
const epoch = (1 << 5) | 1;

/** The fields that the local and the central record share, from the version needed to the extra length. */
const shared = (name: Uint8Array, bytes: Uint8Array): Buffer => {
  const head = Buffer.alloc(26);
  head.writeUInt16LE(20, 0);
  head.writeUInt16LE(0x800, 2);
  head.writeUInt16LE(epoch, 8);
  head.writeUInt32LE(crc32(bytes), 10);
  head.writeUInt32LE(bytes.length, 14);
  head.writeUInt32LE(bytes.length, 18);
  head.writeUInt16LE(name.length, 22);
  return head;
};

const mark = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** An archive of stored entries in the given order. The same entries give the same bytes. */
export const writeZip = (entries: readonly ZipEntry[]): Uint8Array => {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = new TextEncoder().encode(entry.name);
    const head = shared(name, entry.bytes);
    parts.push(mark(localMark), head, name, entry.bytes);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(mark(centralMark), Buffer.from([20, 0]), head, place, name);
    offset += localSize + name.length + entry.bytes.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(endSize - 4);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return new Uint8Array(Buffer.concat([...parts, listed, mark(endMark), end]));
};
