import {
  type LinearMap,
  type PopulationId,
  type Projection,
  type SignedSums,
  signedSums,
  sizeOf,
} from "../ir/index.ts";

const cache = new WeakMap<LinearMap, SignedSums>();

/** Positive and negative sums of a map when every source may send one spike. */
const unitSums = (map: LinearMap): SignedSums => {
  const found = cache.get(map);
  if (found !== undefined) return found;
  const size = sizeOf(map.from);
  const sums = signedSums(map, new Float64Array(size), new Float64Array(size).fill(1));
  cache.set(map, sums);
  return sums;
};

/** Greatest positive and negative contributions of one step to any neuron of a population. */
export interface Reach {
  readonly positive: number;
  readonly negative: number;
}

/** Gains of all projections through one map into one population, by sign. */
interface Gains {
  up: number;
  down: number;
}

const gainsInto = (
  projections: readonly Projection[],
): ReadonlyMap<PopulationId, ReadonlyMap<LinearMap, Gains>> => {
  const into = new Map<PopulationId, Map<LinearMap, Gains>>();
  for (const { to, map, gain } of projections) {
    const maps = into.get(to) ?? new Map<LinearMap, Gains>();
    into.set(to, maps);
    const gains = maps.get(map) ?? { up: 0, down: 0 };
    maps.set(map, gains);
    if (gain >= 0) gains.up += gain;
    else gains.down -= gain;
  }
  return into;
};

/** Reach of every population that projections lead to, from 0/1 spikes; `sumsOf` may know a shorter way to the sums. */
export const reachOf = (
  projections: readonly Projection[],
  sumsOf: (map: LinearMap) => SignedSums = unitSums,
): ReadonlyMap<PopulationId, Reach> =>
  new Map(
    [...gainsInto(projections)].map(([id, maps]) => {
      const list = [...maps].map(([map, gains]) => ({ ...sumsOf(map), ...gains }));
      const size = Math.max(...[...maps.keys()].map((map) => sizeOf(map.to)));
      let [most, least] = [0, 0];
      for (let i = 0; i < size; i++) {
        let [up, down] = [0, 0];
        for (const { positive, negative, up: rises, down: falls } of list) {
          up += (positive[i] ?? 0) * rises + (negative[i] ?? 0) * falls;
          down += (negative[i] ?? 0) * rises + (positive[i] ?? 0) * falls;
        }
        if (up > most) most = up;
        if (down > least) least = down;
      }
      return [id, { positive: most, negative: least }];
    }),
  );
