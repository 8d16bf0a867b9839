import {
  floats,
  item,
  type LinearMap,
  type Projection,
  rowsOf,
  type SpikingNetwork,
  sparse,
  valuesOf,
} from "../../ir/index.ts";
import { isExact } from "./residues.ts";

interface Triples {
  readonly row: number[];
  readonly column: number[];
  readonly weight: number[];
}

const listed = ({ from, to }: LinearMap, { row, column, weight }: Triples): LinearMap =>
  sparse(from, to, { row, column }, floats("weight", [weight.length], Float64Array.from(weight)));

/** Synapses of a map by a number that each of them has, in the order of the numbers. */
const grouped = (
  map: LinearMap,
  numberOf: (source: number, target: number) => number,
): readonly (readonly [number, Triples])[] => {
  const { sources, offsets, target, weight } = rowsOf(map);
  const groups = new Map<number, Triples>();
  for (let s = 0; s < sources; s++) {
    for (let i = item(offsets, s); i < item(offsets, s + 1); i++) {
      const t = item(target, i);
      const group = groups.get(numberOf(s, t)) ?? { row: [], column: [], weight: [] };
      groups.set(numberOf(s, t), group);
      group.row.push(t);
      group.column.push(s);
      group.weight.push(item(weight, i));
    }
  }
  return [...groups].sort(([a], [b]) => a - b);
};

/** One projection for each delay that occurs: `delays` holds one a source, or one a synapse as [target, source]. */
const oneDelayEach = (q: Projection): readonly Projection[] => {
  if (q.delays === null) return [q];
  const steps = valuesOf(q.delays);
  const { sources } = rowsOf(q.map);
  const bySource = steps.length === sources;
  const delayOf = (s: number, t: number): number => steps[bySource ? s : t * sources + s] ?? 0;
  return grouped(q.map, delayOf).map(([delay, triples]) => ({
    ...q,
    map: listed(q.map, triples),
    delay: q.delay + delay,
    delays: null,
  }));
};

/**
 * The same network as cores hold it: every projection has one delay, and the weights that its map multiplies out to are
 * the very numbers that the engine adds. A chain whose products are rounded becomes a list of the rounded products.
 */
export const plainProjections = (network: SpikingNetwork): SpikingNetwork => {
  const known = new Map<LinearMap, LinearMap>();
  const plain = (map: LinearMap): LinearMap => {
    const made =
      known.get(map) ?? (isExact(map) ? map : grouped(map, () => 0).map(([, t]) => listed(map, t))[0]);
    known.set(map, made ?? map);
    return made ?? map;
  };
  return {
    ...network,
    projections: network.projections
      .flatMap(oneDelayEach)
      .map((q): Projection => ({ ...q, map: plain(q.map) })),
  };
};
