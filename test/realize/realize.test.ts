import fc from "fast-check";
import { expect, test } from "vitest";
import { Rejected } from "../../compiler/diagnostics/index.ts";
import {
  greedyDigits,
  type IntegerGraph,
  item,
  nodesOf,
  type PopulationId,
  type SpikingNetwork,
  sizeOf,
  spikingInvariants,
  violationsOf,
} from "../../compiler/ir/index.ts";
import { type RealizedBuild, realizeIntegers } from "../../compiler/realize/realize.ts";
import { inputsOf, integerGraphs, type Mode, modes } from "../../compiler/testing/index.ts";
import { runInteger } from "../../runtime/integer/index.ts";
import { testTargets } from "./cells.ts";
import { staticRun } from "./static-run.ts";

/** Spikes of the input lanes for the levels of a run. */
const inputSpikes = (
  build: RealizedBuild,
  levels: ReadonlyMap<PopulationId, Float64Array>,
): ReadonlyMap<PopulationId, Float64Array> => {
  const spikes = new Map<PopulationId, Float64Array>();
  for (const { value, lanes } of build.realized.network.spellings) {
    const level = levels.get(value);
    const gains = lanes.map((l) => l.gain);
    lanes.forEach((lane, k) => {
      if (level !== undefined)
        spikes.set(
          lane.population,
          level.map((q) => item(greedyDigits(q, gains, 1), k)),
        );
    });
  }
  return spikes;
};

const spelledBy = (
  network: SpikingNetwork,
  run: ReadonlyMap<PopulationId, Float64Array>,
  value: PopulationId,
): readonly number[] | null => {
  const spelling = network.spellings.find((s) => s.value === value);
  if (spelling === undefined) return null;
  const level = new Float64Array(sizeOf(spelling.shape));
  for (const lane of spelling.lanes)
    run.get(lane.population)?.forEach((s, i) => {
      level[i] = item(level, i) + lane.gain * s;
    });
  return [...level];
};

/** Compares every value of the integer network with the realized one; the number of values compared. */
const compare = (graph: IntegerGraph, build: RealizedBuild, seed: number, mode: Mode): number => {
  const { network } = build.realized;
  const integer = runInteger(graph, inputsOf(graph, seed, mode).inputs);
  const values = new Map([...build.pairs].map(([node, id]) => [id, integer.at(node).data]));
  const run = staticRun(network, inputSpikes(build, values));
  let compared = 0;
  for (const [id, wanted] of values) {
    const output = network.outputs.find((o) => o.from === id || o.from === `${id}.read`);
    const spelled =
      spelledBy(network, run, id) ?? [...(run.get(id) ?? [])].map((v) => v / (output?.unit ?? 1));
    expect(spelled).toEqual([...wanted]);
    compared += wanted.length;
  }
  expect(
    nodesOf(graph)
      .filter((n) => n.op === "neuron" || n.op === "maxPool")
      .every((n) => build.pairs.has(n)),
  ).toBe(true);
  return compared;
};

for (const target of testTargets) {
  test(`a realized network equals its integer network at every neuron on the ${target.name} cell`, () => {
    let compared = 0;
    let refused = 0;
    fc.assert(
      fc.property(integerGraphs(), fc.nat(), fc.constantFrom(...modes), (graph, seed, mode) => {
        try {
          const build = realizeIntegers(graph, target);
          expect(violationsOf(spikingInvariants, build.realized.network)).toEqual([]);
          compared += compare(graph, build, seed, mode);
        } catch (error) {
          if (!(error instanceof Rejected)) throw error;
          refused++;
        }
      }),
      { numRuns: 250, seed: 3 },
    );
    expect(compared).toBeGreaterThan(4000);
    expect(refused).toBeLessThan(125);
  });
}
