import { Sheet } from "./sheet.ts";
import type { H5Content } from "./tree.ts";
import { addDataset, type Target, type TextPlace } from "./write-datasets.ts";
import { addGroup, byBytes, internalK, leafK, type Placed } from "./write-groups.ts";

const superblockSize = 96;

/** Objects of one heap of texts; the index has 16 bits. */
const heapObjects = 2 ** 15;
const leastHeap = 4096;

const isGroup = (content: H5Content): content is ReadonlyMap<string, H5Content> => content instanceof Map;

const collectTexts = (content: H5Content, found: Set<string>): void => {
  if (isGroup(content)) for (const child of content.values()) collectTexts(child, found);
  else if (content.values.kind === "texts") for (const text of content.values.data) found.add(text);
};

/** Writes every text once, in the order of their bytes; gives the place of each. */
const addTexts = (sheet: Sheet, content: H5Content): Target["textAt"] => {
  const found = new Set<string>();
  collectTexts(content, found);
  const texts = [...found].filter((text) => text !== "").toSorted(byBytes);
  const places = new Map<string, TextPlace>();
  for (let first = 0; first < texts.length; first += heapObjects) {
    const heap = sheet.length;
    const objects = new Sheet();
    texts.slice(first, first + heapObjects).forEach((text, i) => {
      const bytes = new TextEncoder().encode(text);
      places.set(text, { heap, index: i + 1, length: bytes.length });
      objects
        .u16(i + 1, 0)
        .u32(0)
        .u64(bytes.length)
        .raw(bytes)
        .align(8);
    });
    const free = Math.max(16, leastHeap - 16 - objects.length);
    sheet
      .ascii("GCOL")
      .u8(1, 0, 0, 0)
      .u64(16 + objects.length + free)
      .raw(objects.done());
    sheet
      .u16(0, 0)
      .u32(0)
      .u64(free)
      .zeros(free - 16);
  }
  return (text) => places.get(text) ?? null;
};

const addContent = (target: Target, content: ReadonlyMap<string, H5Content>): Placed => {
  const entries = [...content].map(([name, child]) => {
    if (name === "" || name.includes("/"))
      throw new Error(`${JSON.stringify(name)} is no name of an HDF5 object`);
    const header = isGroup(child) ? addContent(target, child).header : addDataset(target, child);
    return { name, header };
  });
  return addGroup(target.sheet, entries);
};

const superblock = ({ header, tree, heap }: Placed, size: number): Uint8Array =>
  new Sheet()
    .u8(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a)
    .u8(0, 0, 0, 0, 0, 8, 8, 0)
    .u16(leafK, internalK)
    .u32(0)
    .u64(0)
    .none()
    .u64(size)
    .none()
    .u64(0, header)
    .u32(1, 0)
    .u64(tree, heap)
    .done();

/**
 * An HDF5 file in the layout that every reader knows (superblock 0, version 1 object headers, symbol tables). Arrays
 * are contiguous, or one gzip chunk where that is smaller; texts are UTF-8 of variable length. There are no time
 * stamps: the same content gives the same bytes, in whatever order its names come. Throws a plain Error for a name
 * that is empty or has a slash.
 */
export const writeHdf5 = (content: ReadonlyMap<string, H5Content>): Uint8Array => {
  const sheet = new Sheet().zeros(superblockSize);
  const target = { sheet, textAt: addTexts(sheet, content) };
  const sorted = (group: ReadonlyMap<string, H5Content>): ReadonlyMap<string, H5Content> =>
    new Map(
      [...group]
        .toSorted(([a], [b]) => byBytes(a, b))
        .map(([name, child]) => [name, isGroup(child) ? sorted(child) : child]),
    );
  const root = addContent(target, sorted(content));
  sheet.align(8).head(superblock(root, sheet.length));
  return sheet.done();
};
