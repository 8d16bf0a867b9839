import { item } from "../../compiler/ir/core/index.ts";
import type { Wire } from "./wire.ts";

/** The synapses of a wire at `kept`, which rise, with `delay` steps more. */
const part = (wire: Wire, kept: readonly number[], delay: number): Wire => {
  let next = 0;
  const offsets = wire.offsets.map((_, source) => {
    if (source === 0) return 0;
    const end = item(wire.offsets, source);
    while (next < kept.length && item(kept, next) < end) next++;
    return next;
  });
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
  const byDelay = new Map<number, number[]>();
  for (let source = 0; source < sources; source++) {
    const end = item(wire.offsets, source + 1);
    for (let i = item(wire.offsets, source); i < end; i++) {
      const delay = steps[bySource ? source : (target[i] ?? 0) * sources + source] ?? 0;
      const synapses = byDelay.get(delay);
      if (synapses === undefined) byDelay.set(delay, [i]);
      else synapses.push(i);
    }
  }
  return [...byDelay].sort(([a], [b]) => a - b).map(([delay, kept]) => part(wire, kept, delay));
};
