import type { Incidence } from "./wiring.ts";

/** Greatest level of the edges of every element. */
export const greatestOf = ({ offsets, edge }: Incidence, levels: Float64Array, into: Float64Array): void => {
  for (let e = 0; e < into.length; e++) {
    const end = offsets[e + 1] ?? 0;
    let greatest = -Infinity;
    for (let i = offsets[e] ?? 0; i < end; i++) greatest = Math.max(greatest, levels[edge[i] ?? 0] ?? 0);
    into[e] = greatest;
  }
};
