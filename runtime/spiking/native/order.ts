import { item } from "../../../compiler/ir/core/index.ts";
import type { Wiring } from "../wiring.ts";

/**
 * An order in which every population comes behind those whose messages reach it in the step in which they are sent.
 * Throws when they form a cycle.
 */
export const orderOf = ({ network, sites }: Wiring): readonly number[] => {
  const targets = sites.map(({ wires }) => [...new Set(wires.flatMap((w) => (w.delay < 0 ? [w.to] : [])))]);
  const open = new Int32Array(sites.length);
  for (const to of targets.flat()) open[to] = item(open, to) + 1;
  const ready = sites.flatMap(({ index }) => (open[index] === 0 ? [index] : []));
  for (let i = 0; i < ready.length; i++) {
    for (const to of item(targets, item(ready, i))) {
      open[to] = item(open, to) - 1;
      if (open[to] === 0) ready.push(to);
    }
  }
  if (ready.length < sites.length) throw new Error(`${network.name} has a cycle without a delay`);
  return ready;
};
