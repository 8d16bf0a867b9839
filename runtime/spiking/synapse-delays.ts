import { item } from "../../compiler/ir/core/index.ts";
import { synapsesByDelay } from "../../compiler/ir/linear/index.ts";
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
 * One wire for each delay that occurs. `delays` holds one delay a source, or one a synapse as [target, source]; `target`
 * names the target of each synapse. Throws when there are neither so many sources nor so many pairs.
 */
export const splitByDelay = (wire: Wire, target: Int32Array, delays: Float64Array): readonly Wire[] => {
  const { offsets } = wire;
  const rows = { sources: offsets.length - 1, offsets, target };
  return synapsesByDelay(rows, delays).map(([delay, kept]) => part(wire, kept, delay));
};
