import fc from "fast-check";
import { named, type Origin } from "../../../compiler/diagnostics/index.ts";
import {
  integers,
  item,
  type Make,
  type Shape,
  sizeOf,
  type Weight,
  weight,
} from "../../../compiler/ir/core/index.ts";
import {
  makeTensor,
  type Scalar,
  type Tensor,
  type TensorGraph,
  type TensorNode,
} from "../../../compiler/ir/tensor/index.ts";
import type { GeneralStep } from "../../../compiler/testing/general-site.ts";
import { generalStepTable } from "../../../compiler/testing/general-steps.ts";

/** One op of a random chain; `pick` gives it its numbers, from any of the values so far. */
type Step = (x: TensorNode, pick: (bound: number) => number, origins: readonly Origin[]) => TensorNode;

const numbersOf = (shape: Shape, pick: (bound: number) => number): Float64Array =>
  new Float64Array(sizeOf(shape)).map(() => (pick(65) - 32) / 16);

const weightOf = (name: string, shape: Shape, pick: (bound: number) => number): Weight => {
  const data = numbersOf(shape, pick);
  if (pick(3) === 0)
    return weight({
      name,
      shape,
      dtype: "i8",
      grid: { scale: [0.125], zero: [pick(3)], axis: 0 },
      data: data.map(Math.round),
    });
  return weight({ name, shape, dtype: pick(2) === 0 ? "f32" : "f64", data });
};

const scalars: readonly Scalar[] = [
  { kind: "relu" },
  { kind: "clip", low: -Infinity, high: 6 },
  { kind: "leakyRelu", slope: 0.01 },
  { kind: "sigmoid" },
  { kind: "tanh" },
];

const channelsOf = (x: TensorNode): number => x.type.shape[0] ?? 1;

const layers: Readonly<Record<string, Step>> = {
  dense: (x, pick, origins) => {
    const inputs = item(x.type.shape, x.type.shape.length - 1);
    const bias = pick(2) === 0 ? null : weightOf("b", [2], pick);
    return makeTensor("dense", [x], { weight: weightOf("w", [2, inputs], pick), bias }, origins);
  },
  conv: (x, pick, origins) => {
    if (x.type.shape.length < 2) return x;
    const kernel = x.type.shape.slice(1).map(() => 1 + pick(2));
    const pads = kernel.map((): readonly [number, number] => [1, pick(2)]);
    const strides = pick(2) === 0 ? [] : kernel.map(() => 1 + pick(2));
    return makeTensor(
      "conv",
      [x],
      { weight: weightOf("k", [2, channelsOf(x), ...kernel], pick), pads, strides },
      origins,
    );
  },
  batchNorm: (x, pick, origins) => {
    const vector = (name: string): Weight => weightOf(name, [channelsOf(x)], pick);
    const variance = integers("v", [channelsOf(x)], new Float64Array(channelsOf(x)).fill(1 + pick(3)));
    const attrs = { scale: vector("s"), shift: vector("t"), mean: vector("m"), variance, epsilon: 1e-5 };
    return makeTensor("batchNorm", [x], attrs, origins);
  },
  affine: (x, pick, origins) =>
    makeTensor(
      "affine",
      [x],
      { scale: weightOf("a", [1], pick), shift: pick(2) === 0 ? null : weightOf("c", x.type.shape, pick) },
      origins,
    ),
  quantize: (x, pick, origins) => {
    const attrs = {
      scale: [0.5],
      zero: [pick(4)],
      low: -8,
      high: 7,
      round: item(["even", "up", "floor"] as const, pick(3)),
    };
    return makeTensor("quantize", [x], attrs, origins);
  },
  dequantize: (x, pick, origins) => {
    const count = pick(2) === 0 ? 1 : channelsOf(x);
    const scale = Array.from({ length: count }, () => (1 + pick(9)) / 3);
    return makeTensor("dequantize", [x], { scale, zero: scale.map(() => 0) }, origins);
  },
  unary: (x, pick, origins) => makeTensor("unary", [x], { fn: item(scalars, pick(scalars.length)) }, origins),
  add: (x, pick, origins) => makeTensor("add", pick(2) === 0 ? [x, x] : [x, x, x], {}, origins),
  softmax: (x, pick, origins) => makeTensor("softmax", [x], { axis: pick(x.type.shape.length) }, origins),
  maxPool: (x, pick, origins) =>
    x.type.shape.length < 2
      ? x
      : makeTensor(
          "maxPool",
          [x],
          { kernel: x.type.shape.slice(1).map(() => 1), ceil: pick(2) === 0 },
          origins,
        ),
  averagePool: (x, pick, origins) =>
    x.type.shape.length < 2
      ? x
      : makeTensor("averagePool", [x], { kernel: x.type.shape.slice(1), countPads: pick(2) === 0 }, origins),
  reshape: (x, pick, origins) => {
    const size = sizeOf(x.type.shape);
    return makeTensor("reshape", [x], { shape: item([[size], [size, 1], [1, size]], pick(3)) }, origins);
  },
  transpose: (x, pick, origins) => {
    const turn = pick(x.type.shape.length);
    return makeTensor(
      "transpose",
      [x],
      { order: x.type.shape.map((_, a, all) => (a + turn) % all.length) },
      origins,
    );
  },
  concat: (x, pick, origins) => {
    const constant = makeTensor("constant", [], { value: weightOf("fixed", x.type.shape, pick) }, origins);
    return makeTensor("concat", [constant, x], { axis: pick(x.type.shape.length) }, origins);
  },
  opaque: (x, pick, origins) =>
    makeTensor(
      "opaque",
      [x, x],
      { kind: "Einsum", dtype: pick(2) === 0 ? "f32" : "i64", shape: x.type.shape },
      origins,
    ),
};

