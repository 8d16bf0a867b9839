import { item, sizeOf, valuesOf } from "../core/index.ts";
import type { LinearMap, MapOf } from "./linear-map.ts";
import { patternsOf } from "./patterns.ts";
import { rowsOf } from "./synapses.ts";

/** Greatest positive and negative part of A x, per target, when x lies in [low, high]. Both are >= 0. */
export interface SignedSums {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

/** True when all elements of a channel have one value. */
const evenChannels = (values: Float64Array, channels: number): boolean => {
  const places = values.length / channels;
  return values.every((v, i) => v === values[Math.floor(i / places) * places]);
};

/**
 * Sums of a convolution whose sources have one range a channel: one sum for every output channel and every way in which
 * the border cuts the kernel. The same sums as from its rows, as long as they are whole numbers.
 */
const convSums = (map: MapOf<"conv">, low: Float64Array, high: Float64Array): SignedSums => {
  const [outChannels = 1, inChannels = 1, ...kernel] = map.weight.shape;
  const { classOf, taps } = patternsOf(map.from.slice(1), map.to.slice(1), kernel, map).outer;
  const w = valuesOf(map.weight);
  const size = sizeOf(kernel);
  const inPlaces = sizeOf(map.from.slice(1));
  const sums = new Float64Array(2 * taps.length * outChannels);
  for (let o = 0; o < outChannels; o++) {
    const first = Math.floor(o / (outChannels / map.groups)) * inChannels;
    for (let i = 0; i < inChannels; i++) {
      const [l, h] = [low[(first + i) * inPlaces] ?? 0, high[(first + i) * inPlaces] ?? 0];
      const base = (o * inChannels + i) * size;
      taps.forEach((own, c) => {
        const at = 2 * (c * outChannels + o);
        for (const tap of own) {
          const a = (w[base + tap] ?? 0) * l;
          const b = (w[base + tap] ?? 0) * h;
          sums[at] = (sums[at] ?? 0) + Math.max(a, b, 0);
          sums[at + 1] = (sums[at + 1] ?? 0) - Math.min(a, b, 0);
        }
      });
    }
  }
  const places = classOf.length;
  const of = (sign: 0 | 1): Float64Array =>
    Float64Array.from(
      { length: sizeOf(map.to) },
      (_, t) => sums[2 * (item(classOf, t % places) * outChannels + Math.floor(t / places)) + sign] ?? 0,
    );
  return { positive: of(0), negative: of(1) };
};

/** Interval sums of a map; `low` and `high` hold one bound per source. */
export const signedSums = (map: LinearMap, low: Float64Array, high: Float64Array): SignedSums => {
  if (map.kind === "conv") {
    const channels = item(map.from, 0);
    if (evenChannels(low, channels) && evenChannels(high, channels)) return convSums(map, low, high);
  }
  const rows = rowsOf(map);
  const positive = new Float64Array(rows.targets);
  const negative = new Float64Array(rows.targets);
  for (let s = 0; s < rows.sources; s++) {
    const [l, h] = [low[s] ?? 0, high[s] ?? 0];
    const end = rows.offsets[s + 1] ?? 0;
    for (let i = rows.offsets[s] ?? 0; i < end; i++) {
      const t = rows.target[i] ?? 0;
      const a = (rows.weight[i] ?? 0) * l;
      const b = (rows.weight[i] ?? 0) * h;
      const [least, most] = a < b ? [a, b] : [b, a];
      if (most > 0) positive[t] = (positive[t] ?? 0) + most;
      if (least < 0) negative[t] = (negative[t] ?? 0) - least;
    }
  }
  return { positive, negative };
};
