import { expect, test } from "vitest";
import {
  floats,
  integers,
  makeTensor,
  nodesOf,
  type Scalar,
  type TensorNode,
} from "../../compiler/ir/index.ts";
import { agrees, f32, graphOf, gridded, here, input, rounded, s8, u8 } from "./graphs.ts";
import { lower, refusalsOf } from "./support.ts";

const scalars: readonly Scalar[] = [
  { kind: "relu" },
  { kind: "clip", low: -0.3, high: 0.7 },
  { kind: "leakyRelu", slope: 0.1 },
  { kind: "leakyRelu", slope: -0.4 },
  { kind: "thresholdedRelu", threshold: 0.5 },
  { kind: "thresholdedRelu", threshold: -0.5 },
  { kind: "elu", alpha: 1 },
  { kind: "elu", alpha: -0.5 },
  { kind: "selu", alpha: 1.6732632, gamma: 1.0507009 },
  { kind: "celu", alpha: 0.8 },
  { kind: "softplus" },
  { kind: "softsign" },
  { kind: "sigmoid" },
  { kind: "hardSigmoid", slope: 0.2, offset: 0.5 },
  { kind: "hardSigmoid", slope: -0.2, offset: 0.5 },
  { kind: "tanh" },
  { kind: "hardSwish" },
  { kind: "swish", beta: 1 },
  { kind: "swish", beta: -2 },
  { kind: "swish", beta: 0 },
  { kind: "mish" },
  { kind: "gelu", tanh: false },
  { kind: "gelu", tanh: true },
  { kind: "erf" },
  { kind: "exp" },
  { kind: "abs" },
  { kind: "negate" },
  { kind: "sign" },
  { kind: "floor" },
  { kind: "ceil" },
  { kind: "round" },
  { kind: "sin" },
  { kind: "cos" },
];

const turning = [
  "leakyRelu-0.4",
  "hardSwish",
  "swish1",
  "swish-2",
  "mish",
  "gelu",
  "abs",
  "sin",
  "cos",
  "elu-0.5",
];

test("every scalar function becomes a jump table, or a table of values where it turns", () => {
  const x = input([4]);
  const bias = floats("b", [3], Float64Array.of(0.123, -0.2, 0.05));
  const d = makeTensor("dense", [rounded(x, s8(0.05, 3))], { weight: gridded([3, 4], 2), bias }, here);
  const sum = makeTensor("affine", [d], { scale: floats("g", [3], Float64Array.of(9, -7, 4)) }, here);
  const free = new Set<string>();
  for (const fn of scalars) {
    const y = makeTensor("unary", [sum], { fn }, here);
    const graph = graphOf(x, rounded(y, s8(0.031, -5)));
    agrees(graph, [4], 5);
    for (const n of nodesOf(lower(graph).graph)) {
      const steps = n.op === "neuron" && n.attrs.fn.kind === "steps" ? n.attrs.fn : null;
      const parameter = "slope" in fn ? fn.slope : "beta" in fn ? fn.beta : "alpha" in fn ? fn.alpha : "";
      if (steps?.values) free.add(`${fn.kind}${fn.kind === "hardSigmoid" ? "" : parameter}`);
    }
  }
  expect([...free].sort()).toEqual([...turning, "thresholdedRelu"].sort());
});

test("two turns in a row are tried sum by sum, and chains of turns and slopes agree", () => {
  const x = input([4]);
  const d = makeTensor("dense", [rounded(x, s8(0.05, 3))], { weight: gridded([3, 4], 2) }, here);
  const unary = (v: TensorNode, fn: Scalar): TensorNode => makeTensor("unary", [v], { fn }, here);
  const shift = {
    scale: floats("g", [1], Float64Array.of(-3)),
    shift: floats("s", [1], Float64Array.of(0.4)),
  };
  const bent = unary(makeTensor("affine", [unary(d, { kind: "abs" })], shift, here), { kind: "abs" });
  agrees(graphOf(x, rounded(bent, u8(0.01, 3))), [4], 5);
  const negated = unary(unary(unary(d, { kind: "negate" }), { kind: "hardSwish" }), { kind: "negate" });
  agrees(graphOf(x, rounded(negated, s8(0.01, 3))), [4], 5);
});

test("prelu has a slope per channel, and turns where one is negative", () => {
  const x = input([3, 2]);
  for (const slopes of [
    [0.1, 0, 1.5],
    [0.1, -0.3, 1],
  ]) {
    const slope = floats("p", [3], Float64Array.from(slopes));
    const y = makeTensor("prelu", [rounded(x, s8(0.03, 0))], { slope }, here);
    agrees(graphOf(x, rounded(y, s8(0.02, 1))), [3, 2], 4);
  }
});

