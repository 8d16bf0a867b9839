import type { IndexSpace, Points } from "../../analysis/index.ts";
import { item, type TensorGraph, valuesOf, type Weight } from "../../ir/index.ts";
import { normedIn, slicesOf, weightsIn } from "./fold-features.ts";

const dot = ({ data, width }: Points, i: number, j: number): number => {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += (data[i * width + k] ?? 0) * (data[j * width + k] ?? 0);
  return sum;
};

/** Mean cosine of all pairs of a cluster; a row of zeros is alike to nothing. */
const meanCosine = (rows: Points, cluster: readonly number[]): number => {
  const norms = cluster.map((i) => Math.sqrt(dot(rows, i, i)));
  let sum = 0;
  for (let a = 0; a < cluster.length; a++) {
    for (let b = a + 1; b < cluster.length; b++) {
      const length = item(norms, a) * item(norms, b);
      if (length > 0) sum += dot(rows, item(cluster, a), item(cluster, b)) / length;
    }
  }
  return (2 * sum) / (cluster.length * (cluster.length - 1));
};

/** Where the members of a cluster cancel, no factor brings the variance back; this one is given at most. */
const greatestGain = 8;

/** sqrt(m / (1 + (m - 1) rho)): brings the mean of m signals of variance 1 back to variance 1. */
const gainOf = (rows: Points, cluster: readonly number[]): number => {
  const m = cluster.length;
  if (m === 1) return 1;
  const variance = (1 + (m - 1) * meanCosine(rows, cluster)) / m;
  return variance <= 0 ? greatestGain : Math.min(greatestGain, 1 / Math.sqrt(variance));
};

/**
 * Scales of the batch norms of a space after folding (Fold-AR): the mean of the members' scales, times what brings
 * the variance of the merged signal back. The correlation of two channels is taken as the cosine of their rows,
 * which is what it is for inputs of equal variance that are not correlated.
 * Source: marza96/ModelFolding, the data-free repair.
 */
export const repairedScales = (
  graph: TensorGraph,
  space: IndexSpace,
  clusters: readonly (readonly number[])[],
): ReadonlyMap<Weight, Float64Array> => {
  const repaired = new Map<Weight, Float64Array>();
  for (const { norm, linear } of normedIn(graph)) {
    const producers = weightsIn(space, ["producer"]).filter(({ weight }) => weight === linear.attrs.weight);
    if (producers.length === 0) continue;
    const rows = slicesOf(space.size, producers);
    const scale = valuesOf(norm.attrs.scale);
    const mean = (cluster: readonly number[]): number =>
      cluster.reduce((sum, i) => sum + (scale[i] ?? 0), 0) / cluster.length;
    repaired.set(
      norm.attrs.scale,
      Float64Array.from(clusters, (cluster) => mean(cluster) * gainOf(rows, cluster)),
    );
  }
  return repaired;
};
