/**
 * Puts weights on a grid and biases on the grid of their sums, so that every sum is a whole multiple of its scale.
 *
 * Before: z = add([conv(x, W, b), y]), q = quantize(relu(z), scale=[s])        x = i s_x, y = j s_y with integers i, j
 * After:  conv weights = sigma_c / s_x * integers, bias = sigma_c * integers,
 *         y = affine(y, scale = sigma_c / s_y * integers): each summand is sigma_c * integers, and sigma_c = s / theta_c
 */
import { item, narrowest, nodesOf, signedBits, type Weight, weight, withInputs } from "../ir/core/index.ts";
import { makeTensor, type TensorGraph, type TensorNode, tensorLevel } from "../ir/tensor/index.ts";
import { nameOf } from "./readers.ts";
import { type Branch, type SumGroup, sumGroupsOf } from "./sum-groups.ts";
import { sumReaderOf } from "./sum-readers.ts";
import {
  integerBias,
  integerRow,
  type SumOptions,
  type SumScales,
  sumScales,
  weightBound,
} from "./sum-scales.ts";

/** What became of one sum. */
export interface GriddedSum {
  readonly root: TensorNode;
  readonly scales: SumScales;
  /** Signed bits that the widest integer weight of the layers needs. */
  readonly weightBits: number;
}

export interface Gridded {
  readonly graph: TensorGraph;
  readonly sums: readonly GriddedSum[];
}

/**
 * Mean of a sum in the float network minus its mean in the quantized one, per channel. `root` is the sum in the graph
 * before, `made` the same with integer weights, its inputs included.
 */
export type MeanGap = (root: TensorNode, made: TensorNode) => Float64Array;

const onGrid = (name: string, shape: readonly number[], scale: Float64Array, data: Float64Array): Weight => {
  const single = scale.every((s) => s === scale[0]) ? scale.slice(0, 1) : scale;
  const grid = { scale: [...single], zero: [0], axis: 0 };
  return weight({ name, shape, dtype: narrowest(data), grid, data });
};

interface Parts {
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

const partsOf = (branch: Branch, group: SumGroup, sigma: Float64Array, bits: number): Parts => {
  const weights = new Float64Array(branch.weights.length);
  const bias = new Float64Array(group.channels);
  const most = weightBound(branch, group, bits);
  for (let c = 0; c < group.channels; c++) {
    weights.set(integerRow(branch, c, item(sigma, c), most), c * branch.rowLength);
    bias[c] = integerBias(branch, c, item(sigma, c));
  }
  return { weights, bias };
};

type Moved = (node: TensorNode) => TensorNode;

const branchNode = (
  branch: Branch,
  sigma: Float64Array,
  { weights, bias }: Parts,
  moved: Moved,
): TensorNode => {
  const scale = sigma.map((s) => s / branch.source.scale);
  const { from } = branch;
  if (from.kind === "identity") {
    const { value } = from;
    const factors = onGrid(`${nameOf(value)}.identity`, [sigma.length], scale, weights);
    const shift = onGrid(`${nameOf(value)}.identity.bias`, [sigma.length], sigma, bias);
    return makeTensor("affine", [moved(value)], { scale: factors, shift }, value.origins);
  }
  const { node } = from;
  const attrs = {
    weight: onGrid(node.attrs.weight.name, node.attrs.weight.shape, scale, weights),
    bias: onGrid(node.attrs.bias?.name ?? `${nameOf(node)}.bias`, [sigma.length], sigma, bias),
  };
  const input = moved(node.inputs[0]);
  if (node.op === "dense") return makeTensor("dense", [input], attrs, node.origins);
  return makeTensor("conv", [input], { ...node.attrs, ...attrs }, node.origins);
};

const bitsOf = (parts: readonly Parts[], group: SumGroup): number => {
  let widest = 0;
  parts.forEach(({ weights }, i) => {
    if (group.branches[i]?.from.kind === "layer")
      for (const w of weights) widest = Math.max(widest, Math.abs(w));
  });
  return signedBits(widest);
};

const withBias = (group: SumGroup, gap: Float64Array): SumGroup => {
  const branches = group.branches.map((branch, i) =>
    i === 0 ? { ...branch, bias: branch.bias.map((b, c) => b + item(gap, c)) } : branch,
  );
  return { ...group, branches };
};

/** How the weights of sums are put on grids. */
export interface GridOptions extends SumOptions {
  /** Bits of one layer, where it has others than `weightBits`. */
  readonly bitsOf?: (layer: TensorNode) => number;
}

/** Layers of one sum share its scale, so the widest decides. */
const groupBits = ({ branches }: SumGroup, { weightBits, bitsOf }: GridOptions): number => {
  if (bitsOf === undefined) return weightBits;
  const own = branches.flatMap(({ from }) => (from.kind === "layer" ? [bitsOf(from.node)] : []));
  return own.length === 0 ? weightBits : own.reduce((a, b) => Math.max(a, b));
};

/** All weights of sums on grids. With `gap`, biases are corrected sum by sum, each on what the sums before really give. */
export const gridWeights = (graph: TensorGraph, options: GridOptions, gap: MeanGap | null): Gridded => {
  const groups = sumGroupsOf(graph);
  const done = new Map<TensorNode, TensorNode>();
  const moved: Moved = (node) => done.get(node) ?? node;
  const sums: GriddedSum[] = [];
  const grid = (group: SumGroup): { readonly node: TensorNode; readonly sum: GriddedSum } => {
    const weightBits = groupBits(group, options);
    const own = { weightBits, limit: options.limit };
    const scales = sumScales(group, sumReaderOf(graph, group.root, group.channels), own);
    const parts = group.branches.map((b) => partsOf(b, group, scales.sigma, weightBits));
    const nodes = group.branches.map((b, i) => branchNode(b, scales.sigma, item(parts, i), moved));
    const { root } = group;
    const node = nodes.length === 1 ? item(nodes, 0) : makeTensor("add", nodes, {}, root.origins);
    return { node, sum: { root, scales, weightBits: bitsOf(parts, group) } };
  };
  for (const node of nodesOf(graph)) {
    const group = groups.get(node);
    if (group === undefined) {
      done.set(node, withInputs(tensorLevel, node, node.inputs.map(moved)));
      continue;
    }
    const first = grid(group);
    const found = gap === null ? first : grid(withBias(group, gap(node, first.node)));
    done.set(node, found.node);
    sums.push(found.sum);
  }
  const outputs = graph.outputs.map((o) => ({ name: o.name, value: moved(o.value) }));
  const same = outputs.every((o, i) => o.value === graph.outputs[i]?.value);
  return { graph: same ? graph : { ...graph, outputs }, sums };
};
