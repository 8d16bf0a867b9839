import { inOrder } from "../../../compiler/ir/core/index.ts";
import type { Wiring } from "../wiring.ts";

/**
 * An order in which every population comes behind those whose messages reach it in the step in which they are sent.
 * Throws when they form a cycle.
 */
export const orderOf = ({ network, sites }: Wiring): readonly number[] => {
  const targets = sites.map(({ wires }) => [...new Set(wires.flatMap((w) => (w.delay < 0 ? [w.to] : [])))]);
  const order = inOrder(targets);
  if (order.length < sites.length) throw new Error(`${network.name} has a cycle without a delay`);
  return order;
};
