import { item, perGraph, sizeOf, spreadTo, valuesOf } from "../../compiler/ir/core/index.ts";
import { type LinearMap, type Rows, rowsOf } from "../../compiler/ir/linear/index.ts";
import {
  hopFrom,
  type Population,
  type PopulationId,
  type Projection,
  type SpikingNetwork,
} from "../../compiler/ir/spiking/index.ts";
import { type Bundle, bundlesOf } from "./bundles.ts";
import { type Staircase, staircaseOf } from "./staircase.ts";
import { splitByDelay } from "./synapse-delays.ts";
import type { Wire } from "./wire.ts";

/** Which places of a gate's inbox belong to an element: edge[i] for offsets[e] <= i < offsets[e + 1]. */
export interface Incidence {
  readonly offsets: Int32Array;
  readonly edge: Int32Array;
}

/** A population with everything that an engine asks of it again and again. */
export interface Site {
  readonly index: number;
  readonly id: PopulationId;
  readonly population: Population;
  readonly size: number;
  /** Elements of one channel. */
  readonly inner: number;
  /** Places of its inbox: its elements, or its incoming edges when it is a gate. */
  readonly width: number;
  readonly incidence: Incidence | null;
  readonly staircase: Staircase;
  /** One per element; null is zero. */
  readonly bias: Float64Array | null;
  /** Greatest delay of its incoming wires; -1 where all act in the step in which they are sent. */
  readonly delay: number;
  readonly wires: readonly Wire[];
  readonly bundles: readonly Bundle[];
}

export interface Wiring {
  readonly network: SpikingNetwork;
  readonly sites: readonly Site[];
  readonly siteOf: (id: PopulationId) => Site;
}

/** First edge of every projection into a gate, in the order of the projections; and how many there are. */
const edgesOf = (incoming: readonly Projection[]): readonly number[] => {
  const firsts = [0];
  for (const { map } of incoming) firsts.push(item(firsts, firsts.length - 1) + rowsOf(map).target.length);
  return firsts;
};

const incidenceOf = (size: number, incoming: readonly Projection[]): Incidence => {
  const firsts = edgesOf(incoming);
  const targets = incoming.map(({ map }) => rowsOf(map).target);
  const offsets = new Int32Array(size + 1);
  for (const list of targets) for (const t of list) offsets[t + 1] = item(offsets, t + 1) + 1;
  for (let e = 0; e < size; e++) offsets[e + 1] = item(offsets, e + 1) + item(offsets, e);
  const next = offsets.slice();
  const edge = new Int32Array(item(firsts, incoming.length));
  targets.forEach((list, q) => {
    list.forEach((t, i) => {
      edge[item(next, t)] = item(firsts, q) + i;
      next[t] = item(next, t) + 1;
    });
  });
  return { offsets, edge };
};

/** Rows whose weights are sizes: synapses that subtract have their place behind the others. */
const signedRows = (map: LinearMap, sign: number): Rows => {
  const rows = rowsOf(map);
  const target = rows.target.map((t, i) => (item(rows.weight, i) * sign < 0 ? t + rows.targets : t));
  return { ...rows, target, weight: rows.weight.map(Math.abs) };
};

const caches = { plus: new WeakMap<LinearMap, Rows>(), minus: new WeakMap<LinearMap, Rows>() };

/** Lanes of a value share their map, so its signed rows are made twice at most. */
const cachedSignedRows = (map: LinearMap, sign: number): Rows => {
  const cache = sign < 0 ? caches.minus : caches.plus;
  const rows = cache.get(map) ?? signedRows(map, sign);
  cache.set(map, rows);
  return rows;
};

interface Target {
  readonly to: number;
  /** First edge of the projection where the target is a gate. */
  readonly firstEdge: number | null;
  readonly bySign: boolean;
  /** Steps that a message takes without the delay of its projection. */
  readonly hop: number;
}

