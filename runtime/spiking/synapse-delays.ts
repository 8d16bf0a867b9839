import type { Wire } from "./wire.ts";

/** Synapses of a wire for which `keeps` holds. */
const part = (wire: Wire, keeps: (source: number, synapse: number) => boolean, delay: number): Wire => {
  const sources = wire.offsets.length - 1;
  const offsets = new Int32Array(sources + 1);
  const kept: number[] = [];
  for (let s = 0; s < sources; s++) {
    const end = wire.offsets[s + 1] ?? 0;
    for (let i = wire.offsets[s] ?? 0; i < end; i++) if (keeps(s, i)) kept.push(i);
    offsets[s + 1] = kept.length;
  }
  return {
    ...wire,
    offsets,
    place: Int32Array.from(kept, (i) => wire.place[i] ?? 0),
    weight: Float64Array.from(kept, (i) => wire.weight[i] ?? 0),
    delay: wire.delay + delay,
  };
};

/**
 * One wire for each delay that occurs. `steps` holds one delay a source, or one a synapse as [target, source]; `target`
 * names the target of each synapse. Throws when there are neither so many sources nor so many pairs.
 */
export const splitByDelay = (wire: Wire, target: Int32Array, steps: Float64Array): readonly Wire[] => {
  const sources = wire.offsets.length - 1;
  const bySource = steps.length === sources;
  if (!bySource && steps.length % sources !== 0)
    throw new Error(`${steps.length} delays do not fit ${sources} sources`);
  const delayOf = (source: number, synapse: number): number =>
    steps[bySource ? source : (target[synapse] ?? 0) * sources + source] ?? 0;
  const distinct = [...new Set(steps)].sort((a, b) => a - b);
  return distinct.map((d) => part(wire, (s, i) => delayOf(s, i) === d, d));
};
