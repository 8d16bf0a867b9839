import type { Entry } from "./entry.ts";

/** Both halves of one aligned block, sent the same way. */
const areHalves = (a: Entry, b: Entry): boolean =>
  a.mask === b.mask &&
  a.route === b.route &&
  a.defaultable === b.defaultable &&
  a.key !== b.key &&
  differInLowestBit(a, b);

const lowestBit = (mask: number): number => (mask & -mask) >>> 0;

const differInLowestBit = (a: Entry, b: Entry): boolean => (a.key ^ b.key) >>> 0 === lowestBit(a.mask);

const joined = (a: Entry, b: Entry): Entry => ({
  ...a,
  key: (a.key & b.key) >>> 0,
  mask: (a.mask & ~lowestBit(a.mask)) >>> 0,
});

/**
 * Replaces pairs of neighbouring blocks with equal routes by the block that is both, until none are left. The keys that
 * match and where they go do not change, in any order of entries, because blocks stay disjoint. Entries rise by key.
 */
export const mergeEntries = (entries: readonly Entry[]): readonly Entry[] => {
  const merged: Entry[] = [];
  for (const entry of entries) {
    let next = entry;
    for (
      let before = merged.at(-1);
      before !== undefined && areHalves(before, next);
      before = merged.at(-1)
    ) {
      merged.pop();
      next = joined(before, next);
    }
    merged.push(next);
  }
  return merged;
};
