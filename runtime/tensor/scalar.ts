import type { Scalar } from "../../compiler/ir/tensor/index.ts";
import { toEven } from "../kernels/rounding.ts";
import { erf } from "./erf.ts";

// Through tanh, because 1 / (1 + exp(-x)) in doubles falls between some neighbours and has no exact jump table.
const sigmoid = (x: number): number => 0.5 * (1 + Math.tanh(0.5 * x));

/** log(1 + exp(x)) without overflow. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** Hendrycks, Gimpel: Gaussian Error Linear Units (arXiv:1606.08415); exact, or by tanh. */
const gelu = (x: number, tanh: boolean): number =>
  tanh
    ? 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))
    : 0.5 * x * (1 + erf(x * Math.SQRT1_2));

const clipped = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));

type Functions = {
  readonly [K in Scalar["kind"]]: (fn: Extract<Scalar, { readonly kind: K }>) => (x: number) => number;
};

/** The definitions are those of the ONNX operators of the same names. */
const functions: Functions = {
  relu: () => (x) => Math.max(0, x),
  clip:
    ({ low, high }) =>
    (x) =>
      clipped(x, low, high),
  leakyRelu:
    ({ slope }) =>
    (x) =>
      x < 0 ? slope * x : x,
  thresholdedRelu:
    ({ threshold }) =>
    (x) =>
      x > threshold ? x : 0,
  elu:
    ({ alpha }) =>
    (x) =>
      x < 0 ? alpha * Math.expm1(x) : x,
  selu:
    ({ alpha, gamma }) =>
    (x) =>
      gamma * (x > 0 ? x : alpha * Math.expm1(x)),
  celu:
    ({ alpha }) =>
    (x) =>
      Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha)),
  softplus: () => softplus,
  softsign: () => (x) => x / (1 + Math.abs(x)),
  sigmoid: () => sigmoid,
  hardSigmoid:
    ({ slope, offset }) =>
    (x) =>
      clipped(slope * x + offset, 0, 1),
  tanh: () => Math.tanh,
  hardSwish: () => (x) => x * clipped(x / 6 + 0.5, 0, 1),
  swish:
    ({ beta }) =>
    (x) =>
      x * sigmoid(beta * x),
  mish: () => (x) => x * Math.tanh(softplus(x)),
  gelu:
    ({ tanh }) =>
    (x) =>
      gelu(x, tanh),
  erf: () => erf,
  exp: () => Math.exp,
  log: () => Math.log,
  sqrt: () => Math.sqrt,
  reciprocal: () => (x) => 1 / x,
  sin: () => Math.sin,
  cos: () => Math.cos,
  abs: () => Math.abs,
  negate: () => (x) => 0 - x,
  sign: () => Math.sign,
  floor: () => Math.floor,
  ceil: () => Math.ceil,
  round: () => toEven,
  not: () => (x) => (x === 0 ? 1 : 0),
};

const entry = <K extends Scalar["kind"]>(
  kind: K,
  fn: Extract<Scalar, { readonly kind: K }>,
): ((x: number) => number) => functions[kind](fn);

/** The function of a `unary` node; the search for thresholds in quantization calls this very function. */
export const scalarFunction = (fn: Scalar): ((x: number) => number) => entry(fn.kind, fn);
