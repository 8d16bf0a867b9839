import {
  fold,
  item,
  type NodeOf,
  nodesOf,
  type PerOp,
  type Scalar,
  sizeOf,
  type Tensor,
  type TensorGraph,
  type TensorNode,
  valuesOf,
  type Weight,
} from "../ir/index.ts";
import { type Bits, bitsOfNumbers, bitsOfWeight, either, endless, plus, times, wholeBits } from "./bits.ts";
import { generalBits } from "./exact-bits-general.ts";

const doubleBits = 53;

const { ceil, log2, max } = Math;

/** Inputs of `inputsOf`: multiples of 1/8 in -2..2. */
const given: Bits = { whole: 1, fraction: 3 };

/** Bits of the greatest sum of |w| over a row. */
const rowBits = (weight: Weight): number => {
  const values = valuesOf(weight);
  const rows = weight.shape[0] ?? 1;
  const width = values.length / rows;
  let greatest = 1;
  for (let r = 0; r < rows; r++) {
    const row = values.subarray(r * width, (r + 1) * width);
    greatest = max(
      greatest,
      row.reduce((sum, w) => sum + Math.abs(w), 0),
    );
  }
  return ceil(log2(greatest));
};

const linear = (x: Bits, weight: Weight, bias: Weight | null): Bits => {
  const products = { whole: x.whole + rowBits(weight), fraction: x.fraction + bitsOfWeight(weight).fraction };
  return plus(products, bitsOfWeight(bias));
};

const normed = ({ attrs }: NodeOf<Tensor, "batchNorm">, x: Bits): Bits => {
  const variance = valuesOf(attrs.variance);
  const gains = valuesOf(attrs.scale).map((g, c) => g / Math.sqrt(item(variance, c) + attrs.epsilon));
  return plus(times(plus(x, bitsOfWeight(attrs.mean)), bitsOfNumbers(gains)), bitsOfWeight(attrs.shift));
};

const afterScalar = (fn: Scalar, x: Bits): Bits => {
  switch (fn.kind) {
    case "relu":
      return x;
    case "clip":
      return either(x, bitsOfNumbers([fn.low, fn.high].filter(Number.isFinite)));
    case "leakyRelu":
      return times(x, bitsOfNumbers([fn.slope]));
    case "thresholdedRelu":
    case "abs":
    case "negate":
      return x;
    case "floor":
    case "ceil":
    case "round":
      return { whole: x.whole + 1, fraction: 0 };
    case "sign":
    case "not":
      return wholeBits(1);
    default:
      return endless;
  }
};

/** Means over windows that all have a power of two of places. */
const averaged = ({ attrs }: NodeOf<Tensor, "averagePool">, x: Bits): Bits => {
  const places = log2(sizeOf(attrs.kernel));
  const partial = !attrs.countPads && attrs.pads.some(([before, after]) => before + after > 0);
  return Number.isInteger(places) && !partial && !attrs.ceil
    ? { ...x, fraction: x.fraction + places }
    : endless;
};

const table: PerOp<Tensor, Bits> = {
  ...generalBits,
  input: () => given,
  constant: ({ attrs }) => bitsOfWeight(attrs.value),
  opaque: () => given,
  dense: ({ inputs: [x], attrs: { weight, bias } }, of) => linear(of(x), weight, bias),
  conv: ({ inputs: [x], attrs: { weight, bias } }, of) => linear(of(x), weight, bias),
  batchNorm: (node, of) => normed(node, of(node.inputs[0])),
  affine: ({ inputs: [x], attrs }, of) =>
    plus(times(of(x), bitsOfWeight(attrs.scale)), bitsOfWeight(attrs.shift)),
  // A quotient that rounds may fall on the other side of a tie after an exact rewrite.
  quantize: ({ attrs: { low, high, scale } }) =>
    scale.every((s) => Number.isInteger(log2(s))) ? either(wholeBits(low), wholeBits(high)) : endless,
  dequantize: ({ inputs: [x], attrs: { scale, zero } }, of) =>
    times(plus(of(x), bitsOfNumbers(zero)), bitsOfNumbers(scale)),
  unary: ({ inputs: [x], attrs: { fn } }, of) => afterScalar(fn, of(x)),
  add: ({ inputs }, of) => inputs.map(of).reduce(plus),
  softmax: () => endless,
  maxPool: ({ inputs: [x] }, of) => of(x),
  averagePool: (node, of) => averaged(node, of(node.inputs[0])),
  reshape: ({ inputs: [x] }, of) => of(x),
  transpose: ({ inputs: [x] }, of) => of(x),
  concat: ({ inputs }, of) => inputs.map(of).reduce(either),
};

const bitsOf = fold(table);

/** Bits that the values and sums of a node need, on inputs of `inputsOf`; Infinity when they are not dyadic. */
export const bitsNeeded = (node: TensorNode): number => bitsOf(node).whole + bitsOf(node).fraction;

/** True when doubles hold every sum of the graph exactly, whatever the order, on inputs of `inputsOf`. */
export const hasExactSums = (graph: TensorGraph): boolean =>
  nodesOf(graph).every((node) => bitsNeeded(node) <= doubleBits);
