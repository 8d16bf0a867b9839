import fc from "fast-check";
import { expect, test } from "vitest";
import { item, sizeOf } from "../../../compiler/ir/core/index.ts";
import {
  accumulate,
  adjoint,
  apply,
  compose,
  faultsOf,
  type LinearMap,
  rowsOf,
  signedSums,
} from "../../../compiler/ir/linear/index.ts";
import { linearMaps, meetingMaps } from "./maps.ts";
import { matrixOf, product, times, transposedMatrix } from "./matrix.ts";

const vector = (size: number, min: number, max: number) =>
  fc.array(fc.integer({ min, max }), { minLength: size, maxLength: size });

const withVector = linearMaps.chain((map) => vector(sizeOf(map.from), -9, 9).map((x) => ({ map, x })));

const runs = { numRuns: 400 };

const big = (values: Iterable<number>): readonly bigint[] => Array.from(values, BigInt);

const written = (map: LinearMap) => {
  const rows = rowsOf(map);
  return Array.from({ length: rows.sources }, (_, s) =>
    Array.from({ length: item(rows.offsets, s + 1) - item(rows.offsets, s) }, (_, k) => {
      const i = item(rows.offsets, s) + k;
      return [item(rows.target, i), BigInt(item(rows.weight, i))] as const;
    }),
  );
};

test("rows hold exactly the non-zero entries of each column, targets rising", () => {
  fc.assert(
    fc.property(linearMaps, (map) => {
      const columns = transposedMatrix(matrixOf(map)).map((column) =>
        column.flatMap((w, t) => (w === 0n ? [] : [[t, w] as const])),
      );
      expect(written(map)).toEqual(columns);
    }),
    runs,
  );
});

test("apply is the product with the matrix", () => {
  fc.assert(
    fc.property(withVector, ({ map, x }) => {
      expect(big(apply(map, Float64Array.from(x)))).toEqual(times(matrixOf(map), big(x)));
    }),
    runs,
  );
});

test("accumulate adds a multiple of the product to what is there", () => {
  fc.assert(
    fc.property(withVector, fc.integer({ min: -4, max: 4 }), ({ map, x }, factor) => {
      const y = Float64Array.from({ length: sizeOf(map.to) }, (_, t) => 7 * t - 3);
      accumulate(map, Float64Array.from(x), y, factor);
      const wanted = times(matrixOf(map), big(x)).map((sum, t) => BigInt(7 * t - 3) + BigInt(factor) * sum);
      expect(big(y)).toEqual(wanted);
    }),
    runs,
  );
});

test("composed maps are the product of their matrices", () => {
  fc.assert(
    fc.property(meetingMaps, ([first, second]) => {
      const both = compose(first, second);
      expect(faultsOf(both)).toEqual([]);
      expect([sizeOf(both.from), both.to]).toEqual([sizeOf(first.from), second.to]);
      expect(matrixOf(both)).toEqual(product(matrixOf(second), matrixOf(first)));
      expect(written(both)).toEqual(
        written({ kind: "chain", from: first.from, to: second.to, maps: [first, second] }),
      );
    }),
    runs,
  );
});

test("the adjoint of the adjoint is the map itself", () => {
  fc.assert(
    fc.property(linearMaps, (map) => {
      expect(matrixOf(adjoint(map))).toEqual(transposedMatrix(matrixOf(map)));
      expect(matrixOf(adjoint(adjoint(map)))).toEqual(matrixOf(map));
    }),
    runs,
  );
});

test("signed sums are the extremes over all corners of the box", () => {
  const boxes = linearMaps.chain((map) =>
    fc.tuple(vector(sizeOf(map.from), -6, 6), vector(sizeOf(map.from), 0, 6)).map(([low, width]) => ({
      map,
      low,
      high: low.map((l, s) => l + item(width, s)),
    })),
  );
  fc.assert(
    fc.property(boxes, ({ map, low, high }) => {
      const { positive, negative } = signedSums(map, Float64Array.from(low), Float64Array.from(high));
      matrixOf(map).forEach((row, t) => {
        const ends = row.map((w, s) => [w * BigInt(item(low, s)), w * BigInt(item(high, s))] as const);
        const most = ends.reduce((sum, [a, b]) => sum + [0n, a, b].reduce((x, y) => (x > y ? x : y)), 0n);
        const least = ends.reduce((sum, [a, b]) => sum + [0n, a, b].reduce((x, y) => (x < y ? x : y)), 0n);
        expect([BigInt(item(positive, t)), -BigInt(item(negative, t))]).toEqual([most, least]);
      });
    }),
    runs,
  );
});

test("no map that a builder makes has a fault", () => {
  fc.assert(
    fc.property(linearMaps, (map) => {
      expect(faultsOf(map)).toEqual([]);
    }),
    runs,
  );
});
