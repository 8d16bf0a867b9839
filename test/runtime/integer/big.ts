import {
  item,
  type Numbers,
  nodesOf,
  type PerOp,
  type Shape,
  sizeOf,
  stridesOf,
  visit,
} from "../../../compiler/ir/core/index.ts";
import type {
  Integer,
  IntegerGraph,
  IntegerNode,
  LevelFunction,
} from "../../../compiler/ir/integer/index.ts";
import { matrixOf, times } from "../../ir/linear/matrix.ts";

type Big = readonly bigint[];

const big = (data: Float64Array): Big => Array.from(data, BigInt);

const entry = <T>(list: readonly T[], i: number, size: number): T =>
  item(list, Math.floor((i * list.length) / size));

const floorDivided = (a: bigint, b: bigint): bigint => (a >= 0n ? a / b : -((-a + b - 1n) / b));

const row = (data: Float64Array, count: number, channel: number): Big => {
  const first = data.length === count ? 0 : channel * count;
  return big(data.slice(first, first + count));
};

const level = (fn: LevelFunction, channel: number, sum: bigint): bigint => {
  if (fn.kind === "uniform") {
    const [theta = 1n] = row(fn.theta.stored(), 1, channel);
    const q = floorDivided(sum + theta / 2n, theta);
    const [low, high] = [BigInt(fn.low), BigInt(fn.high)];
    return q < low ? low : q > high ? high : q;
  }
  const count = item(fn.breaks.shape, 1);
  const reached = row(fn.breaks.stored(), count, channel).filter((b) => sum >= b).length;
  if (fn.values === null) return BigInt(fn.low + reached);
  return item(row(fn.values.stored(), count + 1, channel), reached);
};

const multiIndex = (i: number, shape: Shape): Shape =>
  stridesOf(shape).map((stride, axis) => Math.floor(i / stride) % item(shape, axis));

const flatIndex = (index: Shape, shape: Shape): number =>
  stridesOf(shape).reduce((sum, stride, axis) => sum + stride * item(index, axis), 0);

const greatest = (values: Big): bigint =>
  item(
    [...values].sort((a, b) => Number(a - b)),
    values.length - 1,
  );

const pooled = (node: Extract<IntegerNode, { readonly op: "maxPool" }>, x: Big): Big => {
  const { kernel, strides, dilations, pads } = node.attrs;
  const from = node.inputs[0].type.shape;
  return Array.from({ length: sizeOf(node.type.shape) }, (_, i) => {
    const [channel = 0, ...place] = multiIndex(i, node.type.shape);
    const taps = Array.from({ length: sizeOf(kernel) }, (_t, t) =>
      multiIndex(t, kernel).map(
        (k, axis) =>
          item(place, axis) * (strides[axis] ?? 1) + k * (dilations[axis] ?? 1) - (pads[axis]?.[0] ?? 0),
      ),
    );
    const inside = taps.filter((at) => at.every((p, axis) => p >= 0 && p < item(from, axis + 1)));
    return greatest(inside.map((at) => item(x, flatIndex([channel, ...at], from))));
  });
};

const joined = (node: Extract<IntegerNode, { readonly op: "concat" }>, of: (n: IntegerNode) => Big): Big => {
  const { axis } = node.attrs;
  return Array.from({ length: sizeOf(node.type.shape) }, (_, i) => {
    const index = [...multiIndex(i, node.type.shape)];
    for (const part of node.inputs) {
      const extent = item(part.type.shape, axis);
      const at = item(index, axis);
      if (at < extent) return item(of(part), flatIndex(index, part.type.shape));
      index[axis] = at - extent;
    }
    throw new Error("a joined value has no part");
  });
};

const equations: PerOp<Integer, Big> = {
  input: () => {
    throw new Error("inputs are given");
  },
  linear: ({ inputs: [x], attrs: { map, bias } }, of) => {
    const sums = times(matrixOf(map), of(x));
    return bias === null ? sums : sums.map((sum, i) => sum + entry(big(bias.stored()), i, sums.length));
  },
  add: ({ inputs }, of) =>
    of(item(inputs, 0)).map((_, i) => inputs.reduce((sum, x) => sum + item(of(x), i), 0n)),
  neuron: ({ inputs: [x], attrs: { fn }, type }, of) => {
    const inner = sizeOf(type.shape.slice(1));
    return of(x).map((sum, i) => level(fn, Math.floor(i / inner), sum));
  },
  maxPool: (node, of) => pooled(node, of(node.inputs[0])),
  concat: joined,
};

/** The integer level in integers of any size, written from its equations alone; levels by input name. */
export const runIntegerBig = (
  graph: IntegerGraph,
  levels: ReadonlyMap<string, Numbers>,
): ReadonlyMap<IntegerNode, Big> => {
  const values = new Map<IntegerNode, Big>();
  for (const input of graph.inputs)
    values.set(input, big(levels.get(input.attrs.name)?.data ?? new Float64Array()));
  const of = (node: IntegerNode): Big => values.get(node) ?? [];
  for (const node of nodesOf(graph))
    if (!values.has(node)) values.set(node, visit(equations, node.op, node, of));
  return values;
};
