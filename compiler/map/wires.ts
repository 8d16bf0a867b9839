import {
  item,
  type LinearMap,
  type Projection,
  type Rows,
  rowsOf,
  type SpikingNetwork,
  sizeOf,
} from "../ir/index.ts";
import type { SynapseCost, WeightGrid } from "../target/index.ts";
import { type Columns, columnsOf } from "./columns.ts";
import { exponentFor } from "./exponents.ts";
import type { Layer } from "./layers.ts";

/** A projection as the lane that it ends in sees it: it adds gain * w to slots of that lane. */
export interface Wire {
  /** Index of the source in the network. */
  readonly source: number;
  readonly lane: number;
  readonly gain: number;
  readonly exponent: number;
  readonly delay: number;
}

/** What one source population contributes to a bundle, for every synapse of its map. */
export interface Feed {
  /** Number of its element 0 among all elements of the network. */
  readonly base: number;
  /** Synapses: one a wire. */
  readonly count: number;
  /** Bit f: some of them need the chip's format f. */
  readonly formats: number;
  readonly delay: number;
}

/** All projections of one map into one layer; wires and feeds rise by source. */
export interface Bundle {
  readonly rows: Rows;
  readonly columns: Columns;
  readonly wires: readonly Wire[];
  readonly feeds: readonly Feed[];
}

/** Targets in one layer. All lanes of a cell share a core, so the first of them stands for all. */
export interface Reader {
  readonly rows: Rows;
  /** Number of element 0 of the target layer's first lane. */
  readonly base: number;
}

export interface WiredLayer extends Layer {
  /** Number of element 0 of its first lane. */
  readonly base: number;
  readonly bundles: readonly Bundle[];
  /** What every lane sends to. */
  readonly readers: readonly (readonly Reader[])[];
}

/** The network as the mapper walks it. */
export interface Wiring {
  readonly network: SpikingNetwork;
  readonly layers: readonly WiredLayer[];
  /** Number of element 0 of every population, in network order; the last entry counts all elements. */
  readonly bases: readonly number[];
}

const basesOf = ({ populations }: SpikingNetwork): readonly number[] => {
  const bases = [0];
  for (const { shape } of populations) bases.push(item(bases, bases.length - 1) + sizeOf(shape));
  return bases;
};

/** Where a population is placed. */
interface Seat {
  readonly layer: number;
  readonly lane: number;
}

/** A projection with its ends as indices; `from` is null on the host. */
interface Arc {
  readonly projection: Projection;
  readonly source: number;
  readonly from: Seat | null;
  readonly to: Seat;
}

const arcsOf = (network: SpikingNetwork, layers: readonly Layer[]): readonly Arc[] => {
  const indexOf = new Map(network.populations.map((p, i) => [p.id, i]));
  const seats = new Map<number, Seat>(
    layers.flatMap(({ lanes }, layer) =>
      lanes.map((p, lane): readonly [number, Seat] => [p, { layer, lane }]),
    ),
  );
  return network.projections.flatMap((projection): readonly Arc[] => {
    const source = indexOf.get(projection.from) ?? -1;
    const to = seats.get(indexOf.get(projection.to) ?? -1);
    if (projection.gain === 0 || to === undefined) return [];
    return [{ projection, source, from: seats.get(source) ?? null, to }];
  });
};

const grouped = <K, V>(items: readonly V[], keyOf: (value: V) => K): ReadonlyMap<K, readonly V[]> => {
  const groups = new Map<K, V[]>();
  for (const value of items) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
};

const wireOf = ({ projection, source, to }: Arc, { arithmetic }: SpikingNetwork, grid: WeightGrid): Wire => {
  const { map, gain, delay } = projection;
  const exponent = arithmetic.kind === "real" ? 0 : exponentFor(map, gain, grid);
  if (exponent === null)
    throw new Error(`weights of ${projection.from} to ${projection.to} are off the grid of the target`);
  return { source, lane: to.lane, gain, exponent, delay };
};

const feedOf = (
  source: number,
  wires: readonly Wire[],
  bases: readonly number[],
  cost: SynapseCost,
): Feed => ({
  base: item(bases, source),
  count: wires.length,
  formats: wires.reduce((mask, w) => mask | (1 << cost.formatOf(w.exponent, w.delay)), 0),
  delay: wires.reduce((most, w) => Math.max(most, w.delay), 0),
});

/** Joins layers with the projections that enter and leave them; a weight that is off the grid is a fault of ours. Real weights need none. */
export const wire = (
  network: SpikingNetwork,
  layers: readonly Layer[],
  grid: WeightGrid,
  cost: SynapseCost,
): Wiring => {
  const bases = basesOf(network);
  const arcs = arcsOf(network, layers);
  const into = grouped(arcs, ({ to }) => to.layer);
  const outOf = grouped(arcs, ({ from }) => from?.layer ?? -1);
  const baseOf = ({ lanes }: Layer): number => item(bases, item(lanes, 0));

  const bundleOf = (map: LinearMap, members: readonly Arc[]): Bundle => {
    const wires = members
      .map((arc) => wireOf(arc, network, grid))
      .sort((a, b) => a.source - b.source || a.lane - b.lane || a.delay - b.delay);
    const feeds = [...grouped(wires, (w) => w.source)].map(([source, own]) =>
      feedOf(source, own, bases, cost),
    );
    return { rows: rowsOf(map), columns: columnsOf(map), wires, feeds };
  };

  const readersOf = (arcsOfLane: readonly Arc[]): readonly Reader[] =>
    [...grouped(arcsOfLane, ({ projection }) => projection.map)].flatMap(([map, members]) =>
      [...grouped(members, ({ to }) => to.layer).keys()].map((l) => ({
        rows: rowsOf(map),
        base: baseOf(item(layers, l)),
      })),
    );

  const wired = layers.map((layer, l): WiredLayer => {
    const byMap = grouped(into.get(l) ?? [], ({ projection }) => projection.map);
    const byLane = grouped(outOf.get(l) ?? [], ({ from }) => from?.lane ?? -1);
    return {
      ...layer,
      base: baseOf(layer),
      bundles: [...byMap].map(([map, members]) => bundleOf(map, members)),
      readers: layer.lanes.map((_, lane) => readersOf(byLane.get(lane) ?? [])),
    };
  });
  return { network, layers: wired, bases };
};