const wiresFor = (q: Projection, { to, firstEdge, bySign, hop }: Target): readonly Wire[] => {
  const rows = bySign ? cachedSignedRows(q.map, q.gain) : rowsOf(q.map);
  const place = firstEdge === null ? rows.target : Int32Array.from(rows.target, (_, i) => firstEdge + i);
  const gain = bySign ? Math.abs(q.gain) : q.gain;
  const { offsets, weight } = rows;
  const wire: Wire = { to, offsets, place, weight, gain, delay: q.delay + hop - 1 };
  return q.delays === null ? [wire] : splitByDelay(wire, rowsOf(q.map).target, valuesOf(q.delays));
};

const biasOf = ({ bias, shape }: Population): Float64Array | null =>
  bias === null ? null : spreadTo(valuesOf(bias), sizeOf(shape));

/** True when positive and negative contributions saturate each on their own. */
export const keepsSigns = ({ arithmetic }: SpikingNetwork): boolean => arithmetic.kind === "buffered";

type IndexOf = (id: PopulationId) => number;

/** Steps that a message of a population takes by itself. Relays are wires: from them it takes none. */
export const hopOf = ({ schedule }: SpikingNetwork, source: Population): number =>
  schedule.kind === "clock" ? hopFrom(source, schedule.hop) : 1;

const isGate = (p: Population): boolean => p.model.kind === "maximum";

/** Wires by sender; wires into a gate count its edges in the order of the projections. */
const wiresOf = (
  network: SpikingNetwork,
  incoming: readonly (readonly Projection[])[],
  indexOf: IndexOf,
): readonly (readonly Wire[])[] => {
  const edges = incoming.map((list, i) => (isGate(item(network.populations, i)) ? edgesOf(list) : null));
  const bySign = keepsSigns(network);
  const seen = new Int32Array(incoming.length);
  const wires = incoming.map((): Wire[] => []);
  for (const q of network.projections) {
    const to = indexOf(q.to);
    const firsts = item(edges, to);
    const nth = item(seen, to);
    seen[to] = nth + 1;
    const from = indexOf(q.from);
    const firstEdge = firsts === null ? null : item(firsts, nth);
    const hop = hopOf(network, item(network.populations, from));
    item(wires, from).push(...wiresFor(q, { to, firstEdge, bySign, hop }));
  }
  return wires;
};

const siteAt = (
  population: Population,
  index: number,
  into: readonly Projection[],
  delay: number,
  wires: readonly Wire[],
): Site => {
  const size = sizeOf(population.shape);
  const incidence = isGate(population) ? incidenceOf(size, into) : null;
  return {
    index,
    id: population.id,
    population,
    size,
    inner: size / (population.shape[0] ?? 1),
    width: incidence === null ? size : incidence.edge.length,
    incidence,
    staircase: staircaseOf(population),
    bias: biasOf(population),
    delay,
    wires,
    bundles: bundlesOf(wires),
  };
};

const wire = (network: SpikingNetwork): Wiring => {
  const places = new Map(network.populations.map((p, i) => [p.id, i]));
  const indexOf = (id: PopulationId): number => {
    const index = places.get(id);
    if (index === undefined) throw new Error(`${network.name} has no population ${id}`);
    return index;
  };
  const incoming = network.populations.map((): Projection[] => []);
  for (const q of network.projections) item(incoming, indexOf(q.to)).push(q);
  const wires = wiresOf(network, incoming, indexOf);
  const delays = network.populations.map(() => -1);
  for (const { to, delay } of wires.flat()) delays[to] = Math.max(item(delays, to), delay);
  const sites = network.populations.map((p, i) =>
    siteAt(p, i, item(incoming, i), item(delays, i), item(wires, i)),
  );
  return { network, sites, siteOf: (id) => item(sites, indexOf(id)) };
};

/** Synapses by sender, cached by network object. */
export const wiringOf: (network: SpikingNetwork) => Wiring = perGraph(wire);
