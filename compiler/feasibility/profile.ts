/**
 * What the neurons of a linear map read and what its sources send, without writing the map out. Targets with the same
 * weights share a kind: a convolution has one for every output channel and every way in which the border cuts its kernel.
 */
import { item, type LinearMap, rowsOf, type SignedSums, sizeOf, synapses, valuesOf } from "../ir/index.ts";
import { type Patterns, patternsOf } from "./patterns.ts";

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
  let most = 0;
  for (const { weights } of kinds) for (const w of weights.keys()) most = Math.max(most, Math.abs(w));
  const sizes = kinds.map((k) => k.sources);
  return { kinds, kindOf, fanOut, synapses: kindOf.reduce((sum, k) => sum + item(sizes, k), 0), most };
};

type Conv = Extract<LinearMap, { kind: "conv" }>;

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

/** Kinds of targets whose counts are given one by one; equal ones are joined. */
const merged = (counts: readonly Counts[], fanOut: Int32Array): Profile => {
  const numbers = new Map<string, number>();
  const kinds: Kind[] = [];
  const kindOf = Int32Array.from(counts, (own) => {
    const key = [...own]
      .sort(([a], [b]) => a - b)
      .map(([w, n]) => `${w}*${n}`)
      .join(" ");
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, kinds.length);
    kinds.push(kindFrom(own));
    return kinds.length - 1;
  });
  return profileFrom(kinds, kindOf, fanOut);
};

const denseProfile = (map: Extract<LinearMap, { kind: "dense" }>): Profile => {
  const w = valuesOf(map.weight);
  const [targets, sources] = [sizeOf(map.to), sizeOf(map.from)];
  const fanOut = new Int32Array(sources);
  const counts = Array.from({ length: targets }, (_, t) => {
    const own: Counts = new Map();
    for (let s = 0; s < sources; s++) {
      const value = w[t * sources + s] ?? 0;
      if (value === 0) continue;
      add(own, value);
      fanOut[s] = (fanOut[s] ?? 0) + 1;
    }
    return own;
  });
  // One source gives few distinct kinds; many sources give one for every target.
  if (sources === 1) return merged(counts, fanOut);
  return profileFrom(
    counts.map(kindFrom),
    Int32Array.from({ length: targets }, (_, t) => t),
    fanOut,
  );
};

const windowProfile = (map: Extract<LinearMap, { kind: "windows" }>): Profile => {
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

/** From every synapse, where the map has one or few for every element. */
const walkedProfile = (map: LinearMap): Profile => {
  const counts = Array.from({ length: sizeOf(map.to) }, (): Counts => new Map());
  const fanOut = new Int32Array(sizeOf(map.from));
  const visit = (t: number, s: number, w: number): void => {
    if (w === 0) return;
    add(item(counts, t), w);
    fanOut[s] = (fanOut[s] ?? 0) + 1;
  };
  if (map.kind === "chain") {
    const rows = rowsOf(map);
    for (let s = 0; s < rows.sources; s++)
      for (let i = rows.offsets[s] ?? 0; i < (rows.offsets[s + 1] ?? 0); i++)
        visit(rows.target[i] ?? 0, s, rows.weight[i] ?? 0);
  } else synapses(map, visit);
  return merged(counts, fanOut);
};

const made = (map: LinearMap): Profile => {
  switch (map.kind) {
    case "conv":
      return convProfile(map);
    case "dense":
      return denseProfile(map);
    case "windows":
      return windowProfile(map);
    default:
      return walkedProfile(map);
  }
};

const cache = new WeakMap<LinearMap, Profile>();

/** The profile of a map, cached by map object. */
export const profileOf = (map: LinearMap): Profile => {
  const known = cache.get(map);
  if (known !== undefined) return known;
  const profile = made(map);
  cache.set(map, profile);
  return profile;
};

/** Sums of the positive and of the negative weights of every target: what it may get when every source sends one spike. */
export const sumsOf = (map: LinearMap): SignedSums => {
  const { kinds, kindOf } = profileOf(map);
  const sums = kinds.map(({ weights }) => {
    let [positive, negative] = [0, 0];
    for (const [w, n] of weights) {
      if (w > 0) positive += w * n;
      else negative -= w * n;
    }
    return { positive, negative };
  });
  return {
    positive: Float64Array.from(kindOf, (k) => sums[k]?.positive ?? 0),
    negative: Float64Array.from(kindOf, (k) => sums[k]?.negative ?? 0),
  };
};
