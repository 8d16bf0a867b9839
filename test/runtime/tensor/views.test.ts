import { expect, test } from "vitest";
import type { Numbers, Shape, Weight } from "../../../compiler/ir/core/index.ts";
import { makeTensor, type TensorNode } from "../../../compiler/ir/tensor/index.ts";
import { type Given, nothing, one, result, w } from "./apply.ts";

const { POSITIVE_INFINITY: inf } = Number;

const numbers = [3, 1, 2, 3, -1, 0];

test("pads repeat the edge, mirror, wrap around, and cut first where they are negative", () => {
  type Mode = "constant" | "edge" | "reflect" | "wrap";
  const pad = (mode: Mode, pads: readonly [number, number]): readonly number[] =>
    one([3], [1, 2, 3], (x) => makeTensor("pad", [x], { pads: [pads], mode, value: 9 }));
  expect(pad("constant", [1, 2])).toEqual([9, 1, 2, 3, 9, 9]);
  expect(pad("constant", [-2, 1])).toEqual([3, 9]);
  expect(pad("edge", [2, 1])).toEqual([1, 1, 1, 2, 3, 3]);
  expect(pad("reflect", [2, 2])).toEqual([3, 2, 1, 2, 3, 2, 1]);
  expect(pad("reflect", [1, -1])).toEqual([2, 1, 2]);
  expect(pad("wrap", [4, 1])).toEqual([3, 1, 2, 3, 1, 2, 3, 1]);
  expect(pad("wrap", [1, -1])).toEqual([2, 1, 2]);
  expect(() => pad("reflect", [2, -1])).toThrow(/do not fit axis 0/);
});

test("resample weighs what it reads, and -1 reads zero", () => {
  const y = one([2, 2], [1, 2, 3, 4], (x) =>
    makeTensor("resample", [x], { axis: 0, index: w([2, 2], 1, 0, -1, 1), taps: w([2, 2], 1, 0.5, 7, 2) }),
  );
  expect(y).toEqual([3.5, 5, 6, 8]);
});

test("slices step, and expand repeats and adds axes", () => {
  const slice = { starts: [1, 0], sizes: [1, 2], steps: [1, 2] };
  expect(one([2, 3], numbers, (x) => makeTensor("slice", [x], slice))).toEqual([3, 0]);
  expect(one([2, 1], [5, 6], (x) => makeTensor("expand", [x], { shape: [2, 2, 2] }))).toEqual([
    5, 5, 6, 6, 5, 5, 6, 6,
  ]);
});

const indexed = (mode: "take" | "elements" | "nd", index: Given, axis = 0): Numbers =>
  result(
    [
      { shape: [2, 3], data: [0, 1, 2, 10, 11, 12] },
      { ...index, dtype: "i64" },
    ],
    (x = nothing, i = nothing) => makeTensor("gather", [x, i], { mode, axis }),
  );

test("gather takes slices, elements and blocks; negative indices count from the end", () => {
  expect(indexed("take", { shape: [2], data: [-1, 0] }, 1)).toEqual({
    shape: [2, 2],
    data: Float64Array.of(2, 0, 12, 10),
  });
  expect(indexed("take", { shape: [], data: [1] }).shape).toEqual([3]);
  expect(Array.from(indexed("elements", { shape: [1, 2], data: [1, 0] }).data)).toEqual([10, 1]);
  expect(Array.from(indexed("nd", { shape: [1, 2], data: [1, -1] }).data)).toEqual([12]);
  expect(Array.from(indexed("nd", { shape: [2, 1], data: [2, 0] }, 1).data)).toEqual([2, 10]);
});

test("an index outside its axis is an error that says so", () => {
  expect(() => indexed("take", { shape: [1], data: [2] })).toThrow("index 2 is outside an axis of 2");
  expect(() => indexed("elements", { shape: [1, 1], data: [-3] })).toThrow("index -3 is outside");
  expect(() => indexed("nd", { shape: [1, 1], data: [0.5] })).toThrow("index 0.5 is outside");
});

test("scatter combines in the order of the updates", () => {
  type Combine = "replace" | "add" | "multiply" | "min" | "max";
  const scattered = (combine: Combine): readonly number[] => {
    const given: readonly Given[] = [
      { shape: [3], data: [1, 2, 3] },
      { shape: [3], data: [0, -1, 0], dtype: "i64" },
      { shape: [3], data: [5, 4, 2] },
    ];
    const { data } = result(given, (x = nothing, i = nothing, u = nothing) =>
      makeTensor("scatter", [x, i, u], { axis: 0, mode: "elements", combine }),
    );
    return Array.from(data);
  };
  expect(scattered("replace")).toEqual([2, 2, 4]);
  expect(scattered("add")).toEqual([8, 2, 7]);
  expect(scattered("multiply")).toEqual([10, 2, 12]);
  expect(scattered("min")).toEqual([1, 2, 3]);
  expect(scattered("max")).toEqual([5, 2, 4]);
});

