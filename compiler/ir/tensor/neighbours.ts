import { floats, type Weight } from "../core/index.ts";

/** Neighbours that a window of `size` around a channel can reach: a window beyond both ends reads no more. */
const reachOf = (channels: number, size: number): readonly [before: number, after: number] => {
  const before = Math.floor((size - 1) / 2);
  return [Math.min(before, channels - 1), Math.min(size - 1 - before, channels - 1)];
};

/** Entries that `neighbours` lists for each channel. */
export const neighbourCount = (channels: number, size: number): number => {
  const [before, after] = reachOf(channels, size);
  return before + 1 + after;
};

/** Channels that the window of each channel reads, -1 outside, and `share` for each: what a `resample` needs. */
export const neighbours = (
  channels: number,
  size: number,
  share: number,
): { readonly index: Weight; readonly taps: Weight } => {
  const [before] = reachOf(channels, size);
  const count = neighbourCount(channels, size);
  const at = Float64Array.from({ length: channels * count }, (_, i) => {
    const c = Math.floor(i / count) + (i % count) - before;
    return c >= 0 && c < channels ? c : -1;
  });
  const shape = [channels, count];
  return {
    index: floats("neighbours", shape, at),
    taps: floats("shares", shape, new Float64Array(at.length).fill(share)),
  };
};
