import { inFile, Rejected } from "../../diagnostics/index.ts";
import { h5Diagnostics, malformed } from "./diagnostics.ts";
import { type Message, messageTypes } from "./header.ts";
import type { Image } from "./image.ts";

/** Where the bytes of a dataset lie; a null address: nothing was written. */
export type Layout =
  | { readonly kind: "inline"; readonly at: number; readonly size: number }
  | { readonly kind: "contiguous"; readonly at: number | null }
  | { readonly kind: "chunked"; readonly tree: number | null; readonly chunk: readonly number[] };

const dimensions = (image: Image, at: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => image.u32(at + 4 * i));

const oldLayout = (image: Image, at: number, fail: (fault: string) => Rejected): Layout => {
  const rank = image.u8(at + 1);
  const kind = image.u8(at + 2);
  if (kind === 0) {
    const size = image.u32(at + 8 + 4 * rank);
    return { kind: "inline", at: at + 12 + 4 * rank, size };
  }
  if (kind === 1) return { kind: "contiguous", at: image.address(at + 8) };
  if (kind === 2)
    return { kind: "chunked", tree: image.address(at + 8), chunk: dimensions(image, at + 16, rank) };
  throw fail(`a layout of class ${kind}`);
};

const layoutOfVersion3 = (image: Image, at: number, fail: (fault: string) => Rejected): Layout => {
  const kind = image.u8(at + 1);
  if (kind === 0) return { kind: "inline", at: at + 4, size: image.u16(at + 2) };
  if (kind === 1) return { kind: "contiguous", at: image.address(at + 2) };
  if (kind !== 2) throw fail(`a layout of class ${kind}`);
  const rank = image.u8(at + 2);
  return { kind: "chunked", tree: image.address(at + 3), chunk: dimensions(image, at + 11, rank) };
};

/** Reads a data layout message, versions 1 to 3. Throws Rejected for newer ones. */
export const layoutOf = (image: Image, message: Message, path: string): Layout => {
  const { at } = message;
  const fail = (fault: string): Rejected => malformed(image.file, at, `${path} has ${fault}`);
  const version = image.u8(at);
  if (version === 1 || version === 2) return oldLayout(image, at, fail);
  if (version === 3) return layoutOfVersion3(image, at, fail);
  if (version > 4) throw fail(`a layout of version ${version}`);
  const holes = { what: `the layout of ${path}`, found: version, known: 3 };
  throw new Rejected([h5Diagnostics.report("version", inFile(image.file), holes)]);
};

export const deflateFilter = 1;
export const shuffleFilter = 2;

/** Numbers of the filters in the order in which they were applied. Throws Rejected (`h5/filter`) for unknown ones. */
export const filtersOf = (image: Image, messages: readonly Message[], path: string): readonly number[] => {
  const message = messages.find((m) => m.type === messageTypes.filters);
  if (message === undefined) return [];
  const { at } = message;
  const version = image.u8(at);
  const count = image.u8(at + 1);
  const filters: number[] = [];
  let next = at + (version === 1 ? 8 : 2);
  for (let i = 0; i < count; i++) {
    const filter = image.u16(next);
    if (filter !== deflateFilter && filter !== shuffleFilter)
      throw new Rejected([h5Diagnostics.report("filter", inFile(image.file), { path, filter })]);
    filters.push(filter);
    const named = version === 1;
    const name = named ? image.u16(next + 2) : 0;
    const values = image.u16(next + (named ? 6 : 4));
    next += (named ? 8 + Math.ceil(name / 8) * 8 : 6) + 4 * values + (named && values % 2 === 1 ? 4 : 0);
  }
  return filters;
};
