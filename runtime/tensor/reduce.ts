import { type NodeOf, type Numbers, perGraph } from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";
import { splitBy } from "../kernels/index-map.ts";

type Reduce = NodeOf<Tensor, "reduce">;
type Fold = (values: Float64Array) => number;

const folded =
  (first: number, step: (so: number, value: number) => number): Fold =>
  (values) => {
    let so = first;
    for (const value of values) so = step(so, value);
    return so;
  };

const sum = folded(0, (so, value) => so + value);
const sumSquare = folded(0, (so, value) => so + value * value);
const max = folded(-Infinity, Math.max);

/** m + log sum exp(x - m), m the greatest value. */
const logSumExp: Fold = (values) => {
  const greatest = max(values);
  if (!Number.isFinite(greatest)) return greatest;
  return greatest + Math.log(folded(0, (so, value) => so + Math.exp(value - greatest))(values));
};

/** Of no values: sums are 0, the product 1, max and logarithms -Infinity, min Infinity, the mean NaN. */
const folds: Readonly<Record<Reduce["attrs"]["fn"], Fold>> = {
  sum,
  mean: (values) => sum(values) / values.length,
  max,
  min: folded(Infinity, Math.min),
  product: folded(1, (so, value) => so * value),
  l1: folded(0, (so, value) => so + Math.abs(value)),
  l2: (values) => Math.sqrt(sumSquare(values)),
  sumSquare,
  logSum: (values) => Math.log(sum(values)),
  logSumExp,
};

const splitOf = perGraph(({ attrs, inputs: [x] }: Reduce) => splitBy(x.type.shape, attrs.axes));

/** One number for all elements that differ in `axes` only; of integers, rounded towards zero. */
export const reduce = (node: Reduce, x: Numbers): Numbers => {
  const { shape, dtype } = node.type;
  const { inside, outside } = splitOf(node);
  const fold = folds[node.attrs.fn];
  const values = new Float64Array(inside.length);
  const data = outside.map((first) => {
    for (let i = 0; i < values.length; i++) values[i] = x.data[first + (inside[i] ?? 0)] ?? 0;
    return dtype === "f32" ? fold(values) : Math.trunc(fold(values)) + 0;
  });
  return { shape, data };
};
