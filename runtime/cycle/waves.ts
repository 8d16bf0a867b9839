import { item } from "../../compiler/ir/core/index.ts";
import type { SpikingNetwork } from "../../compiler/ir/spiking/index.ts";
import { hopOf } from "../spiking/index.ts";

/**
 * Turns within a step. Where messages act in the step in which they are sent (a clock without a hop, relays),
 * populations take turns: each comes behind all whose messages reach it in the same step.
 */
export interface Waves {
  readonly count: number;
  /** Turn of every population, in network order. */
  readonly of: Int32Array;
}

/** The turns of a network; one for all where every message takes a step. Cycles without a step end at as many turns as there are populations. */
export const wavesOf = (network: SpikingNetwork): Waves => {
  const { populations, projections } = network;
  const of = new Int32Array(populations.length);
  const indexOf = new Map(populations.map((p, i) => [p.id, i]));
  const links = projections.flatMap(({ from, to, delay }): readonly (readonly [number, number])[] => {
    const [source, target] = [indexOf.get(from) ?? 0, indexOf.get(to) ?? 0];
    return delay === 0 && hopOf(network, item(populations, source)) === 0 ? [[source, target]] : [];
  });
  let moved = links.length > 0;
  for (let round = 0; moved && round < populations.length; round++) {
    moved = false;
    for (const [source, target] of links) {
      const least = item(of, source) + 1;
      if (item(of, target) >= least) continue;
      of[target] = least;
      moved = true;
    }
  }
  return { count: of.reduce((most, w) => Math.max(most, w + 1), 1), of };
};
