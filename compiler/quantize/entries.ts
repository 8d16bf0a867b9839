import { item, type Shape, sizeOf } from "../ir/core/index.ts";
import { apply, type LinearMap, rowsOf } from "../ir/linear/index.ts";

/** Real numbers of the elements of a value: one entry for all, one per channel of axis 0, or one per element. */
export type Entries = readonly number[];

/** The entry of element i of `size`. */
export const entryAt = (entries: ArrayLike<number>, size: number, i: number): number =>
  item(entries, entries.length === 1 ? 0 : Math.floor((i * entries.length) / size));

/** One entry per element. */
export const perElementOf = (entries: ArrayLike<number>, shape: Shape): Float64Array => {
  const size = sizeOf(shape);
  return Float64Array.from({ length: size }, (_, i) => entryAt(entries, size, i));
};

/** The same entries, as few as say them: one, one per channel, or one per element. */
export const fewest = (all: ArrayLike<number>, shape: Shape): Entries => {
  const first = all[0] ?? 0;
  const channels = shape[0] ?? 1;
  const inner = all.length / channels;
  let [single, even] = [true, true];
  for (let i = 0; i < all.length; i++) {
    const value = all[i];
    if (value !== first) single = false;
    if (value !== all[Math.floor(i / inner) * inner]) even = false;
  }
  if (single) return [first];
  return even ? Array.from({ length: channels }, (_, c) => all[c * inner] ?? 0) : Array.from(all);
};

/** The number of equal parts of the elements in which all of these lists are constant. */
export const finest = (...lengths: readonly number[]): number => lengths.reduce((a, b) => Math.max(a, b), 1);

/** Source element of every element that a map picks; null when an element reads none, several, or a multiple. */
export const pickedBy = (map: LinearMap): Int32Array | null => {
  const { offsets, target, weight, sources, targets } = rowsOf(map);
  const from = new Int32Array(targets).fill(-1);
  for (let s = 0; s < sources; s++) {
    for (let i = item(offsets, s); i < item(offsets, s + 1); i++) {
      const t = item(target, i);
      if (weight[i] !== 1 || from[t] !== -1) return null;
      from[t] = s;
    }
  }
  return from.includes(-1) ? null : from;
};

/** A x of real entries; null stays null. */
export const mappedEntries = (map: LinearMap, entries: Entries | null): Entries | null => {
  if (entries === null) return null;
  const all = apply(map, perElementOf(entries, map.from));
  return all.every((x) => x === 0) ? null : fewest(all, map.to);
};

/** Element by element, in the finer of both lengths; null is zero. */
export const addedEntries = (a: Entries | null, b: Entries | null): Entries | null => {
  if (a === null || b === null) return a ?? b;
  const length = finest(a.length, b.length);
  return Array.from({ length }, (_, i) => entryAt(a, length, i) + entryAt(b, length, i));
};
