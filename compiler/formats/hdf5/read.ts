import { inFile, Rejected } from "../../diagnostics/index.ts";
import { h5Diagnostics, malformed } from "./diagnostics.ts";
import { type Message, messagesOf, messageTypes } from "./header.ts";
import { Image } from "./image.ts";
import { filtersOf, layoutOf } from "./layout.ts";
import { limits } from "./limits.ts";
import { linksOf } from "./links.ts";
import { childPath } from "./paths.ts";
import { shapeOf, tooLarge } from "./space.ts";
import type { Heaps } from "./texts.ts";
import type { H5Dataset, H5Group, H5Object } from "./tree.ts";
import type { Ledger } from "./tree-nodes.ts";
import { typeOf } from "./types.ts";
import { valuesFrom } from "./values.ts";

const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** True for bytes that start as an HDF5 file does. */
export const isHdf5 = (bytes: Uint8Array): boolean =>
  bytes.length >= signature.length && signature.every((byte, i) => bytes[i] === byte);

/** One walk over a file. */
interface Walk {
  readonly image: Image;
  readonly ledger: Ledger;
  readonly heaps: Heaps;
}

/** Where a superblock keeps what is read of it. */
interface Superblock {
  readonly widths: number;
  readonly base: number;
  readonly end: number;
  readonly root: number;
}

/** Versions 0 to 3 (specification II.A to II.C). */
const superblocks: readonly Superblock[] = [
  { widths: 13, base: 24, end: 40, root: 64 },
  { widths: 13, base: 28, end: 44, root: 68 },
  { widths: 9, base: 12, end: 28, root: 36 },
  { widths: 9, base: 12, end: 28, root: 36 },
];

/** Checks the superblock and gives the address of the root's object header. */
const rootOf = (image: Image): number => {
  const version = image.u8(8);
  const place = superblocks[version];
  if (place === undefined) throw malformed(image.file, 8, `a superblock of version ${version}`);
  if (image.u8(place.widths) !== 8 || image.u8(place.widths + 1) !== 8)
    throw malformed(image.file, place.widths, "addresses and lengths of other than 8 bytes");
  if (image.u64(place.base) !== 0) throw malformed(image.file, place.base, "a base address that is not 0");
  image.need(0, image.u64(place.end), "the file by its own length");
  return image.u64(place.root);
};

const one = (image: Image, messages: readonly Message[], type: number, at: number): Message => {
  const found = messages.find((m) => m.type === type);
  if (found === undefined) throw malformed(image.file, at, `an object has no message of type ${type}`);
  return found;
};

const readDataset = (
  { image, ledger, heaps }: Walk,
  messages: readonly Message[],
  at: number,
  path: string,
): H5Dataset => {
  if (messages.some((m) => m.type === messageTypes.externalFiles))
    throw new Rejected([h5Diagnostics.report("external-storage", inFile(image.file), { path })]);
  const shape = shapeOf(image, one(image, messages, messageTypes.dataspace, at), path);
  const type = typeOf(image, one(image, messages, messageTypes.datatype, at));
  const layout = layoutOf(image, one(image, messages, messageTypes.layout, at), path);
  const filters = filtersOf(image, messages, path);
  const stored = { path, shape, width: type.width, layout, filters };
  return { kind: "dataset", path, shape, read: () => valuesFrom(image, type, stored, heaps, ledger) };
};

const readObject = (walk: Walk, at: number, path: string, above: readonly number[]): H5Object => {
  const { image, ledger } = walk;
  if (above.includes(at))
    throw new Rejected([h5Diagnostics.report("cycle", inFile(image.file), { path, offset: at })]);
  if (above.length > limits.depth)
    throw tooLarge(image, path, above.length, "levels of groups", limits.depth);
  if (++ledger.objects > limits.objects)
    throw tooLarge(image, path, ledger.objects, "objects", limits.objects);
  const messages = messagesOf(image, at, path);
  const links = linksOf(image, messages, path, ledger);
  if (links === null) return readDataset(walk, messages, at, path);
  const children = new Map<string, H5Object>();
  for (const { name, header } of links) {
    if (children.has(name)) throw malformed(image.file, at, `${childPath(path, name)} is there twice`);
    children.set(name, readObject(walk, header, childPath(path, name), [...above, at]));
  }
  return { kind: "group", path, children };
};

const startOf = (bytes: Uint8Array): string =>
  bytes.length === 0
    ? "(none: it is empty)"
    : [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");

/**
 * Reads the tree of an HDF5 file as libraries write it by default (superblocks 0 to 3, object headers 1 and 2, links in
 * symbol tables or messages; arrays inline, contiguous or chunked with gzip and shuffle; HDF5 File Format Specification
 * 4.0). Links in fractal heaps and the chunk indexes of version 4 layouts are not read. The file is untrusted: links of any kind but hard ones, external storage, cycles and
 * unknown filters are refused, extents are bounded before memory is taken. Values are decoded when asked for;
 * attributes are not read. Throws Rejected (`h5/...`).
 */
export const readHdf5 = (bytes: Uint8Array, file: string): H5Group => {
  if (!isHdf5(bytes))
    throw new Rejected([h5Diagnostics.report("format", inFile(file), { start: startOf(bytes) })]);
  const image = new Image(bytes, file);
  const ledger: Ledger = { objects: 0, treeNodes: 0, unpacked: 0 };
  const root = readObject({ image, ledger, heaps: new Map() }, rootOf(image), "/", []);
  if (root.kind === "dataset") throw malformed(file, 0, "the root is no group");
  return root;
};
