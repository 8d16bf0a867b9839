import { item } from "../ir/index.ts";

/** Points as rows of a matrix. */
export interface Points {
  readonly count: number;
  readonly width: number;
  readonly data: Float64Array;
}

export interface Clustering {
  /** Members of each cluster, rising; clusters in the order of their first member. */
  readonly clusters: readonly (readonly number[])[];
  /** Sum of squared distances to the means of the clusters. */
  readonly cost: number;
}

interface State {
  readonly count: number;
  /** Increase of the cost when i and j are merged. */
  readonly rise: Float64Array;
  readonly members: (number[] | null)[];
  /** For each i, the j > i of the least rise; -1 when there is none. */
  readonly nearest: Int32Array;
}

/** |a - b|^2 / 2 is the rise of merging two single points. */
const startOf = ({ count, width, data }: Points): State => {
  const rise = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      let sum = 0;
      for (let k = 0; k < width; k++) {
        const apart = (data[i * width + k] ?? 0) - (data[j * width + k] ?? 0);
        sum += apart * apart;
      }
      rise[i * count + j] = sum / 2;
      rise[j * count + i] = sum / 2;
    }
  }
  const state: State = {
    count,
    rise,
    members: Array.from({ length: count }, (_, i) => [i]),
    nearest: new Int32Array(count),
  };
  for (let i = 0; i < count; i++) findNearest(state, i);
  return state;
};

const findNearest = ({ count, rise, members, nearest }: State, i: number): void => {
  let best = -1;
  for (let j = i + 1; j < count; j++)
    if (members[j] !== null && (best < 0 || (rise[i * count + j] ?? 0) < (rise[i * count + best] ?? 0)))
      best = j;
  nearest[i] = best;
};

/** The pair of the least rise; the lowest indices win a tie. */
const closest = ({ count, rise, members, nearest }: State): readonly [number, number] => {
  let best = -1;
  let least = Infinity;
  for (let i = 0; i < count; i++) {
    const j = nearest[i] ?? -1;
    if (members[i] === null || j < 0) continue;
    const r = rise[i * count + j] ?? 0;
    if (best < 0 || r < least) [best, least] = [i, r];
  }
  return [best, item(nearest, best)];
};

/** Merges j into i. Rises follow Lance and Williams' formula for Ward's criterion. */
const merge = (state: State, i: number, j: number): number => {
  const { count, rise, members, nearest } = state;
  const [mine, other] = [members[i] ?? [], members[j] ?? []];
  const own = item(rise, i * count + j);
  members[i] = [...mine, ...other];
  members[j] = null;
  for (let k = 0; k < count; k++) {
    const size = members[k]?.length ?? 0;
    if (size === 0 || k === i) continue;
    const sum =
      (mine.length + size) * item(rise, i * count + k) +
      (other.length + size) * item(rise, j * count + k) -
      size * own;
    const r = sum / (mine.length + other.length + size);
    rise[i * count + k] = r;
    rise[k * count + i] = r;
  }
  for (let k = 0; k < count; k++) {
    if (members[k] === null) continue;
    const old = nearest[k] ?? -1;
    if (k === i || old === i || old === j) findNearest(state, k);
    else if (k < i && old >= 0 && beats(state, k, i, old)) nearest[k] = i;
  }
  return own;
};

const beats = ({ count, rise }: State, k: number, a: number, b: number): boolean => {
  const [ra, rb] = [rise[k * count + a] ?? 0, rise[k * count + b] ?? 0];
  return ra < rb || (ra === rb && a < b);
};

/**
 * Ward's agglomerative clustering into `wanted` clusters: each step merges the two whose union raises the sum of
 * squared distances to the means least. No seed: equal points and ties go by index. Memory grows with count^2.
 * Source: Ward, Hierarchical grouping to optimize an objective function, 1963; Lance and Williams, 1967.
 */
export const ward = (points: Points, wanted: number): Clustering => {
  const state = startOf(points);
  let cost = 0;
  for (let left = points.count; left > Math.max(1, wanted); left--) cost += merge(state, ...closest(state));
  const clusters = state.members.filter((m) => m !== null).map((m) => m.sort((a, b) => a - b));
  return { clusters: clusters.sort((a, b) => item(a, 0) - item(b, 0)), cost };
};
