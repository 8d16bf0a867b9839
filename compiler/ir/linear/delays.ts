import { item, push } from "../core/index.ts";
import type { Rows } from "./synapses.ts";

/**
 * Synapses, as indices into the rows that rise, for each delay that occurs, in the order of delays. `delays` holds one a
 * source, or one a synapse as [target, source]. Throws when there are neither so many sources nor so many pairs.
 */
export const synapsesByDelay = (
  { sources, offsets, target }: Pick<Rows, "sources" | "offsets" | "target">,
  delays: Float64Array,
): readonly (readonly [delay: number, synapses: readonly number[]])[] => {
  const bySource = delays.length === sources;
  if (!bySource && delays.length % sources !== 0)
    throw new Error(`${delays.length} delays do not fit ${sources} sources`);
  const groups = new Map<number, number[]>();
  for (let s = 0; s < sources; s++) {
    const end = item(offsets, s + 1);
    for (let i = item(offsets, s); i < end; i++)
      push(groups, delays[bySource ? s : (target[i] ?? 0) * sources + s] ?? 0, i);
  }
  return [...groups].sort(([a], [b]) => a - b);
};
