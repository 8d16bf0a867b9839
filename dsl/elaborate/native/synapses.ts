import {
  item,
  push,
  sizeOf,
  spreadTo,
  valuesOf,
  type Weight,
  weight,
} from "../../../compiler/ir/core/index.ts";
import { type LinearMap, sparse } from "../../../compiler/ir/linear/index.ts";
import type { TensorNode } from "../../../compiler/ir/tensor/index.ts";
import { type NativeOp, native } from "../../../compiler/native/index.ts";
import { linearOps, type WeightOf } from "./linear.ts";

export type Synapses = Extract<TensorNode, { readonly op: "dense" | "conv" }>;

/** Synapses that have the same delay. */
export interface Delayed {
  /** Steps. */
  readonly delay: number;
  readonly op: NativeOp;
}

/** Places in a matrix, which rise row by row, column by column. */
const byColumn = (kept: readonly number[], columns: number): Int32Array => {
  const next = new Int32Array(columns + 1);
  for (const i of kept) next[(i % columns) + 1] = (next[(i % columns) + 1] ?? 0) + 1;
  for (let c = 0; c < columns; c++) next[c + 1] = (next[c + 1] ?? 0) + (next[c] ?? 0);
  const sorted = new Int32Array(kept.length);
  for (const i of kept) {
    const at = next[i % columns] ?? 0;
    sorted[at] = i;
    next[i % columns] = at + 1;
  }
  return sorted;
};

/** A matrix [out, in] of the synapses at `kept`, which rise in the order of its rows. */
const matrixOf = (kernel: Weight, kept: readonly number[], values: Float64Array): LinearMap => {
  const columns = item(kernel.shape, 1);
  const sorted = byColumn(kept, columns);
  const of = (at: (i: number) => number): Float64Array => Float64Array.from(sorted, at);
  const shape = [kept.length];
  const places = { row: of((i) => Math.floor(i / columns)), column: of((i) => i % columns) };
  const listed = weight({ name: kernel.name, shape, dtype: "f64", data: () => of((i) => values[i] ?? 0) });
  return sparse([columns], [item(kernel.shape, 0)], places, listed, `${kernel.name}.`);
};

/** A kernel with zeros but at `kept`. */
const kernelOf = ({ name, shape }: Weight, kept: readonly number[], values: Float64Array): Weight => {
  const data = (): Float64Array => {
    const all = new Float64Array(sizeOf(shape));
    for (const i of kept) all[i] = values[i] ?? 0;
    return all;
  };
  return weight({ name, shape, dtype: "f64", data });
};

const opOf = (node: Synapses, kept: readonly number[], bias: Weight | null, of: WeightOf): NativeOp => {
  const kernel = of(node.attrs.weight);
  const values = valuesOf(kernel);
  if (node.op === "dense")
    return native.linear(matrixOf(kernel, kept, values), bias === null ? null : of(bias));
  const part = kernelOf(kernel, kept, values);
  const one = { ...node, attrs: { ...node.attrs, bias } };
  const [op] = linearOps(one, (w) => (w === node.attrs.weight ? part : of(w))) ?? [];
  if (op === undefined) throw new Error(`${node.op} has no synapses`);
  return op;
};

/** The synapses of a layer, those of one delay each; the first has the bias. `steps` is one for all or one a synapse. */
export const byDelay = (node: Synapses, steps: Float64Array, of: WeightOf): readonly Delayed[] => {
  const values = valuesOf(of(node.attrs.weight));
  const all = spreadTo(steps, values.length);
  const groups = new Map<number, number[]>();
  all.forEach((delay, i) => {
    if (values[i] !== 0) push(groups, delay, i);
  });
  if (groups.size === 0) groups.set(0, []);
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([delay, kept], i) => ({ delay, op: opOf(node, kept, i === 0 ? node.attrs.bias : null, of) }));
};
