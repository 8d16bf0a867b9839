/**
 * What the neurons of a linear map read and what its sources send, without writing the map out. Targets with the same
 * weights share a kind: a convolution has one for every output channel and every way in which the border cuts its kernel.
 */
import {
  item,
  type LinearMap,
  type MapOf,
  type Patterns,
  patternsOf,
  rowsOf,
  type SignedSums,
  sizeOf,
  synapses,
  valuesOf,
} from "../ir/index.ts";
import { columnsOf } from "../map/columns.ts";
import { shortened } from "./shorten.ts";

/** Weights of one target: how many of its sources have each weight; zeros are left out. */
export interface Kind {
  readonly weights: ReadonlyMap<number, number>;
  readonly sources: number;
}

export interface Profile {
  readonly kinds: readonly Kind[];
  /** Kind of every target. */
  readonly kindOf: Int32Array;
  /** Targets of every source, zeros left out. */
  readonly fanOut: Int32Array;
  readonly synapses: number;
  /** Different weights, zero left out. */
  readonly weights: readonly number[];
  /** Greatest absolute weight. */
  readonly most: number;
}

type Counts = Map<number, number>;

const add = (counts: Counts, w: number, times = 1): void => {
  if (w !== 0) counts.set(w, (counts.get(w) ?? 0) + times);
};

const kindFrom = (weights: Counts): Kind => ({
  weights,
  sources: [...weights.values()].reduce((sum, n) => sum + n, 0),
});

const profileFrom = (kinds: readonly Kind[], kindOf: Int32Array, fanOut: Int32Array): Profile => {
  const weights = [...new Set(kinds.flatMap((k) => [...k.weights.keys()]))];
  const most = weights.reduce((a, w) => Math.max(a, Math.abs(w)), 0);
  const sizes = kinds.map((k) => k.sources);
  return {
    kinds,
    kindOf,
    fanOut,
    synapses: kindOf.reduce((sum, k) => sum + item(sizes, k), 0),
    weights,
    most,
  };
};

type Conv = MapOf<"conv">;

const convKinds = ({ weight, groups }: Conv, { outer }: Patterns): readonly Kind[] => {
  const w = valuesOf(weight);
  const [outChannels = 1, inChannels = 1, ...kernel] = weight.shape;
  const size = sizeOf(kernel);
  if (groups < 1) throw new Error("a convolution has groups");
  return outer.taps.flatMap((taps) =>
    Array.from({ length: outChannels }, (_, o) => {
      const counts: Counts = new Map();
      for (let i = 0; i < inChannels; i++)
        for (const tap of taps) add(counts, w[(o * inChannels + i) * size + tap] ?? 0);
      return kindFrom(counts);
    }),
  );
};

/** Non-zero weights that leave every source channel, by class of position. */
const convFanOut = (map: Conv, { inner }: Patterns): Int32Array => {
  const w = valuesOf(map.weight);
  const [outChannels = 1, inChannels = 1, ...kernel] = map.weight.shape;
  const size = sizeOf(kernel);
  const perGroup = outChannels / map.groups;
  const channels = item(map.from, 0);
  const counts = inner.taps.map((taps) =>
    Array.from({ length: channels }, (_, c) => {
      const group = Math.floor(c / inChannels);
      const i = c % inChannels;
      let n = 0;
      for (let o = group * perGroup; o < (group + 1) * perGroup; o++)
        for (const tap of taps) if ((w[(o * inChannels + i) * size + tap] ?? 0) !== 0) n++;
      return n;
    }),
  );
  const places = inner.classOf.length;
  return Int32Array.from(
    { length: sizeOf(map.from) },
    (_, s) => counts[inner.classOf[s % places] ?? 0]?.[Math.floor(s / places)] ?? 0,
  );
};

const convProfile = (map: Conv): Profile => {
  const patterns = patternsOf(map.from.slice(1), map.to.slice(1), map.weight.shape.slice(2), map);
  const { classOf } = patterns.outer;
  const channels = item(map.to, 0);
  const places = classOf.length;
  const kindOf = Int32Array.from(
    { length: sizeOf(map.to) },
    (_, t) => (classOf[t % places] ?? 0) * channels + Math.floor(t / places),
  );
  return profileFrom(convKinds(map, patterns), kindOf, convFanOut(map, patterns));
};

/** Targets with one source each: their kinds are the different weights. */
const singles = (weights: ArrayLike<number>, size: number, fanOut: Int32Array): Profile => {
  const numbers = new Map<number, number>();
  const kinds: Kind[] = [];
  const kindOf = new Int32Array(size);
  const repeat = size / weights.length;
  for (let t = 0; t < size; t++) {
    const w = weights[Math.floor(t / repeat)] ?? 0;
    let kind = numbers.get(w);
    if (kind === undefined) {
      kind = kinds.length;
      numbers.set(w, kind);
      kinds.push(kindFrom(new Map(w === 0 ? [] : [[w, 1]])));
    }
    kindOf[t] = kind;
  }
  return profileFrom(kinds, kindOf, fanOut);
};

