import type { TensorGraph } from "../../ir/index.ts";

/** Far more sweeps than any network needs; reaching it means that two rules undo each other. */
const mostSweeps = 1000;

/** Applies a step until it gives back the very graph. */
export const untilSettled = (graph: TensorGraph, step: (graph: TensorGraph) => TensorGraph): TensorGraph => {
  let current = graph;
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    const next = step(current);
    if (next === current) return current;
    current = next;
  }
  throw new Error(`rules did not settle in ${mostSweeps} sweeps`);
};
