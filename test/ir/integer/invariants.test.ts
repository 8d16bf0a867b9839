import { expect, test } from "vitest";
import { named } from "../../../compiler/diagnostics/index.ts";
import { floats, integers, item, violationsOf, type Weight } from "../../../compiler/ir/core/index.ts";
import {
  type IntegerGraph,
  type IntegerNode,
  integerInvariants,
  makeInteger,
} from "../../../compiler/ir/integer/index.ts";
import { dense, diagonal } from "../../../compiler/ir/linear/index.ts";

const list = (...data: readonly number[]): Weight => integers("w", [data.length], Float64Array.from(data));
const matrix = (...data: readonly number[]): Weight =>
  integers("m", [1, data.length], Float64Array.from(data));

const x = makeInteger("input", [], { name: "x", shape: [2], scale: [1], low: 0, high: 3 }, [named("x")]);
const sum = makeInteger("linear", [x], { map: dense(matrix(2, -1)), bias: list(4), scale: [1] }, [
  named("sum"),
]);
const uniform = makeInteger(
  "neuron",
  [sum],
  { fn: { kind: "uniform", theta: list(3), low: 0, high: 2 }, scale: [1] },
  [named("q")],
);
const table = makeInteger(
  "neuron",
  [sum],
  { fn: { kind: "steps", breaks: matrix(1, 1, 5), values: null, low: 0 }, scale: [1] },
  [named("t")],
);
const added = makeInteger("add", [x, x], {}, [named("add")]);

const graphOf = (value: IntegerNode): IntegerGraph => ({
  name: "n",
  inputs: [x],
  outputs: [{ name: "y", value }],
});

const linear = (map: typeof sum.attrs.map, bias: Weight | null): IntegerNode => ({
  ...sum,
  attrs: { ...sum.attrs, map, bias },
});
const half = floats("half", [1], Float64Array.of(0.5));
const twice = makeInteger("linear", [x], { map: diagonal([2], list(2)), bias: null, scale: [0.5] }, [
  named("twice"),
]);

const broken: readonly (readonly [string, IntegerGraph, string])[] = [
  [
    "D1",
    graphOf({ ...sum, type: { shape: [2], scale: [1] } }),
    "sum is int(shape=[2], scale=[1]), its rule says int(shape=[1], scale=[1])",
  ],
  [
    "D2",
    graphOf({
      ...uniform,
      attrs: { ...uniform.attrs, fn: { kind: "uniform", theta: list(3), low: 0.5, high: 2 } },
    }),
    "q: fn",
  ],
  ["D3", { ...graphOf(sum), inputs: [] }, "x is not listed"],
  ["D4", graphOf({ ...sum, origins: [] }), "linear"],
  ["D5", graphOf(linear(dense(matrix(1, Infinity)), null)), "m[1] is Infinity"],
  ["I1", graphOf(linear(dense(matrix(1, 1)), half)), "half[0] is no integer"],
  ["I2", graphOf({ ...added, inputs: [x, twice] }), "add: summands differ in scale"],
  [
    "I3",
    graphOf({
      ...uniform,
      attrs: { ...uniform.attrs, fn: { kind: "uniform", theta: list(0), low: 0, high: 2 } },
    }),
    "q: a theta is not positive",
  ],
  [
    "I3",
    graphOf({
      ...uniform,
      attrs: { ...uniform.attrs, fn: { kind: "uniform", theta: list(1), low: 3, high: 2 } },
    }),
    "q: low 3 is above high 2",
  ],
  [
    "I3",
    graphOf({
      ...table,
      attrs: { ...table.attrs, fn: { kind: "steps", breaks: matrix(1, 5, 4), values: null, low: 0 } },
    }),
    "t: breaks fall",
  ],
  ["I4", graphOf(linear(dense(matrix(2 ** 52, 2 ** 52)), null)), `sum: sums may reach ${6 * 2 ** 52}`],
  [
    "I5",
    graphOf(linear({ ...dense(matrix(2, -1)), to: [2] }, null)),
    "sum: dense [2] to [2] has weights [1, 2]",
  ],
];

broken.forEach(([name, graph, said], i) => {
  test(`${name} is found broken (${i + 1}: ${said})`, () => {
    const invariant = integerInvariants.filter((one) => one.name === name);
    expect(violationsOf(invariant, graph)).toEqual([`${name} (${item(invariant, 0).says}): ${said}`]);
  });
});

test("every invariant has a graph that breaks it", () => {
  expect([...new Set(broken.map(([name]) => name))].sort()).toEqual(
    integerInvariants.map(({ name }) => name).sort(),
  );
});

test("valid nodes break nothing, equal breaks among them", () => {
  for (const node of [sum, uniform, table, added, twice])
    expect(violationsOf(integerInvariants, graphOf(node))).toEqual([]);
});
