import {
  accumulate,
  item,
  type PopulationId,
  type SpikingNetwork,
  sizeOf,
  valuesOf,
} from "../../compiler/ir/index.ts";

/** Spikes of every population of a stateless clocked network for one sample, each at its own step: the plainest reading. */
export const staticRun = (
  network: SpikingNetwork,
  spikesOfInputs: ReadonlyMap<PopulationId, Float64Array>,
): ReadonlyMap<PopulationId, Float64Array> => {
  const result = new Map<PopulationId, Float64Array>();
  for (const p of [...network.populations].sort((a, b) => a.start - b.start)) {
    if (p.model.kind === "input")
      result.set(p.id, spikesOfInputs.get(p.id) ?? new Float64Array(sizeOf(p.shape)));
    else if (p.model.kind === "start") result.set(p.id, Float64Array.of(1));
    else if (p.model.kind === "membrane") {
      const sums = new Float64Array(sizeOf(p.shape));
      for (const q of network.projections.filter((r) => r.to === p.id))
        accumulate(q.map, result.get(q.from) ?? new Float64Array(), sums, q.gain);
      const { threshold, comparator } = p.model;
      const [limit, constant] = [threshold, p.bias].map((w) => (w === null ? 0 : item(valuesOf(w), 0)));
      const silent = network.outputs.some((o) => o.from === p.id);
      const fires = (v: number): boolean => (comparator === "above" ? v > (limit ?? 0) : v >= (limit ?? 0));
      result.set(p.id, silent ? sums : sums.map((s) => (fires(s + (constant ?? 0)) ? 1 : 0)));
    }
  }
  return result;
};
