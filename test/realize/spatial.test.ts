import { expect, test } from "vitest";
import { named } from "../../compiler/diagnostics/index.ts";
import {
  conv,
  dense,
  diagonal,
  greedyDigits,
  integers,
  item,
  levelOf,
  type Population,
  populationId,
  readOf,
  rowsOf,
  type SpikingNetwork,
  sizeOf,
  spikingInvariants,
  successive,
  violationsOf,
} from "../../compiler/ir/index.ts";
import { realizedObligations } from "../../compiler/realize/obligations.ts";
import { realizeSpatial } from "../../compiler/realize/spatial.ts";
import { randomFrom } from "../../compiler/testing/index.ts";
import { testTargets } from "./cells.ts";
import { staticRun } from "./static-run.ts";

const id = populationId.of;
const random = randomFrom(7);
const noise = (shape: readonly number[], most: number) =>
  integers(
    "w",
    shape,
    Float64Array.from({ length: sizeOf(shape) }, () => random.between(-most, most)),
  );
const lanes = (high: number): Population["code"] => ({
  kind: "phased",
  gains: successive(high),
  limit: 1,
  across: "lanes",
});

const hidden = (
  name: string,
  start: number,
  theta: readonly number[],
  bias: Population["bias"],
  shape: readonly number[],
): Population => ({
  id: id(name),
  shape,
  model: {
    kind: "levels",
    fn: {
      kind: "uniform",
      theta: integers("theta", [theta.length], Float64Array.from(theta)),
      low: 0,
      high: 15,
    },
  },
  code: lanes(15),
  bias,
  origins: [named(name)],
  start,
});

const first = conv([1, 4, 4], noise([2, 1, 3, 3], 14), {
  pads: [
    [1, 1],
    [1, 1],
  ],
});
const skip = diagonal([2, 4, 4], noise([2], 90));
const second = conv([2, 4, 4], noise([2, 2, 3, 3], 127), {
  pads: [
    [1, 1],
    [1, 1],
  ],
});
const head = dense(noise([3, 32], 127));

/** 8-bit image, two convolutions, a skip over the second, a dense read-out. */
const network: SpikingNetwork = {
  name: "skip",
  schedule: { kind: "phases", lengths: [1, 1, 1, 1] },
  arithmetic: { kind: "exact" },
  populations: [
    {
      id: id("image"),
      shape: [1, 4, 4],
      model: { kind: "input", low: 0, high: 255, scale: [1], round: "up" },
      code: lanes(255),
      bias: null,
      origins: [named("image")],
      start: 0,
    },
    hidden("a", 1, [301, 441], noise([2], 3000), [2, 4, 4]),
    hidden("b", 2, [701, 3], noise([2], 500), [2, 4, 4]),
    {
      id: id("y"),
      shape: [3],
      model: { kind: "sum" },
      code: { kind: "plain", payload: false },
      bias: noise([3], 900),
      origins: [named("y")],
      start: 3,
    },
  ],
  projections: [
    { from: id("image"), to: id("a"), map: first, gain: 1, delay: 0, delays: null },
    { from: id("a"), to: id("b"), map: second, gain: 1, delay: 0, delays: null },
    { from: id("a"), to: id("b"), map: skip, gain: -1, delay: 0, delays: null },
    {
      from: id("b"),
      to: id("y"),
      map: {
        kind: "chain",
        from: [2, 4, 4],
        to: [3],
        maps: [{ kind: "view", from: [2, 4, 4], to: [32], start: 0, strides: [1] }, head],
      },
      gain: 1,
      delay: 0,
      delays: null,
    },
    {
      from: id("a"),
      to: id("y"),
      map: {
        kind: "chain",
        from: [2, 4, 4],
        to: [3],
        maps: [{ kind: "view", from: [2, 4, 4], to: [32], start: 0, strides: [1] }, head],
      },
      gain: 1,
      delay: 0,
      delays: null,
    },
  ],
  outputs: [readOf({ name: "y", from: id("y"), read: "sum" })],
  spellings: [],
};

const levelsByHand = (image: Float64Array): ReadonlyMap<string, Float64Array> => {
  const values = new Map<string, Float64Array>([["image", image]]);
  for (const p of network.populations.slice(1)) {
    const sums = Float64Array.from({ length: sizeOf(p.shape) }, (_, i) =>
      item(
        p.bias?.stored() ?? new Float64Array(1),
        Math.floor((i * (p.bias?.shape[0] ?? 1)) / sizeOf(p.shape)),
      ),
    );
    for (const q of network.projections.filter((r) => r.to === p.id))
      addTo(sums, q, values.get(q.from) ?? new Float64Array());
    const perChannel = sizeOf(p.shape.slice(1));
    values.set(
      p.id,
      p.model.kind === "levels"
        ? sums.map((s, i) =>
            p.model.kind === "levels" ? levelOf(p.model.fn)(Math.floor(i / perChannel), s) : 0,
          )
        : sums,
    );
  }
  return values;
};

const addTo = (sums: Float64Array, q: SpikingNetwork["projections"][number], x: Float64Array): void => {
  const rows = rowsOf(q.map);
  for (let s = 0; s < rows.sources; s++)
    for (let i = item(rows.offsets, s); i < item(rows.offsets, s + 1); i++)
      sums[item(rows.target, i)] =
        item(sums, item(rows.target, i)) + q.gain * item(rows.weight, i) * item(x, s);
};

for (const target of testTargets) {
  test(`lanes spell every level of a network with a skip on the ${target.name} cell`, () => {
    const realized = realizeSpatial(network, target);
    expect(violationsOf(spikingInvariants, realized.network)).toEqual([]);
    realizedObligations(network, realized, target);
    for (let n = 0; n < 60; n++) {
      const image = Float64Array.from(
        { length: 16 },
        () => (n < 4 ? [0, 255, 1, 128][n] : random.between(0, 255)) ?? 0,
      );
      const wanted = levelsByHand(image);
      const input = realized.network.spellings.find((s) => s.value === id("image"));
      const spikes = new Map(
        (input?.lanes ?? []).map((l, k) => [
          l.population,
          image.map((x) => greedyDigits(x, successive(255), 1)[k] ?? 0),
        ]),
      );
      const run = staticRun(realized.network, spikes);
      for (const { value, lanes: spelled } of realized.network.spellings) {
        const level = new Float64Array(wanted.get(value)?.length ?? 0);
        for (const lane of spelled)
          run.get(lane.population)?.forEach((s, i) => {
            level[i] = (level[i] ?? 0) + lane.gain * s;
          });
        expect([...level]).toEqual([...(wanted.get(value) ?? [])]);
      }
      const output = item(realized.network.outputs, 0);
      expect([...(run.get(output.from) ?? [])].map((v) => v / output.unit)).toEqual([
        ...(wanted.get("y") ?? []),
      ]);
    }
  });
}

test("sums that the cell cannot hold are refused with the layer, the sum and the limit", () => {
  const wide = {
    ...network,
    projections: network.projections.map((q) => (q.map === first ? { ...q, gain: 40 } : q)),
  };
  expect(() => realizeSpatial(wide, item(testTargets, 1))).toThrow(/realize\/sum-too-wide/);
});