test("views, pads and resampling move integers", () => {
  const x = input([2, 3, 4]);
  const a = rounded(x, s8(0.03, 20));
  const make = (v: TensorNode): void => agrees(graphOf(x, rounded(v, s8(0.041, -3))), [2, 3, 4], 4);
  make(makeTensor("slice", [a], { starts: [1, 0, 1], sizes: [1, 2, 2], steps: [1, 2, 2] }, here));
  const one = makeTensor("slice", [a], { starts: [0, 0, 0], sizes: [2, 1, 1], steps: [] }, here);
  make(makeTensor("expand", [one], { shape: [2, 2, 2, 3] }, here));
  const pads = [[0, 0] as const, [1, 2] as const, [2, 0] as const];
  for (const mode of ["constant", "edge", "reflect", "wrap"] as const)
    make(makeTensor("pad", [a], { pads, mode, value: 0 }, here));
  make(
    makeTensor(
      "pad",
      [a],
      {
        pads: [
          [0, 0],
          [-1, 0],
          [0, -2],
        ],
        value: 0,
      },
      here,
    ),
  );
  const cutFirst = [[0, 0] as const, [0, 0] as const, [-1, 2] as const];
  for (const mode of ["edge", "reflect", "wrap"] as const)
    make(makeTensor("pad", [a], { pads: cutFirst, mode }, here));
  const whole = makeTensor("pad", [rounded(x, s8(0.25, 20))], { pads, value: 1.5 }, here);
  agrees(graphOf(x, rounded(whole, s8(0.5, 0))), [2, 3, 4], 4);
  const twice = { axis: 2, index: integers("i", [8, 1], Float64Array.of(0, 0, 1, 1, 2, 2, 3, 3)) };
  make(
    makeTensor("resample", [a], { ...twice, taps: floats("t", [8, 1], new Float64Array(8).fill(1)) }, here),
  );
  const line = {
    axis: 1,
    index: integers("i", [2, 2], Float64Array.of(0, 1, 1, 2)),
    taps: floats("t", [2, 2], Float64Array.of(0.75, 0.25, 0.25, 0.75)),
  };
  make(makeTensor("resample", [a], line, here));
});

test("a pad of levels puts its number there, be it the zero point, 0 or another level", () => {
  const x = input([2, 3]);
  const scheme = s8(0.03, 20);
  const grid = { scale: [scheme.scale], zero: [scheme.zero], axis: 0 };
  const levels = makeTensor("quantize", [x], { ...grid, low: -128, high: 127 }, here);
  const pads = [[0, 0] as const, [2, 1] as const];
  for (const value of [20, 0, -7]) {
    const padded = makeTensor("pad", [levels], { pads, value }, here);
    const back = makeTensor("dequantize", [padded], grid, here);
    agrees(graphOf(x, rounded(back, s8(0.041, -3))), [2, 3], 4);
  }
});

test("sums and means over any axes are sums of levels", () => {
  const x = input([2, 3, 4]);
  const a = rounded(x, u8(0.03, 100));
  for (const axes of [[1, 2], [2], [0], [0, 1, 2]])
    for (const fn of ["sum", "mean"] as const)
      for (const keep of [true, false])
        agrees(
          graphOf(x, rounded(makeTensor("reduce", [a], { fn, axes, keep }, here), s8(0.07, 5))),
          [2, 3, 4],
          4,
        );
});

test("the greatest and the least over any axes are pools, of levels and of sums alike", () => {
  const x = input([2, 3, 4]);
  const grid = { scale: [f32(0.03)], zero: [20], axis: 0 };
  const levels = makeTensor("quantize", [x], { ...grid, low: -128, high: 127 }, here);
  const weight = gridded([2, 2, 1, 1], 3);
  const own = { ...weight, grid: { scale: [f32(0.01)], zero: [0], axis: 0 } };
  const sum = makeTensor("conv", [makeTensor("dequantize", [levels], grid, here)], { weight: own }, here);
  for (const fn of ["max", "min"] as const)
    for (const axes of [[0], [1, 2], [2], [0, 1, 2]])
      for (const keep of [true, false]) {
        const first = makeTensor("reduce", [levels], { fn, axes, keep }, here);
        agrees(graphOf(x, rounded(makeTensor("dequantize", [first], grid, here), s8(0.02, 1))), [2, 3, 4]);
        agrees(
          graphOf(x, rounded(makeTensor("reduce", [sum], { fn, axes, keep }, here), s8(0.02, 1))),
          [2, 3, 4],
        );
      }
});

test("a transposed convolution is the adjoint map, with groups, pads and strides", () => {
  const x = input([4, 3, 3]);
  const a = rounded(x, u8(0.03, 100));
  const window = {
    strides: [2, 1],
    dilations: [1, 2],
    pads: [[1, 0] as const, [1, 1] as const],
    outputPads: [1, 0],
  };
  const wide = makeTensor("convTranspose", [a], { weight: gridded([4, 3, 3, 2], 1, 1), ...window }, here);
  agrees(graphOf(x, rounded(wide, s8(0.02, 5))), [4, 3, 3]);
  const weight = gridded([4, 2, 2, 2], 1, 1);
  const grid = { scale: [0.01], zero: [0], axis: 0 };
  const grouped = makeTensor("convTranspose", [a], { weight: { ...weight, grid }, groups: 2 }, here);
  agrees(graphOf(x, rounded(grouped, s8(0.02, 5))), [4, 3, 3]);
});

test("differences, maxima and minima of branches are integers on one scale", () => {
  const x = input([2, 4]);
  const a = rounded(x, s8(0.05, 7));
  const weight = gridded([2, 2, 1], 3);
  const branch = (grid: ReturnType<typeof s8>): TensorNode =>
    rounded(makeTensor("conv", [a], { weight }, here), grid);
  const make = (fn: "subtract" | "maximum" | "minimum", b: TensorNode): void =>
    agrees(graphOf(x, rounded(makeTensor("binary", [a, b], { fn }, here), s8(0.07, 2))), [2, 4], 8);
  for (const fn of ["subtract", "maximum", "minimum"] as const) make(fn, branch(s8(0.1, -30)));
  make("subtract", branch(s8(0.0371, 0)));
});

test("products of computed values are refused with the reason", () => {
  const x = input([2, 4]);
  const a = rounded(x, s8(0.05, 7));
  const y = makeTensor("binary", [a, a], { fn: "multiply" }, here);
  expect(refusalsOf(() => lower(graphOf(x, rounded(y, s8(0.07, 2)))))).toEqual([
    "quantize/unsupported n: binary has no integer form here",
  ]);
});
