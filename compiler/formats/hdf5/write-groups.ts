import { Sheet } from "./sheet.ts";
import { addGroupHeader } from "./write-datasets.ts";

/** What readers assume for superblock 0: a symbol node holds 2 * 4 entries, a tree node 2 * 16 children. */
export const leafK = 4;
export const internalK = 16;

export interface Entry {
  readonly name: string;
  readonly header: number;
}

/** A group on the sheet: what its header and the root's entry point to. */
export interface Placed {
  readonly header: number;
  readonly tree: number;
  readonly heap: number;
}

const inPieces = <T>(list: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));

/** Order of names as readers search them: by bytes. */
export const byBytes = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));

/** A child of a tree node, with the heap offset of the greatest name below it. */
interface Child {
  readonly at: number;
  readonly greatest: number;
}

const addNode = (sheet: Sheet, level: number, children: readonly Child[], before: number): Child => {
  sheet.align(8);
  const at = sheet.length;
  sheet.ascii("TREE").u8(0, level).u16(children.length).none().none().u64(before);
  for (const child of children) sheet.u64(child.at, child.greatest);
  sheet.zeros(16 * (2 * internalK - children.length));
  return { at, greatest: children.at(-1)?.greatest ?? 0 };
};

const addSymbols = (sheet: Sheet, entries: readonly Entry[], offsetOf: (name: string) => number): Child => {
  sheet.align(8);
  const at = sheet.length;
  sheet.ascii("SNOD").u8(1, 0).u16(entries.length);
  for (const { name, header } of entries) sheet.u64(offsetOf(name), header).u32(0, 0).u64(0, 0);
  sheet.zeros(40 * (2 * leafK - entries.length));
  const final = entries.at(-1);
  return { at, greatest: final === undefined ? 0 : offsetOf(final.name) };
};

/** Offsets of names in the group's own heap; the empty name stands first. */
const addNames = (
  sheet: Sheet,
  names: readonly string[],
): { readonly heap: number; readonly offsets: ReadonlyMap<string, number> } => {
  const data = new Sheet().zeros(8);
  const offsets = new Map<string, number>();
  for (const name of names) {
    offsets.set(name, data.length);
    data.ascii(name).u8(0).align(8);
  }
  sheet.align(8);
  const heap = sheet.length;
  // 1 stands for "no free block".
  sheet
    .ascii("HEAP")
    .u8(0, 0, 0, 0)
    .u64(data.length, 1, heap + 32)
    .raw(data.done());
  return { heap, offsets };
};

/** Writes a group of objects that are written already. */
export const addGroup = (sheet: Sheet, entries: readonly Entry[]): Placed => {
  const sorted = entries.toSorted((a, b) => byBytes(a.name, b.name));
  const { heap, offsets } = addNames(
    sheet,
    sorted.map((e) => e.name),
  );
  const offsetOf = (name: string): number => offsets.get(name) ?? 0;
  let children = inPieces(sorted, 2 * leafK).map((piece) => addSymbols(sheet, piece, offsetOf));
  let level = 0;
  do {
    const pieces = children.length === 0 ? [[]] : inPieces(children, 2 * internalK);
    let before = 0;
    children = pieces.map((piece) => {
      const node = addNode(sheet, level, piece, before);
      before = node.greatest;
      return node;
    });
    level++;
  } while (children.length > 1);
  const tree = children[0]?.at ?? 0;
  return { header: addGroupHeader(sheet, tree, heap), tree, heap };
};
