import { item } from "../ir/index.ts";
import { type Distances, type Grid, linkCount } from "./route-grid.ts";

/** One link of a tree, from `router` outwards. */
export interface Hop {
  readonly router: number;
  readonly link: number;
}

/** Steps in one direction, each of which brings the target nearer. */
const run = (grid: Grid, far: Int16Array, from: number, link: number): number => {
  let length = 0;
  let here = from;
  for (;;) {
    const next = item(grid.neighbours, here * linkCount + link);
    if (next < 0 || item(far, next) !== item(far, here) - 1) return length;
    here = next;
    length += 1;
  }
};

/** A shortest path that turns seldom: always the longest straight run first (longest dimension first). */
const path = (grid: Grid, far: Int16Array, from: number): readonly Hop[] => {
  const hops: Hop[] = [];
  let here = from;
  while (item(far, here) > 0) {
    const runs = Array.from({ length: linkCount }, (_, link) => run(grid, far, here, link));
    const link = runs.indexOf(Math.max(...runs));
    for (let i = item(runs, link); i > 0; i--) {
      hops.push({ router: here, link });
      here = item(grid.neighbours, here * linkCount + link);
    }
  }
  return hops;
};

/**
 * A multicast tree: targets are joined from near to far, each by a shortest path from the nearest router of the tree.
 * No router on that path but the first is in the tree (it would be nearer), so the result is a tree; parents come first.
 * Throws RangeError when a target cannot be reached.
 */
export const multicastTree = (
  grid: Grid,
  distances: Distances,
  from: number,
  targets: readonly number[],
): readonly Hop[] => {
  const reach = distances(from);
  const order = [...new Set(targets)].sort((a, b) => item(reach, a) - item(reach, b) || a - b);
  const inside = [from];
  const hops: Hop[] = [];
  for (const target of order) {
    const far = distances(target);
    if (item(far, from) < 0) throw new RangeError(`no links lead from router ${from} to ${target}`);
    const start = inside.reduce((best, router) => (item(far, router) < item(far, best) ? router : best));
    for (const hop of path(grid, far, start)) {
      hops.push(hop);
      inside.push(item(grid.neighbours, hop.router * linkCount + hop.link));
    }
  }
  return hops;
};