const denseProfile = (map: MapOf<"dense">): Profile => {
  const w = valuesOf(map.weight);
  const [targets, sources] = [sizeOf(map.to), sizeOf(map.from)];
  if (sources === 1) return singles(w, targets, Int32Array.of(w.reduce((n, x) => n + (x === 0 ? 0 : 1), 0)));
  const fanOut = new Int32Array(sources);
  const kinds = Array.from({ length: targets }, (_, t) => {
    const own: Counts = new Map();
    for (let s = 0; s < sources; s++) {
      const value = w[t * sources + s] ?? 0;
      if (value === 0) continue;
      add(own, value);
      fanOut[s] = (fanOut[s] ?? 0) + 1;
    }
    return kindFrom(own);
  });
  return profileFrom(kinds, Int32Array.from(kinds.keys()), fanOut);
};

const diagonalProfile = (map: MapOf<"diagonal">): Profile => {
  const w = valuesOf(map.weight);
  const size = sizeOf(map.from);
  const repeat = size / w.length;
  const fanOut = new Int32Array(size);
  for (let i = 0; i < size; i++) fanOut[i] = w[Math.floor(i / repeat)] === 0 ? 0 : 1;
  return singles(w, size, fanOut);
};

const viewProfile = (map: MapOf<"view">): Profile => {
  const fanOut = new Int32Array(sizeOf(map.from));
  synapses(map, (_, s) => {
    fanOut[s] = (fanOut[s] ?? 0) + 1;
  });
  return singles([1], sizeOf(map.to), fanOut);
};

const windowProfile = (map: MapOf<"windows">): Profile => {
  const { outer, inner } = patternsOf(map.from.slice(1), map.to.slice(1), map.kernel, map);
  const kinds = outer.taps.map((taps) => kindFrom(new Map(taps.length === 0 ? [] : [[1, taps.length]])));
  const kindOf = Int32Array.from(
    { length: sizeOf(map.to) },
    (_, t) => outer.classOf[t % outer.classOf.length] ?? 0,
  );
  const fanOut = Int32Array.from(
    { length: sizeOf(map.from) },
    (_, s) => inner.taps[inner.classOf[s % inner.classOf.length] ?? 0]?.length ?? 0,
  );
  return profileFrom(kinds, kindOf, fanOut);
};

/** From every synapse. */
const writtenProfile = (map: LinearMap): Profile => {
  const rows = rowsOf(map);
  const { offsets, weight } = columnsOf(map);
  const kinds = Array.from({ length: rows.targets }, (_, t) => {
    const own: Counts = new Map();
    for (let i = offsets[t] ?? 0; i < (offsets[t + 1] ?? 0); i++) add(own, weight[i] ?? 0);
    return kindFrom(own);
  });
  const fanOut = Int32Array.from(
    { length: rows.sources },
    (_, s) => (rows.offsets[s + 1] ?? 0) - (rows.offsets[s] ?? 0),
  );
  return profileFrom(kinds, Int32Array.from(kinds.keys()), fanOut);
};

const made = (map: LinearMap): Profile => {
  switch (map.kind) {
    case "conv":
      return convProfile(map);
    case "dense":
      return denseProfile(map);
    case "windows":
      return windowProfile(map);
    case "diagonal":
      return diagonalProfile(map);
    case "view":
      return viewProfile(map);
    default:
      return writtenProfile(map);
  }
};

const cache = new WeakMap<LinearMap, Profile>();

/** The profile of a map, cached by map object. */
export const profileOf = (map: LinearMap): Profile => {
  const known = cache.get(map);
  if (known !== undefined) return known;
  const profile = made(shortened(map));
  cache.set(map, profile);
  return profile;
};

const sumCache = new WeakMap<LinearMap, SignedSums>();

/** Sums of the positive and of the negative weights of every target: what it may get when every source sends one spike. */
export const sumsOf = (map: LinearMap): SignedSums => {
  const known = sumCache.get(map);
  if (known !== undefined) return known;
  const found = map.kind === "dense" && sizeOf(map.from) === 1 ? scalarSums(map) : kindSums(map);
  sumCache.set(map, found);
  return found;
};

/** One source: its weights are the sums. */
const scalarSums = ({ weight }: MapOf<"dense">): SignedSums => {
  const w = valuesOf(weight);
  return { positive: w.map((x) => Math.max(x, 0)), negative: w.map((x) => Math.max(-x, 0)) };
};

const kindSums = (map: LinearMap): SignedSums => {
  const { kinds, kindOf } = profileOf(map);
  const sums = kinds.map(({ weights }) => {
    let [positive, negative] = [0, 0];
    for (const [w, n] of weights) {
      if (w > 0) positive += w * n;
      else negative -= w * n;
    }
    return { positive, negative };
  });
  const positive = new Float64Array(kindOf.length);
  const negative = new Float64Array(kindOf.length);
  kindOf.forEach((k, i) => {
    positive[i] = sums[k]?.positive ?? 0;
    negative[i] = sums[k]?.negative ?? 0;
  });
  return { positive, negative };
};
