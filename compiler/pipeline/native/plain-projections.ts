import {
  columnsOf,
  floats,
  type LinearMap,
  listed,
  type Projection,
  rowsOf,
  type SpikingNetwork,
  sparse,
  synapsesByDelay,
  valuesOf,
} from "../../ir/index.ts";
import { isExact } from "./residues.ts";

/** One projection for each delay that occurs. */
const oneDelayEach = (q: Projection): readonly Projection[] => {
  if (q.delays === null) return [q];
  const { from, to } = q.map;
  const rows = rowsOf(q.map);
  const column = columnsOf(rows);
  return synapsesByDelay(rows, valuesOf(q.delays)).map(([delay, kept]) => {
    const pick = (values: ArrayLike<number>): Float64Array => Float64Array.from(kept, (i) => values[i] ?? 0);
    const places = { row: pick(rows.target), column: pick(column) };
    const map = sparse(from, to, places, floats("weight", [kept.length], pick(rows.weight)));
    return { ...q, map, delay: q.delay + delay, delays: null };
  });
};

/**
 * The same network as cores hold it: every projection has one delay, and the weights that its map multiplies out to are
 * the very numbers that the engine adds. A chain whose products are rounded becomes a list of the rounded products.
 */
export const plainProjections = (network: SpikingNetwork): SpikingNetwork => {
  const known = new Map<LinearMap, LinearMap>();
  const plain = (map: LinearMap): LinearMap => {
    const made = known.get(map) ?? (isExact(map) ? map : listed(map, (weight) => weight, floats));
    known.set(map, made);
    return made;
  };
  return {
    ...network,
    projections: network.projections
      .flatMap(oneDelayEach)
      .map((q): Projection => ({ ...q, map: plain(q.map) })),
  };
};
