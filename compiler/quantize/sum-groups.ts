import { item, nodesOf, perGraph, sizeOf, valuesOf } from "../ir/core/index.ts";
import type { TensorGraph, TensorNode } from "../ir/tensor/index.ts";
import { type NodeNamed, perChannel } from "./gains.ts";
import { type Lattice, latticeOf } from "./lattice.ts";

type Linear = NodeNamed<"conv"> | NodeNamed<"dense">;

/** One summand of a sum: rows of real weights over a lattice. */
export interface Branch {
  /** A layer, or the operand of an `add` that is taken as it is (times `weights`). */
  readonly from:
    | { readonly kind: "layer"; readonly node: Linear }
    | { readonly kind: "identity"; readonly value: TensorNode };
  readonly source: Lattice;
  /** Row-major, one row per channel. */
  readonly weights: Float64Array;
  readonly rowLength: number;
  /** One per channel. */
  readonly bias: Float64Array;
}

/** A sum that functions read: layers and identity branches joined by adds, with one scale per channel. */
export interface SumGroup {
  readonly root: TensorNode;
  readonly channels: number;
  readonly branches: readonly Branch[];
}

const isLinear = (node: TensorNode): node is Linear => node.op === "conv" || node.op === "dense";

const isSummand = (node: TensorNode): boolean => isLinear(node) || node.op === "add";

const layerBranch = (node: Linear, channels: number): Branch | null => {
  const source = latticeOf(node.inputs[0]);
  const { weight, bias } = node.attrs;
  const vector = node.op === "conv" || node.type.shape.length === 1;
  if (source === null || !vector || item(weight.shape, 0) !== channels || weight.grid !== null) return null;
  return {
    from: { kind: "layer", node },
    source,
    weights: valuesOf(weight),
    rowLength: sizeOf(weight.shape.slice(1)),
    bias: bias === null ? new Float64Array(channels) : valuesOf(bias),
  };
};

const identityBranch = (node: TensorNode): Branch | null => {
  const scaled = node.op === "affine" && node.attrs.scale.grid === null;
  const value = scaled ? node.inputs[0] : node;
  const source = latticeOf(value);
  const { shape } = node.type;
  const weights = perChannel(scaled ? valuesOf(node.attrs.scale) : Float64Array.of(1), shape);
  const shift = scaled ? node.attrs.shift : null;
  const bias = perChannel(shift === null ? new Float64Array(1) : valuesOf(shift), shape);
  if (source === null || weights === null || bias === null) return null;
  return { from: { kind: "identity", value }, source, weights, rowLength: 1, bias };
};

/** Summands of a sum, adds inside it flattened; null for each that has no integer form. */
const branchesOf = (root: TensorNode, channels: number): readonly (Branch | null)[] => {
  if (isLinear(root)) return [layerBranch(root, channels)];
  if (root.op !== "add") return [null];
  return root.inputs.flatMap((x) => (isSummand(x) ? branchesOf(x, channels) : [identityBranch(x)]));
};

/** The sums of a graph by their last node. Sums with a summand that reads no levels are left out: the lowering reports them. */
export const sumGroupsOf = perGraph((graph: TensorGraph): ReadonlyMap<TensorNode, SumGroup> => {
  const nodes = nodesOf(graph);
  const inner = new Set(nodes.flatMap((node) => (node.op === "add" ? node.inputs.filter(isSummand) : [])));
  const groups = new Map<TensorNode, SumGroup>();
  for (const root of nodes) {
    if (!isSummand(root) || inner.has(root)) continue;
    const channels = root.type.shape[0] ?? 1;
    const branches = branchesOf(root, channels);
    const whole = branches.filter((b) => b !== null);
    if (whole.length === branches.length) groups.set(root, { root, channels, branches: whole });
  }
  return groups;
});
