import { item, reachable } from "../../../compiler/ir/core/index.ts";
import type { Tensor, TensorNode } from "../../../compiler/ir/tensor/index.ts";
import { type NativeOp, native } from "../../../compiler/native/index.ts";
import { addChain, type Building, gathered, type Sum, sendsSpikes, sumOf } from "./building.ts";
import { concatPart, linearOps, negated, stageOf } from "./linear.ts";
import { byDelay, type Synapses } from "./synapses.ts";

/** What the tensors between two parts need beyond their graph. */
export interface Segments {
  readonly building: Building;
  /** Whole steps of the synapses of a layer; null for layers without delays. */
  readonly delaysOf: (node: TensorNode) => Float64Array | null;
  /** Takes note of an op that no network of dynamics has. */
  readonly refuse: (node: TensorNode) => void;
}

const chain = (
  { building }: Segments,
  node: TensorNode,
  ops: Parameters<typeof addChain>[2],
  from: Sum,
): Sum => addChain(building, stageOf(node), ops, from, node.origins);

/** A delay of whole steps; null for none. */
export const delayOf = (name: string, steps: number) =>
  steps === 0 ? [] : [native.delay(native.scalar(name, steps), "steps")];

/** A layer with delays of its synapses: a node for each delay that occurs, and the sum of them. */
const delayed = (segments: Segments, node: Synapses, steps: Float64Array, from: Sum): Sum =>
  byDelay(node, steps, segments.building.weightOf).flatMap(({ delay, op }) =>
    chain(segments, node, [...delayOf(`${stageOf(node)}.delay`, delay), op], from),
  );

const concatenated = (segments: Segments, node: Extract<TensorNode, { readonly op: "concat" }>): Sum => {
  let start = 0;
  const { axis } = node.attrs;
  return node.inputs.flatMap((input) => {
    const op = concatPart(input.type.shape, axis, start, node.type.shape);
    start += item(input.type.shape, axis);
    return chain(segments, node, [op], sumOf(segments.building, input));
  });
};

/** The greatest of spikes is 1 where any of them is: the ops of a sum and a threshold; null where it is not so. */
const greatest = ({ building }: Segments, node: TensorNode, from: Sum): readonly NativeOp[] | null => {
  const [only, ...others] = from;
  if (node.op !== "maxPool" || node.attrs.ceil || only === undefined || others.length > 0) return null;
  if (!sendsSpikes(building.ops.get(only))) return null;
  const { kernel, strides, dilations, pads } = node.attrs;
  const half = native.scalar(`${stageOf(node)}.half`, 0.5);
  return [native.sumPool(kernel, { strides, dilations, pads }), native.threshold(half)];
};

const computed = (segments: Segments, node: TensorNode): Sum => {
  const { building } = segments;
  const sums = node.inputs.map((input) => sumOf(building, input));
  const [first = [], second = []] = sums;
  if (node.op === "add") return sums.flat();
  if (node.op === "binary" && node.attrs.fn === "subtract")
    return [...first, ...chain(segments, node, [negated(node)], second)];
  if (node.op === "concat") return concatenated(segments, node);
  const steps = segments.delaysOf(node);
  if (steps !== null && (node.op === "dense" || node.op === "conv"))
    return delayed(segments, node, steps, first);
  const ops = linearOps(node, building.weightOf) ?? greatest(segments, node, first);
  if (ops === null) segments.refuse(node);
  return chain(segments, node, ops ?? [], first);
};

/** Builds all that leads to a tensor from inputs and parts, whose sums are known. */
export const buildSegment = (segments: Segments, root: TensorNode): Sum => {
  const { building } = segments;
  const known = building.sums.get(root);
  if (known !== undefined) return known;
  for (const node of reachable<Tensor>([root], (input) => building.sums.has(input)))
    building.sums.set(node, gathered(building, stageOf(node), computed(segments, node), node.origins));
  return sumOf(building, root);
};
