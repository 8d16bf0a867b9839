import { inflateSync } from "node:zlib";
import { unpackedLimit } from "../../../runtime/files/limits.ts";
import { type Shape, sizeOf, stridesOf } from "../../ir/core/index.ts";
import { malformed } from "./diagnostics.ts";
import type { Image } from "./image.ts";
import { deflateFilter, type Layout, shuffleFilter } from "./layout.ts";
import { tooLarge } from "./space.ts";
import { type Ledger, leavesOf } from "./tree-nodes.ts";

/** What is read: one dataset's place, shape and filters. */
export interface Stored {
  readonly path: string;
  readonly shape: Shape;
  /** Bytes of an element. */
  readonly width: number;
  readonly layout: Layout;
  readonly filters: readonly number[];
}

/** Counts bytes against what a file of this size may unpack to, before they are allocated. */
export const spend = (image: Image, path: string, bytes: number, ledger: Ledger): void => {
  const limit = unpackedLimit(image.bytes.length);
  ledger.unpacked += bytes;
  if (ledger.unpacked > limit) throw tooLarge(image, path, ledger.unpacked, "bytes unpacked", limit);
};

/** Undoes the shuffle filter: byte b of element e was stored at b * count + e. */
const unshuffled = (bytes: Uint8Array, width: number): Uint8Array => {
  const count = Math.floor(bytes.length / width);
  const out = new Uint8Array(bytes);
  for (let b = 0; b < width; b++)
    for (let e = 0; e < count; e++) out[e * width + b] = bytes[b * count + e] ?? 0;
  return out;
};

const inflated = (image: Image, at: number, bytes: Uint8Array, size: number, path: string): Uint8Array => {
  try {
    return inflateSync(bytes, { maxOutputLength: Math.max(1, size) });
  } catch {
    throw malformed(image.file, at, `the compressed bytes of ${path} are damaged or too many`);
  }
};

const unfiltered = (
  image: Image,
  at: number,
  packed: Uint8Array,
  mask: number,
  size: number,
  { filters, width, path }: Stored,
): Uint8Array => {
  let bytes = packed;
  for (let i = filters.length - 1; i >= 0; i--) {
    if (((mask >>> i) & 1) !== 0) continue;
    if (filters[i] === deflateFilter) bytes = inflated(image, at, bytes, size, path);
    else if (filters[i] === shuffleFilter) bytes = unshuffled(bytes, width);
  }
  if (bytes.length !== size)
    throw malformed(image.file, at, `a chunk of ${path} has ${bytes.length} bytes instead of ${size}`);
  return bytes;
};

/** Copies a chunk that starts at `origin` to its place, row by row; what lies outside the array is left out. */
const place = (
  out: Uint8Array,
  bytes: Uint8Array,
  { shape, width }: Stored,
  chunk: Shape,
  origin: Shape,
): void => {
  const rank = shape.length;
  const strides = stridesOf(shape);
  const kept = shape.map((extent, axis) => Math.min(chunk[axis] ?? 1, extent - (origin[axis] ?? 0)));
  if (kept.some((extent) => extent <= 0)) return;
  const row = kept[rank - 1] ?? 1;
  const rows = sizeOf(kept.slice(0, -1));
  const inner = stridesOf(chunk);
  for (let r = 0; r < rows; r++) {
    let rest = r;
    let from = 0;
    let to = origin[rank - 1] ?? 0;
    for (let axis = rank - 2; axis >= 0; axis--) {
      const extent = kept[axis] ?? 1;
      const index = rest % extent;
      rest = Math.floor(rest / extent);
      from += index * (inner[axis] ?? 1);
      to += (index + (origin[axis] ?? 0)) * (strides[axis] ?? 1);
    }
    out.set(bytes.subarray(from * width, (from + row) * width), to * width);
  }
};

/** All bytes of a chunked dataset; chunks that were never written are zero. */
export const chunkedBytes = (
  image: Image,
  stored: Stored & { readonly layout: Extract<Layout, { readonly kind: "chunked" }> },
  ledger: Ledger,
): Uint8Array => {
  const { shape, width, layout, path } = stored;
  const chunk = layout.chunk.slice(0, -1);
  if (chunk.length !== shape.length || chunk.length === 0 || layout.chunk.at(-1) !== width)
    throw malformed(image.file, layout.tree ?? 0, `the chunks of ${path} do not fit its shape`);
  const size = chunk.reduce((product, extent) => Math.min(product * extent, 2 ** 53), width);
  spend(image, path, sizeOf(shape) * width, ledger);
  const out = new Uint8Array(sizeOf(shape) * width);
  if (layout.tree === null) return out;
  const keySize = 8 + 8 * layout.chunk.length;
  for (const { key, child } of leavesOf(image, layout.tree, { type: 1, keySize, path }, ledger)) {
    spend(image, path, size, ledger);
    const packed = image.slice(child, image.u32(key), `a chunk of ${path}`);
    const origin = chunk.map((_, axis) => image.u64(key + 8 + 8 * axis));
    place(out, unfiltered(image, child, packed, image.u32(key + 4), size, stored), stored, chunk, origin);
  }
  return out;
};
