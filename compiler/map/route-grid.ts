import { item, type Topology } from "../ir/index.ts";

export type Hexagonal = Extract<Topology, { readonly kind: "hexagonal" }>;

/** Link directions in their fixed order: E NE N W SW S. */
const steps = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
] as const;

export const linkCount = steps.length;

/** Routers of a hexagonal machine as small integers, rising by x, then y. */
export interface Grid {
  readonly routers: readonly (readonly [number, number])[];
  /** neighbours[6 * router + link], or -1 where no link leads. */
  readonly neighbours: Int32Array;
  readonly indexOf: (router: readonly [number, number]) => number;
}

/** The routers that are there and the links between them. */
export const gridOf = ({ size: [width, height], wraps, absent }: Hexagonal): Grid => {
  const at = new Int32Array(width * height);
  for (const [x, y] of absent) at[x * height + y] = -1;
  const routers: (readonly [number, number])[] = [];
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      if (at[x * height + y] === -1) continue;
      at[x * height + y] = routers.length;
      routers.push([x, y]);
    }
  }
  const along = (to: number, extent: number, wrap: boolean): number => (wrap ? (to + extent) % extent : to);
  const find = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? -1 : item(at, x * height + y);
  const neighbours = Int32Array.from({ length: routers.length * linkCount }, (_, i) => {
    const [x, y] = item(routers, Math.floor(i / linkCount));
    const [dx, dy] = item(steps, i % linkCount);
    return find(along(x + dx, width, wraps[0] ?? false), along(y + dy, height, wraps[1] ?? false));
  });
  const indexOf = ([x, y]: readonly [number, number]): number => {
    const index = find(x, y);
    if (index < 0) throw new RangeError(`the machine has no router (${x}, ${y})`);
    return index;
  };
  return { routers, neighbours, indexOf };
};

/** Links from every router to one router; computed once per target, -1 where it cannot be reached. */
export type Distances = (to: number) => Int16Array;

export const distancesOf = ({ routers, neighbours }: Grid): Distances => {
  const known = new Map<number, Int16Array>();
  const measure = (to: number): Int16Array => {
    const far = new Int16Array(routers.length).fill(-1);
    far[to] = 0;
    const queue = [to];
    for (let head = 0; head < queue.length; head++) {
      const here = item(queue, head);
      for (let link = 0; link < linkCount; link++) {
        // Links run both ways, so distances from `to` are distances to it.
        const next = item(neighbours, here * linkCount + link);
        if (next < 0 || item(far, next) >= 0) continue;
        far[next] = item(far, here) + 1;
        queue.push(next);
      }
    }
    return far;
  };
  return (to) => {
    const found = known.get(to) ?? measure(to);
    known.set(to, found);
    return found;
  };
};
