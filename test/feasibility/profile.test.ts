import fc from "fast-check";
import { expect, test } from "vitest";
import { profileOf, sumsOf } from "../../compiler/feasibility/profile.ts";
import { item, type LinearMap, rowsOf, signedSums, sizeOf } from "../../compiler/ir/index.ts";
import { linearMaps } from "../ir/linear/maps.ts";

/** Weights that end in every target, sorted; zeros are left out. */
const written = (
  map: LinearMap,
): { readonly into: readonly number[][]; readonly outOf: readonly number[] } => {
  const { sources, targets, offsets, target, weight } = rowsOf(map);
  const into = Array.from({ length: targets }, (): number[] => []);
  const outOf = new Array<number>(sources).fill(0);
  for (let s = 0; s < sources; s++)
    for (let i = item(offsets, s); i < item(offsets, s + 1); i++) {
      if (item(weight, i) === 0) continue;
      into[item(target, i)]?.push(item(weight, i));
      outOf[s] = item(outOf, s) + 1;
    }
  return { into: into.map((list) => list.sort((a, b) => a - b)), outOf };
};

test("a profile counts the synapses that the map writes out", () => {
  fc.assert(
    fc.property(linearMaps, (map) => {
      const { into, outOf } = written(map);
      const profile = profileOf(map);
      const counted = [...profile.kindOf].map((k) =>
        [...item(profile.kinds, k).weights]
          .flatMap(([w, times]) => new Array<number>(times).fill(w))
          .sort((a, b) => a - b),
      );
      expect(counted).toEqual(into);
      expect([...profile.fanOut]).toEqual(outOf);
      expect(profile.synapses).toBe(into.flat().length);
    }),
    { numRuns: 400, seed: 11 },
  );
});

test("sums by kinds of targets are the sums of the written map", () => {
  fc.assert(
    fc.property(linearMaps, (map) => {
      const size = sizeOf(map.from);
      const wanted = signedSums(map, new Float64Array(size), new Float64Array(size).fill(1));
      const plain = (list: Float64Array): readonly number[] => [...list].map((x) => x + 0);
      const found = sumsOf(map);
      expect(plain(found.positive)).toEqual(plain(wanted.positive));
      expect(plain(found.negative)).toEqual(plain(wanted.negative));
    }),
    { numRuns: 400, seed: 12 },
  );
});
