import fc from "fast-check";
import { expect, test } from "vitest";
import { sumsOf } from "../../compiler/feasibility/profile.ts";
import {
  item,
  type LinearMap,
  type PopulationId,
  type Projection,
  populationId,
  project,
  rowsOf,
  sizeOf,
} from "../../compiler/ir/index.ts";
import { type Reach, reachOf } from "../../compiler/realize/sums.ts";
import { linearMaps } from "../ir/linear/maps.ts";

/** The definition: contributions of every projection to every neuron, one synapse after the other. */
const byHand = (projections: readonly Projection[]): ReadonlyMap<PopulationId, Reach> => {
  const sums = new Map<PopulationId, { positive: number; negative: number }[]>();
  for (const { to, map, gain } of projections) {
    const own = sums.get(to) ?? Array.from({ length: sizeOf(map.to) }, () => ({ positive: 0, negative: 0 }));
    sums.set(to, own);
    const { offsets, target, weight, sources } = rowsOf(map);
    for (let s = 0; s < sources; s++)
      for (let i = item(offsets, s); i < item(offsets, s + 1); i++) {
        const added = item(weight, i) * gain;
        const sum = item(own, item(target, i));
        if (added > 0) sum.positive += added;
        else sum.negative -= added;
      }
  }
  const most = (list: readonly number[]): number => Math.max(0, ...list) + 0;
  return new Map(
    [...sums].map(([id, own]) => [
      id,
      { positive: most(own.map((s) => s.positive)), negative: most(own.map((s) => s.negative)) },
    ]),
  );
};

/** Several projections into one population: some through one map, with gains of both signs. */
const projectionsOf = (maps: readonly LinearMap[], gains: readonly number[]): readonly Projection[] =>
  maps.flatMap((map, m) =>
    gains.map((gain, g) =>
      project({
        from: populationId.of(`source${g}`),
        to: populationId.of(`target${m}`),
        map,
        gain,
        delay: 0,
      }),
    ),
  );

test("the reach of a population is the greatest sum of one step, however its projections are grouped", () => {
  fc.assert(
    fc.property(
      fc.array(linearMaps, { minLength: 1, maxLength: 3 }),
      fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 4 }),
      (maps, gains) => {
        const projections = projectionsOf(maps, gains);
        const wanted = byHand(projections);
        expect(reachOf(projections)).toEqual(wanted);
        expect(reachOf(projections, sumsOf)).toEqual(wanted);
      },
    ),
    { numRuns: 300, seed: 21 },
  );
});

test("maps of one size into one population add up", () => {
  fc.assert(
    fc.property(
      fc.array(linearMaps, { minLength: 2, maxLength: 12 }),
      fc.integer({ min: -3, max: 3 }),
      (maps, gain) => {
        const size = sizeOf(item(maps, 0).to);
        const same = maps.filter((m) => sizeOf(m.to) === size);
        const projections = same.map((map, i) =>
          project({
            from: populationId.of(`s${i}`),
            to: populationId.of("t"),
            map,
            gain: gain + i,
            delay: 0,
          }),
        );
        expect(reachOf(projections)).toEqual(byHand(projections));
      },
    ),
    { numRuns: 200, seed: 22 },
  );
});
