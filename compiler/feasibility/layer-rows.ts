import {
  type IntegerGraph,
  type IntegerNode,
  item,
  type LinearMap,
  levelRange,
  nodesOf,
  type PopulationId,
  signedBits,
} from "../ir/index.ts";
import { layerName } from "../map/layers.ts";
import type { Reach } from "../realize/sums.ts";
import type { Estimate, LayerNeeds } from "./estimate.ts";
import { bitsOf, type Wired } from "./network.ts";

/** What one layer of the model needs on a target. Counts are exact or proved, `cores` is modelled. */
export interface LayerRow {
  readonly name: string;
  readonly neurons: number;
  readonly synapses: number;
  /** Numbers that a convolution or dense layer stores, and their bytes at the width that they need. */
  readonly weights: number;
  readonly weightBytes: number;
  readonly levels: number | null;
  /** Of the sums of one step, with sign. */
  readonly sumBits: number;
  readonly fanIn: number;
  readonly fanOut: number;
  readonly coresAtLeast: number;
  readonly cores: number;
}

interface Stored {
  weights: number;
  bits: number;
  levels: number | null;
}

const partsOf = (map: LinearMap): readonly LinearMap[] => (map.kind === "chain" ? map.maps : [map]);

const include = (stored: Stored, node: IntegerNode): void => {
  if (node.op === "neuron") {
    const [low, high] = levelRange(node.attrs.fn);
    stored.levels = Math.max(stored.levels ?? 0, high - low);
  }
  if (node.op !== "linear") return;
  for (const map of partsOf(node.attrs.map)) {
    if (map.kind !== "conv" && map.kind !== "dense") continue;
    const data = map.weight.stored();
    const most = data.reduce((a, w) => Math.max(a, Math.abs(w)), 0);
    stored.weights += data.length;
    stored.bits = Math.max(stored.bits, signedBits(most));
  }
};

const storedBy = (graph: IntegerGraph): ReadonlyMap<string, Stored> => {
  const found = new Map<string, Stored>();
  for (const node of nodesOf(graph)) {
    const name = node.origins[0]?.name ?? node.op;
    const stored = found.get(name) ?? { weights: 0, bits: 0, levels: null };
    found.set(name, stored);
    include(stored, node);
  }
  return found;
};

const most = (list: ArrayLike<number>): number => {
  let found = 0;
  for (let i = 0; i < list.length; i++) found = Math.max(found, list[i] ?? 0);
  return found;
};

const widest = ({ linked }: Wired, { layer }: LayerNeeds, reach: ReadonlyMap<PopulationId, Reach>): number =>
  layer.lanes.reduce((bits, lane) => {
    const found = reach.get(item(linked.populations, lane).id);
    return found === undefined ? bits : Math.max(bits, bitsOf(found));
  }, 0);

/** One row for every name in the model: relays and helpers are counted with what they serve. */
export const layerRows = (wired: Wired, { layers }: Estimate): readonly LayerRow[] => {
  const stored = storedBy(wired.integer);
  const rows = new Map<string, LayerRow>();
  for (const needs of layers) {
    const name = layerName(needs.layer, wired.linked.populations);
    const own = stored.get(name);
    const before = rows.get(name);
    rows.set(name, {
      name,
      neurons: needs.neurons + (before?.neurons ?? 0),
      synapses: needs.demand.synapses + (before?.synapses ?? 0),
      weights: own?.weights ?? 0,
      weightBytes: Math.ceil(((own?.weights ?? 0) * (own?.bits ?? 0)) / 8),
      levels: own?.levels ?? null,
      sumBits: Math.max(widest(wired, needs, wired.reach), before?.sumBits ?? 0),
      fanIn: Math.max(most(needs.demand.axons), before?.fanIn ?? 0),
      fanOut: Math.max(...needs.layer.fanOut.map(most), before?.fanOut ?? 0),
      coresAtLeast: Math.max(needs.coresAtLeast, before?.coresAtLeast ?? 0),
      cores: needs.cores + (before?.cores ?? 0),
    });
  }
  return [...rows.values()];
};
