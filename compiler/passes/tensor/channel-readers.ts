import type { IndexSpace, SpaceMember } from "../../analysis/index.ts";
import {
  item,
  type NodeOf,
  nodesOf,
  sizeOf,
  type Tensor,
  type TensorGraph,
  tensorLevel,
  valuesOf,
  type Weight,
  weightsIn,
} from "../../ir/index.ts";

export type Linear = NodeOf<Tensor, "dense" | "conv">;

/** A linear layer whose columns read the channels of a space. */
export interface Reader {
  readonly node: Linear;
  readonly member: SpaceMember;
}

const linears = (graph: TensorGraph): readonly Linear[] =>
  nodesOf(graph).flatMap((node) => (node.op === "dense" || node.op === "conv" ? [node] : []));

/** Weights that more than one node holds: what is true of one reader need not be true of the other. */
export const sharedWeights = (graph: TensorGraph): ReadonlySet<Weight> => {
  const counts = new Map<Weight, number>();
  for (const node of nodesOf(graph))
    for (const weight of weightsIn(tensorLevel.ops[node.op].attrs, node.attrs))
      counts.set(weight, (counts.get(weight) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count > 1).map(([weight]) => weight));
};

export const readersOf = (graph: TensorGraph, space: IndexSpace): readonly Reader[] =>
  linears(graph).flatMap((node) =>
    space.members
      .filter(({ holder, role }) => role === "consumer" && holder === node.attrs.weight)
      .map((member) => ({ node, member })),
  );

/** Calls `visit(row, weight)` for every weight of a reader that reads channel `index`. */
const eachWeight = (
  { node, member }: Reader,
  index: number,
  visit: (row: number, weight: number) => void,
): void => {
  const { weight } = node.attrs;
  const values = valuesOf(weight);
  const taps = sizeOf(weight.shape.slice(2));
  const columns = item(weight.shape, 1);
  const width = member.block * taps;
  for (let row = 0; row < item(weight.shape, 0); row++) {
    const first = row * columns * taps + index * width;
    for (let i = first; i < first + width; i++) visit(row, item(values, i));
  }
};

/** True when no weight reads the channel. */
export const ignores = (reader: Reader, index: number): boolean => {
  let ignored = true;
  eachWeight(reader, index, (_, w) => {
    if (w !== 0) ignored = false;
  });
  return ignored;
};

/** Adds to `sums` what a channel that is 1 everywhere gives to every row, times `value`. */
export const addConstant = (reader: Reader, index: number, value: number, sums: Float64Array): void =>
  eachWeight(reader, index, (row, w) => {
    sums[row] = (sums[row] ?? 0) + w * value;
  });
