import { type Block, item, type SpikingNetwork } from "../ir/index.ts";
import type { Layer } from "./layers.ts";
import type { Segment } from "./partition.ts";

/** Slots of a core: cells in order, the lanes of a cell side by side. */
export const slotsOf = (segments: readonly Segment[], layers: readonly Layer[]): number =>
  segments.reduce((sum, { layer, from, to }) => sum + (to - from) * item(layers, layer).lanes.length, 0);

/** Blocks of one segment: one a lane and channel, since the positions of a channel lie one cell row apart. */
const blocksOfSegment = (
  { from, to }: Segment,
  { lanes, positions, channels }: Layer,
  first: number,
  network: SpikingNetwork,
): readonly Block[] =>
  Array.from({ length: Math.min(channels, to - from) }, (_, i) => from + i).flatMap((cell) => {
    const channel = cell % channels;
    const position = (cell - channel) / channels;
    const count = Math.ceil((to - cell) / channels);
    const start = channel * positions + position;
    return lanes.map(
      (population, lane): Block => ({
        population: item(network.populations, population).id,
        range: [start, start + count],
        slot: first + (cell - from) * lanes.length + lane,
        stride: channels * lanes.length,
      }),
    );
  });

/** The witness of what sits where on one core. */
export const blocksOf = (
  segments: readonly Segment[],
  layers: readonly Layer[],
  network: SpikingNetwork,
): readonly Block[] => {
  let first = 0;
  return segments.flatMap((segment) => {
    const layer = item(layers, segment.layer);
    const blocks = blocksOfSegment(segment, layer, first, network);
    first += (segment.to - segment.from) * layer.lanes.length;
    return blocks;
  });
};
