import fc from "fast-check";
import { integers, type Shape, sizeOf, type Weight } from "../../../compiler/ir/core/index.ts";
import type { LinearMap, Sliding } from "../../../compiler/ir/linear/index.ts";
import * as linear from "../../../compiler/ir/linear/index.ts";

const small = (min: number, max: number) => fc.integer({ min, max });

/** Whole numbers with many zeros and both signs. */
const weightOf = (name: string, shape: Shape): fc.Arbitrary<Weight> =>
  fc
    .array(fc.oneof(fc.constant(0), small(-5, 5)), { minLength: sizeOf(shape), maxLength: sizeOf(shape) })
    .map((data) => integers(name, shape, Float64Array.from(data)));

const shapes = fc.array(small(1, 4), { minLength: 1, maxLength: 3 });

interface Slid {
  readonly space: Shape;
  readonly kernel: Shape;
  readonly sliding: Sliding;
}

const axis = fc.record({
  kernel: small(1, 3),
  stride: small(1, 3),
  dilation: small(1, 2),
  before: small(0, 2),
  after: small(0, 2),
  extra: small(0, 3),
});

const slides: fc.Arbitrary<Slid> = fc.array(axis, { minLength: 1, maxLength: 2 }).map((axes) => ({
  space: axes.map(
    ({ kernel, dilation, before, after, extra }) =>
      Math.max(1, dilation * (kernel - 1) + 1 - before - after) + extra,
  ),
  kernel: axes.map(({ kernel }) => kernel),
  sliding: {
    strides: axes.map(({ stride }) => stride),
    dilations: axes.map(({ dilation }) => dilation),
    pads: axes.map(({ before, after }) => [before, after] as const),
  },
}));

const dense = fc
  .tuple(small(1, 5), small(1, 5))
  .chain(([to, from]) => weightOf("w", [to, from]))
  .map(linear.dense);

const conv = fc
  .record({ slid: slides, groups: small(1, 2), ins: small(1, 2), outs: small(1, 2) })
  .chain(({ slid: { space, kernel, sliding }, groups, ins, outs }) =>
    weightOf("w", [groups * outs, ins, ...kernel]).map((w) =>
      linear.conv([groups * ins, ...space], w, { ...sliding, groups }),
    ),
  );

const windows = fc
  .record({ slid: slides, channels: small(1, 2), ceil: fc.boolean() })
  .map(({ slid: { space, kernel, sliding }, channels, ceil }) =>
    linear.windows([channels, ...space], kernel, sliding, ceil),
  );

const diagonal = shapes.chain((shape) =>
  fc
    .constantFrom([1], [shape[0] ?? 1], shape)
    .chain((own) => weightOf("w", own))
    .map((w) => linear.diagonal(shape, w)),
);

const reshaped = shapes.map((shape) => linear.reshaped(shape, [sizeOf(shape)]));

const transposed = shapes.chain((shape) =>
  fc
    .shuffledSubarray(
      shape.map((_, a) => a),
      { minLength: shape.length },
    )
    .map((order) => linear.transposed(shape, order)),
);

const sliced = shapes.chain((shape) =>
  fc
    .tuple(...shape.map((extent) => small(0, extent - 1)))
    .chain((starts) =>
      fc
        .tuple(...shape.map((extent, a) => small(1, extent - (starts[a] ?? 0))))
        .map((sizes) => linear.sliced(shape, starts, sizes)),
    ),
);

/** Triples may repeat, be zero, and stand in any order. */
const sparse = fc.tuple(small(1, 4), small(1, 4)).chain(([to, from]) =>
  fc
    .array(fc.tuple(small(0, to - 1), small(0, from - 1), small(-3, 3)), { maxLength: 10 })
    .map((triples): LinearMap => {
      const column = (k: 0 | 1 | 2): Weight =>
        integers(
          "t",
          [triples.length],
          Float64Array.from(triples, (triple) => triple[k]),
        );
      return { kind: "sparse", from: [from], to: [to], row: column(0), column: column(1), weight: column(2) };
    }),
);

/** A map of one step, of any kind. */
export const plainMaps: fc.Arbitrary<LinearMap> = fc
  .tuple(fc.oneof(dense, conv, windows, diagonal, reshaped, transposed, sliced, sparse), fc.boolean())
  .map(([map, turned]) => (turned ? linear.adjoint(map) : map));

/** A map that takes what `map` gives. */
const following = (map: LinearMap): fc.Arbitrary<LinearMap> =>
  fc.oneof(
    weightOf("d", [3, sizeOf(map.to)]).map((w) =>
      linear.compose(linear.reshaped(map.to, [sizeOf(map.to)]), linear.dense(w)),
    ),
    weightOf("g", [map.to[0] ?? 1]).map((w) => linear.diagonal(map.to, w)),
    fc.constant(linear.reshaped(map.to, [sizeOf(map.to)])),
    fc.constant(linear.reshaped(map.to, map.to)),
  );

/** Two maps of which the second takes what the first gives. */
export const meetingMaps: fc.Arbitrary<readonly [LinearMap, LinearMap]> = plainMaps.chain((first) =>
  following(first).map((second): readonly [LinearMap, LinearMap] => [first, second]),
);

/** A map of any kind, chains among them. */
export const linearMaps: fc.Arbitrary<LinearMap> = fc.oneof(
  plainMaps,
  meetingMaps.map(([first, second]) => linear.compose(first, second)),
);