test("steps count the thresholds that are reached, one row for all channels or one each", () => {
  const step = (thresholds: Weight): readonly number[] =>
    one([2, 2], [0, 1, 0, 1], (x) => makeTensor("steps", [x], { thresholds, low: -1 }));
  expect(step(w([1, 2], 0, 1))).toEqual([0, 1, 0, 1]);
  expect(step(w([2, 2], 0, 1, 0.5, 2))).toEqual([0, 1, -1, 0]);
});

test("a transposed conv adds where its windows overlap", () => {
  const y = one([1, 2], [1, 2], (x) =>
    makeTensor("convTranspose", [x], {
      weight: w([1, 2, 3], 1, 1, 1, 0, 1, 2),
      bias: w([2], 0, 10),
      strides: [2],
      pads: [[0, 1]],
      outputPads: [1],
    }),
  );
  expect(y).toEqual([1, 1, 3, 2, 2, 10, 11, 12, 12, 14]);
});

test("a recurrent cell that adds: its sequence, its last state, backwards", () => {
  const cell = (emit: "sequence" | "last", reverse: boolean): readonly number[] =>
    one([3, 1], [1, 2, 4], (x) =>
      makeTensor("recurrent", [x], {
        ...{
          cell: "rnn",
          input: w([1, 1], 1),
          hidden: w([1, 1], 1),
          bias: null,
          peephole: null,
          reverse,
          emit,
        },
        ...{ initial: w([1], 8), initialCell: null, activations: [{ kind: "relu" }] },
      }),
    );
  expect(cell("sequence", false)).toEqual([9, 11, 15]);
  expect(cell("sequence", true)).toEqual([15, 14, 12]);
  expect(cell("last", true)).toEqual([15]);
});

test("a cell state is emitted by an lstm only", () => {
  const numbersOf = { input: w([1, 1], 1), hidden: w([1, 1], 1), bias: null, initial: null };
  expect(() =>
    one([1, 1], [1], (x) =>
      makeTensor("recurrent", [x], {
        ...{ ...numbersOf, cell: "rnn", initialCell: null, peephole: null, emit: "cell" },
        activations: [{ kind: "tanh" }],
      }),
    ),
  ).toThrow(/a rnn has no cell state/);
});

const none: readonly number[] = [];

test("values without elements go through", () => {
  const empty = (op: (x: TensorNode) => TensorNode, shape: Shape = [0, 2]): readonly number[] =>
    one(shape, none, op);
  expect(empty((x) => makeTensor("reduce", [x], { fn: "sum", axes: [0] }))).toEqual([0, 0]);
  expect(empty((x) => makeTensor("reduce", [x], { fn: "max", axes: [0] }))).toEqual([-inf, -inf]);
  expect(empty((x) => makeTensor("reduce", [x], { fn: "product", axes: [0, 1] }))).toEqual([1]);
  expect(empty((x) => makeTensor("reduce", [x], { fn: "mean", axes: [1] }))).toEqual([]);
  expect(
    empty((x) =>
      makeTensor("pad", [x], {
        pads: [
          [1, 0],
          [0, 0],
        ],
        value: 4,
      }),
    ),
  ).toEqual([4, 4]);
  expect(empty((x) => makeTensor("expand", [x], { shape: [3, 0, 2] }))).toEqual([]);
  expect(
    empty((x) => makeTensor("matmul", [makeTensor("transpose", [x], { order: [1, 0] }), x], {})),
  ).toEqual([0, 0, 0, 0]);
  expect(empty((x) => makeTensor("softmax", [x], { axis: 0 }))).toEqual([]);
  expect(
    empty((x) => makeTensor("normalize", [x], { axes: [0], center: true, norm: "rms", epsilon: 1 })),
  ).toEqual([]);
  expect(empty((x) => makeTensor("topK", [x], { k: 0, axis: 0, emit: "values" }))).toEqual([]);
  expect(empty((x) => makeTensor("concat", [x, x], { axis: 0 }))).toEqual([]);
  expect(empty((x) => makeTensor("slice", [x], { starts: [0, 1], sizes: [0, 1] }))).toEqual([]);
  expect(empty((x) => makeTensor("gather", [x, x], { axis: 1, mode: "take" }))).toEqual([]);
});
