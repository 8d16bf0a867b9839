import {
  item,
  modelName,
  type Population,
  type PopulationId,
  type SpikingNetwork,
  sizeOf,
} from "../ir/index.ts";

/**
 * Populations that are placed together, all of one size: the lanes of a value, or one population alone. Cell i holds
 * one element of each; cells run through positions (rows, columns) first and through the channels of a position inside,
 * so that neighbours in space share a core and its axons.
 */
export interface Layer {
  readonly name: PopulationId;
  /** Index of every lane in the network. */
  readonly lanes: readonly number[];
  readonly cells: number;
  readonly positions: number;
  readonly channels: number;
}

/** What layers depend on. */
type Wired = Pick<SpikingNetwork, "populations" | "projections" | "spellings">;

const hostModels: ReadonlySet<Population["model"]["kind"]> = new Set(["input", "start", "events"]);

/** True for populations that send from outside the machine. */
export const onHost = ({ model }: Population): boolean => hostModels.has(model.kind);

const layerOf = (name: PopulationId, lanes: readonly number[], population: Population): Layer => {
  const cells = sizeOf(population.shape);
  const channels = population.shape.length > 1 ? item(population.shape, 0) : 1;
  // One position only: the channels take its part, so that they lie in one block.
  if (channels === cells) return { name, lanes, cells, positions: cells, channels: 1 };
  return { name, lanes, cells, positions: cells / channels, channels };
};

/** Name in the user's model of what a layer computes. */
export const layerName = ({ lanes, name }: Layer, populations: readonly Population[]): string => {
  const [first] = lanes;
  return first === undefined ? name : modelName(item(populations, first));
};

/** The element that sits in a cell. */
export const elementOf = ({ positions, channels }: Layer, cell: number): number => {
  const position = Math.floor(cell / channels);
  return (cell - position * channels) * positions + position;
};

/** Lanes of a value together, everything else alone; nothing that is on the host. */
const groupsOf = ({ populations, spellings }: Wired): readonly Layer[] => {
  const indexOf = new Map(populations.map((p, i) => [p.id, i]));
  const grouped = new Set<number>();
  const layers: Layer[] = [];
  const add = (name: PopulationId, lanes: readonly number[]): void => {
    const [first] = lanes;
    if (first === undefined) return;
    for (const lane of lanes) grouped.add(lane);
    layers.push(layerOf(name, lanes, item(populations, first)));
  };
  const isFree = (i: number): boolean => i >= 0 && !grouped.has(i) && !onHost(item(populations, i));
  for (const { value, lanes } of spellings)
    add(value, lanes.map((l) => indexOf.get(l.population) ?? -1).filter(isFree));
  populations.forEach((p, i) => {
    if (isFree(i)) add(p.id, [i]);
  });
  return layers;
};

/** For every layer, those that it reads. */
const sourcesOf = (layers: readonly Layer[], network: Wired): ReadonlyMap<Layer, ReadonlySet<Layer>> => {
  const home = new Map(
    layers.flatMap((layer) => layer.lanes.map((p) => [item(network.populations, p).id, layer] as const)),
  );
  const sources = new Map(layers.map((layer) => [layer, new Set<Layer>()]));
  for (const { from, to } of network.projections) {
    const [source, target] = [home.get(from), home.get(to)];
    if (source !== undefined && target !== undefined && source !== target) sources.get(target)?.add(source);
  }
  return sources;
};

/**
 * Layers of a network, sources before readers; among those that may come next the one that is decided first. A cycle is
 * entered there too.
 */
export const layersOf = (network: Wired): readonly Layer[] => {
  const start = ({ lanes }: Layer): number => item(network.populations, item(lanes, 0)).start;
  const waiting = [...groupsOf(network)].sort(
    (a, b) => start(a) - start(b) || item(a.lanes, 0) - item(b.lanes, 0),
  );
  const sources = sourcesOf(waiting, network);
  const placed = new Set<Layer>();
  const isReady = (layer: Layer): boolean => [...(sources.get(layer) ?? [])].every((s) => placed.has(s));
  while (waiting.length > 0) {
    const [next] = waiting.splice(Math.max(0, waiting.findIndex(isReady)), 1);
    if (next !== undefined) placed.add(next);
  }
  return [...placed];
};
