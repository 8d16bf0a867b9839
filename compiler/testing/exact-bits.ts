import {
  fold,
  item,
  type PerOp,
  sizeOf,
  type Tensor,
  type TensorNode,
  valuesOf,
  type Weight,
} from "../ir/index.ts";

/** Bits of a value before and after the binary point, at most. */
interface Bits {
  readonly whole: number;
  readonly fraction: number;
}

/** Inputs of `inputsOf`: multiples of 1/8 in -2..2. */
const given: Bits = { whole: 1, fraction: 3 };

const { ceil, log2, max, min } = Math;

/** Bits that hold every number of a weight; numbers that are not dyadic count as 30 bits. */
const bitsOfWeight = (w: Weight | null): Bits => {
  if (w === null) return { whole: 0, fraction: 0 };
  let whole = 0;
  let fraction = 0;
  for (const value of valuesOf(w)) {
    whole = max(whole, ceil(log2(max(1, Math.abs(value)))));
    while (fraction < 30 && !Number.isInteger(value * 2 ** fraction)) fraction++;
  }
  return { whole, fraction };
};

const times = (a: Bits, b: Bits): Bits => ({ whole: a.whole + b.whole, fraction: a.fraction + b.fraction });

const plus = (a: Bits, b: Bits): Bits => ({
  whole: max(a.whole, b.whole) + 1,
  fraction: max(a.fraction, b.fraction),
});

const sumOf = (count: number): Bits => ({ whole: ceil(log2(max(1, count))), fraction: 0 });

const linear = (x: Bits, weight: Weight, bias: Weight | null): Bits =>
  plus(times(times(x, bitsOfWeight(weight)), sumOf(sizeOf(weight.shape.slice(1)))), bitsOfWeight(bias));

const table: PerOp<Tensor, Bits> = {
  input: () => given,
  constant: ({ attrs }) => bitsOfWeight(attrs.value),
  opaque: () => given,
  dense: ({ inputs: [x], attrs: { weight, bias } }, of) => linear(of(x), weight, bias),
  conv: ({ inputs: [x], attrs: { weight, bias } }, of) => linear(of(x), weight, bias),
  batchNorm: ({ inputs: [x], attrs }, of) => {
    const gain = times(bitsOfWeight(attrs.scale), { whole: 1, fraction: 1 });
    return plus(times(plus(of(x), bitsOfWeight(attrs.mean)), gain), bitsOfWeight(attrs.shift));
  },
  affine: ({ inputs: [x], attrs }, of) =>
    plus(times(of(x), bitsOfWeight(attrs.scale)), bitsOfWeight(attrs.shift)),
  quantize: ({ inputs: [x] }, of) => of(x),
  dequantize: ({ inputs: [x] }, of) => of(x),
  unary: ({ inputs: [x], attrs: { fn } }, of) =>
    fn.kind === "clip"
      ? { whole: min(of(x).whole, ceil(log2(max(1, fn.high)))), fraction: of(x).fraction }
      : of(x),
  add: ({ inputs }, of) => inputs.map(of).reduce(plus),
  softmax: ({ inputs: [x] }, of) => of(x),
  maxPool: ({ inputs: [x] }, of) => of(x),
  averagePool: ({ inputs: [x], attrs: { kernel } }, of) => ({
    ...of(x),
    fraction: of(x).fraction + ceil(log2(sizeOf(kernel))),
  }),
  reshape: ({ inputs: [x] }, of) => of(x),
  transpose: ({ inputs: [x] }, of) => of(x),
  concat: ({ inputs }, of) =>
    inputs
      .map(of)
      .reduce(
        (a, b) => ({ whole: max(a.whole, b.whole), fraction: max(a.fraction, b.fraction) }),
        of(item(inputs, 0)),
      ),
};

const bitsOf = fold(table);

/** Left free of the 53 bits of a double: for the dense layers behind the last step, and for what passes multiply out. */
const limit = 40;

/** True when doubles hold every sum of the node exactly, whatever the order, on dyadic inputs. */
export const isExact = (node: TensorNode): boolean => {
  const { whole, fraction } = bitsOf(node);
  return whole + fraction <= limit;
};