const general = (step: GeneralStep): Step => {
  return (x, pick, origins) => {
    if (x.type.shape.length === 0) return x;
    const make: Make<Tensor> = (op, inputs, attrs) => makeTensor(op, inputs, attrs, origins);
    return step({ make, pick, weight: (role, shape) => weightOf(role, shape, pick) }, x, x);
  };
};

const steps: Readonly<Record<string, Step>> = {
  ...Object.fromEntries(
    Object.entries(generalStepTable).map(([name, step]) => [name, general(step)] as const),
  ),
  ...layers,
};

const originNames = ["a", "1x", 'name with "quotes"', "layer/é\\n", "none", "output"];

const originsOf = (i: number, pick: (bound: number) => number): readonly Origin[] => {
  const name = `${item(originNames, pick(originNames.length))}${pick(2) === 0 ? "" : i}`;
  if (pick(3) > 0) return [named(name)];
  return [{ name, span: { file: "net.spk", start: i, end: i + 9 } }, named("second")];
};

/** Small graphs over all ops of the tensor level, with shared nodes, spans and grids. */
export const tensorGraphs: fc.Arbitrary<TensorGraph> = fc
  .record({
    shape: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
    ops: fc.array(fc.tuple(fc.constantFrom(...Object.keys(steps)), fc.infiniteStream(fc.nat())), {
      maxLength: 6,
    }),
  })
  .map(({ shape, ops }) => {
    const input = makeTensor("input", [], { name: "in 1", shape }, [named("in 1")]);
    const values: TensorNode[] = [input];
    ops.forEach(([op, stream], i) => {
      const pick = (bound: number): number => Number(stream.next().value) % bound;
      const from = item(values, values.length - 1 - pick(values.length));
      const made = steps[op]?.(from, pick, originsOf(i, pick)) ?? from;
      if (sizeOf(made.type.shape) <= 200) values.push(made);
    });
    const outputs = [{ name: "y", value: item(values, values.length - 1) }];
    return { name: 'net "1"', inputs: [input], outputs: [...outputs, { name: "x", value: input }] };
  });

export const tensorSteps: readonly string[] = Object.keys(steps);
