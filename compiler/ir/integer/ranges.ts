import { fold, item, type PerOp, sizeOf, spread, valuesOf } from "../core/index.ts";
import { signedSums, sliced } from "../linear/index.ts";
import { levelRange } from "./level-function.ts";
import type { Integer, IntegerNode } from "./ops.ts";

/** Proved bounds of every element of a value. */
export interface Range {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

const constant = (size: number, low: number, high: number): Range => ({
  low: new Float64Array(size).fill(low),
  high: new Float64Array(size).fill(high),
});

const table: PerOp<Integer, Range> = {
  input: ({ attrs }) => constant(sizeOf(attrs.shape), attrs.low, attrs.high),
  linear: ({ inputs: [x], attrs: { map, bias } }, of) => {
    const { positive, negative } = signedSums(map, of(x).low, of(x).high);
    const b = spread(bias === null ? new Float64Array(1) : valuesOf(bias), positive.length);
    return { low: negative.map((n, i) => b(i) - n), high: positive.map((p, i) => b(i) + p) };
  },
  add: ({ inputs }, of) => ({
    low: of(item(inputs, 0)).low.map((_, i) => inputs.reduce((sum, x) => sum + item(of(x).low, i), 0)),
    high: of(item(inputs, 0)).high.map((_, i) => inputs.reduce((sum, x) => sum + item(of(x).high, i), 0)),
  }),
  neuron: ({ attrs: { fn }, type }) => constant(sizeOf(type.shape), ...levelRange(fn)),
  maxPool: ({ inputs: [x], type }, of) => {
    const low = of(x).low.reduce((a, b) => Math.min(a, b), Infinity);
    const high = of(x).high.reduce((a, b) => Math.max(a, b), -Infinity);
    return constant(sizeOf(type.shape), low, high);
  },
  concat: ({ inputs, attrs: { axis }, type }, of) => {
    const joined = constant(sizeOf(type.shape), 0, 0);
    let offset = 0;
    for (const x of inputs) {
      const starts = type.shape.map((_, a) => (a === axis ? offset : 0));
      placeInto(joined, of(x), sliced(type.shape, starts, x.type.shape));
      offset += item(x.type.shape, axis);
    }
    return joined;
  },
};

const placeInto = (whole: Range, part: Range, view: Parameters<typeof signedSums>[0]): void => {
  const at = signedSums(
    view,
    new Float64Array(whole.low.length),
    Float64Array.from(whole.low, (_, i) => i),
  ).positive;
  at.forEach((position, i) => {
    whole.low[position] = item(part.low, i);
    whole.high[position] = item(part.high, i);
  });
};

/** Interval of every element, from the ranges of the inputs and the signs of the weights. */
export const rangeOfNode: (node: IntegerNode) => Range = fold(table);
