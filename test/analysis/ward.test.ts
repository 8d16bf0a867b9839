import fc from "fast-check";
import { expect, test } from "vitest";
import { type Points, ward } from "../../compiler/analysis/index.ts";

const pointsOf = (rows: readonly (readonly number[])[]): Points => ({
  count: rows.length,
  width: rows[0]?.length ?? 0,
  data: Float64Array.from(rows.flat()),
});

/** Sum of squared distances to the mean, from the definition. */
const inertia = (rows: readonly (readonly number[])[], cluster: readonly number[]): number => {
  const members = cluster.map((i) => rows[i] ?? []);
  const mean = (members[0] ?? []).map(
    (_, k) => members.reduce((sum, m) => sum + (m[k] ?? 0), 0) / members.length,
  );
  return members.reduce((sum, m) => sum + m.reduce((s, v, k) => s + (v - (mean[k] ?? 0)) ** 2, 0), 0);
};

const cloud = fc.integer({ min: 1, max: 9 }).chain((count) =>
  fc.array(fc.tuple(fc.integer({ min: -8, max: 8 }), fc.integer({ min: -8, max: 8 })), {
    minLength: count,
    maxLength: count,
  }),
);

test("near points end in one cluster", () => {
  const { clusters, cost } = ward(pointsOf([[0], [10], [1], [11], [30]]), 3);
  expect(clusters).toEqual([[0, 2], [1, 3], [4]]);
  expect(cost).toBe(1);
});

test("the cost is the inertia of the clusters, and clusters partition the points", () => {
  fc.assert(
    fc.property(cloud, fc.integer({ min: 1, max: 9 }), (rows, wanted) => {
      const { clusters, cost } = ward(pointsOf(rows), wanted);
      expect(clusters.flat().sort((a, b) => a - b)).toEqual(rows.map((_, i) => i));
      expect(clusters).toHaveLength(Math.min(wanted, rows.length));
      expect(cost).toBeCloseTo(
        clusters.reduce((sum, c) => sum + inertia(rows, c), 0),
        6,
      );
    }),
  );
});

test("each merge is the cheapest of all pairs", () => {
  fc.assert(
    fc.property(cloud, (rows) => {
      for (let k = rows.length; k > 1; k--) {
        const { clusters, cost } = ward(pointsOf(rows), k);
        const rises = clusters.flatMap((a, i) =>
          clusters.slice(i + 1).map((b) => inertia(rows, [...a, ...b]) - inertia(rows, a) - inertia(rows, b)),
        );
        expect(ward(pointsOf(rows), k - 1).cost - cost).toBeCloseTo(Math.min(...rises), 6);
      }
    }),
  );
});

test("ties go to the lowest indices", () => {
  expect(ward(pointsOf([[0], [1], [2], [3]]), 3).clusters).toEqual([[0, 1], [2], [3]]);
});
