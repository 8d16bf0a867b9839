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

/** Reach of every population that projections lead to, from 0/1 spikes; `sumsOf` may know a shorter way to the sums. */
export const reachOf = (
  projections: readonly Projection[],
  sumsOf: (map: LinearMap) => SignedSums = unitSums,
): ReadonlyMap<PopulationId, Reach> => {
  const sums = new Map<PopulationId, { positive: Float64Array; negative: Float64Array }>();
  for (const { to, map, gain } of projections) {
    const size = sizeOf(map.to);
    const total = sums.get(to) ?? { positive: new Float64Array(size), negative: new Float64Array(size) };
    sums.set(to, total);
    const { positive, negative } = sumsOf(map);
    const [up, down] = gain >= 0 ? [positive, negative] : [negative, positive];
    const weight = Math.abs(gain);
    for (let i = 0; i < size; i++) {
      total.positive[i] = (total.positive[i] ?? 0) + (up[i] ?? 0) * weight;
      total.negative[i] = (total.negative[i] ?? 0) + (down[i] ?? 0) * weight;
    }
  }
  const most = (values: Float64Array): number => values.reduce((a, b) => Math.max(a, b), 0);
  return new Map(
    [...sums].map(([id, s]) => [id, { positive: most(s.positive), negative: most(s.negative) }]),
  );
};
