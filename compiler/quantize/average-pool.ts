import { perGraph, sizeOf } from "../ir/core/index.ts";
import { slide } from "../ir/linear/index.ts";
import type { NodeNamed } from "./gains.ts";

/** An average as integers: y[place] = sum over the window * factor[place] / divisor. */
export interface WindowAverage {
  readonly divisor: number;
  /** Null when every window divides by the same count. */
  readonly factors: Float64Array | null;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Cells of a window that lie inside the padded map; those behind it, which `ceil` may reach, never count. */
const countsOf = (node: NodeNamed<"averagePool">): Float64Array => {
  const { attrs } = node;
  const from = node.inputs[0].type.shape.slice(1);
  const to = node.type.shape.slice(1);
  const padded = from.map((extent, axis) => {
    const [before, after] = attrs.pads[axis] ?? [0, 0];
    return extent + before + after;
  });
  const counts = new Float64Array(sizeOf(to));
  const space = attrs.countPads ? padded : from;
  slide(space, to, attrs.kernel, attrs.countPads ? { ...attrs, pads: [] } : attrs, (place) => {
    counts[place] = (counts[place] ?? 0) + 1;
  });
  return counts;
};

/** Whole numbers that give the averages of a pool; windows at the border may count fewer cells. */
export const averageOf = perGraph((node: NodeNamed<"averagePool">): WindowAverage => {
  const counts = countsOf(node);
  const divisor = counts.reduce((least, n) => (n > 0 ? (least * n) / gcd(least, n) : least), 1);
  if (counts.every((n) => n === counts[0])) return { divisor, factors: null };
  return { divisor, factors: counts.map((n) => (n > 0 ? divisor / n : 0)) };
});
