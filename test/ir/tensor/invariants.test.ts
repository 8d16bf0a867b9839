import { expect, test } from "vitest";
import { named } from "../../../compiler/diagnostics/index.ts";
import { floats, item, violationsOf, type Weight } from "../../../compiler/ir/core/index.ts";
import {
  makeTensor,
  type TensorGraph,
  type TensorNode,
  tensorInvariants,
} from "../../../compiler/ir/tensor/index.ts";

const list = (...data: readonly number[]): Weight => floats("w", [data.length], Float64Array.from(data));

const x = makeTensor("input", [], { name: "x", shape: [2] }, [named("x")]);
const other = makeTensor("input", [], { name: "x", shape: [2] }, [named("other")]);
const relu = makeTensor("unary", [x], { fn: { kind: "relu" } }, [named("relu")]);
const soft = makeTensor("softmax", [x], { axis: 0 }, [named("soft")]);
const affine = makeTensor("affine", [x], { scale: list(1, 2) }, [named("affine")]);
const quantized = makeTensor("quantize", [x], { scale: [1], zero: [0], low: 0, high: 7 }, [named("q")]);
const real = makeTensor("dequantize", [quantized], { scale: [1], zero: [0] }, [named("dq")]);
const norm = makeTensor(
  "batchNorm",
  [x],
  { scale: list(1, 1), shift: list(0, 0), mean: list(0, 0), variance: list(1, 2), epsilon: 0.5 },
  [named("bn")],
);

const graphOf = (value: TensorNode, more: Partial<TensorGraph> = {}): TensorGraph => ({
  name: "n",
  inputs: [x],
  outputs: [{ name: "y", value }],
  ...more,
});

const smuggled = { ...soft.attrs, also: 1 };

/** Graphs that no builder gives, by the invariant that they break and what is said about it. */
const broken: readonly (readonly [string, TensorGraph, string])[] = [
  [
    "D1",
    graphOf({ ...relu, type: { dtype: "f32", shape: [3] } }),
    "relu is f32(shape=[3]), its rule says f32(shape=[2])",
  ],
  ["D1", graphOf({ ...soft, attrs: { axis: 1, log: false } }), "soft: axis 1 is outside [2]"],
  ["D2", graphOf({ ...soft, attrs: { axis: 0.5, log: false } }), "soft: axis"],
  ["D2", graphOf({ ...soft, attrs: smuggled }), "soft: also"],
  ["D3", graphOf(relu, { inputs: [] }), "x is not listed"],
  ["D3", graphOf(relu, { inputs: [x, other] }), "input x twice"],
  ["D3", graphOf(relu, { outputs: [relu, soft].map((value) => ({ name: "y", value })) }), "output y twice"],
  ["D4", graphOf({ ...relu, origins: [] }), "unary"],
  ["D5", graphOf({ ...affine, attrs: { scale: list(1, Number.NaN), shift: null } }), "w[1] is NaN"],
  [
    "D5",
    graphOf({ ...affine, attrs: { scale: floats("w", [2], list(1).stored()), shift: null } }),
    "weight w: 1 values do not fill [2]",
  ],
  [
    "T1",
    graphOf({ ...norm, attrs: { ...norm.attrs, variance: list(1, -0.5) } }),
    "bn: variance[1] + epsilon is not positive",
  ],
  ["T2", graphOf({ ...quantized, attrs: { ...quantized.attrs, scale: [0] } }), "q: a scale is not positive"],
  ["T2", graphOf({ ...real, attrs: { ...real.attrs, scale: [-1] } }), "dq: a scale is not positive"],
  ["T2", graphOf({ ...quantized, attrs: { ...quantized.attrs, low: 7 } }), "q: low 7 is not below high 7"],
];

broken.forEach(([name, graph, said], i) => {
  test(`${name} is found broken (${i + 1}: ${said})`, () => {
    const invariant = tensorInvariants.filter((one) => one.name === name);
    expect(violationsOf(invariant, graph)).toEqual([`${name} (${item(invariant, 0).says}): ${said}`]);
  });
});

test("every invariant has a graph that breaks it", () => {
  expect([...new Set(broken.map(([name]) => name))].sort()).toEqual(
    tensorInvariants.map(({ name }) => name).sort(),
  );
});

test("valid nodes break nothing", () => {
  for (const node of [relu, soft, affine, quantized, real, norm])
    expect(violationsOf(tensorInvariants, graphOf(node))).toEqual([]);
});

test("all violations are told at once", () => {
  const bad: TensorNode = { ...soft, attrs: { axis: 0.5, log: false }, origins: [] };
  const names = violationsOf(tensorInvariants, graphOf(bad, { inputs: [] })).map((said) => said.slice(0, 2));
  expect(new Set(names)).toEqual(new Set(["D2", "D3", "D4"]));
});
