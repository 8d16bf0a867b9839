import {
  diagonal,
  integers,
  type Population,
  type PopulationId,
  populationId,
  project,
  type SpikingNetwork,
  spikes,
} from "../ir/index.ts";

const idOf = (name: string): PopulationId => populationId.of(name);

/** Levels that are read as outputs get a neuron that sums them, so that every output is a potential. */
export const withReaders = (network: SpikingNetwork): SpikingNetwork => {
  const levels = network.outputs.filter((o) => o.read === "level");
  const of = (id: PopulationId): Population | undefined => network.populations.find((p) => p.id === id);
  const readers = levels.flatMap((o) => {
    const source = of(o.from);
    if (source === undefined) return [];
    return [
      {
        ...source,
        id: idOf(`${o.from}.read`),
        model: { kind: "sum" as const },
        code: spikes,
        bias: null,
        start: source.start + 1,
      },
    ];
  });
  const reads = levels.map((o) => {
    const map = diagonal(of(o.from)?.shape ?? [], integers("one", [1], Float64Array.of(1)));
    return project({ from: o.from, to: idOf(`${o.from}.read`), map });
  });
  return {
    ...network,
    populations: [
      ...network.populations,
      ...readers.filter((r, i) => readers.findIndex((s) => s.id === r.id) === i),
    ],
    projections: [
      ...network.projections,
      ...reads.filter((r, i) => reads.findIndex((s) => s.to === r.to) === i),
    ],
    outputs: network.outputs.map((o) =>
      o.read === "level" ? { ...o, from: idOf(`${o.from}.read`), read: "sum" } : o,
    ),
  };
};
