import type { IndexSpace, Points, SpaceMember } from "../../analysis/index.ts";
import {
  type NodeOf,
  nodesOf,
  type Shape,
  sizeOf,
  type Tensor,
  type TensorGraph,
  usesOf,
  valuesOf,
  type Weight,
} from "../../ir/index.ts";
import { isNormed } from "./normalize-batch-norm.ts";

type BatchNorm = NodeOf<Tensor, "batchNorm">;
type Linear = NodeOf<Tensor, "conv" | "dense">;

/** A weight of a space, with the axis on which the space indexes it. */
export interface WeightMember {
  readonly weight: Weight;
  readonly member: SpaceMember;
}

/** Weights of a space that have one of the roles. */
export const weightsIn = (
  { members }: IndexSpace,
  roles: readonly SpaceMember["role"][],
): readonly WeightMember[] =>
  members.flatMap((member) =>
    "stored" in member.holder && roles.includes(member.role) ? [{ weight: member.holder, member }] : [],
  );

/** Numbers of every index of the space, as points of one matrix: the slices of all given weights side by side. */
export const slicesOf = (size: number, weights: readonly WeightMember[]): Points => {
  const parts = weights.map(({ weight, member }) => {
    const shape: Shape = member.role === "vector" ? [sizeOf(weight.shape)] : weight.shape;
    const outer = sizeOf(shape.slice(0, member.axis));
    const inner = member.block * sizeOf(shape.slice(member.axis + 1));
    return { values: valuesOf(weight), outer, inner };
  });
  const width = parts.reduce((sum, { outer, inner }) => sum + outer * inner, 0);
  const data = new Float64Array(size * width);
  let put = 0;
  for (let index = 0; index < size; index++) {
    for (const { values, outer, inner } of parts) {
      for (let o = 0; o < outer; o++) {
        const from = (o * size + index) * inner;
        data.set(values.subarray(from, from + inner), put);
        put += inner;
      }
    }
  }
  return { count: size, width, data };
};

/** A batch norm that alone reads a linear layer. */
export interface Normed {
  readonly norm: BatchNorm;
  readonly linear: Linear;
}

export const normedIn = (graph: TensorGraph): readonly Normed[] => {
  const uses = usesOf(graph);
  return nodesOf(graph).flatMap((norm) => {
    if (norm.op !== "batchNorm") return [];
    const [linear] = norm.inputs;
    return isNormed(linear, uses(linear)) ? [{ norm, linear }] : [];
  });
};

/**
 * What two channels are compared by: rows that make them, scale and shift of their norm, columns that read them.
 * Statistics of a norm say nothing about a channel, and neither does a bias that a norm takes away again.
 */
export const featuresOf = (graph: TensorGraph, space: IndexSpace): Points => {
  const normed = normedIn(graph);
  const silent = new Set<Weight | null>(
    normed.flatMap(({ norm, linear }) => [norm.attrs.mean, norm.attrs.variance, linear.attrs.bias]),
  );
  const weights = weightsIn(space, ["producer", "vector", "consumer"]);
  return slicesOf(
    space.size,
    weights.filter(({ weight }) => !silent.has(weight)),
  );
};
