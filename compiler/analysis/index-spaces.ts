import {
  forGeneralOps,
  type GeneralNode,
  item,
  type NodeOf,
  nodesOf,
  perGraph,
  type Shape,
  sizeOf,
  type Tensor,
  type TensorGraph,
  type TensorNode,
  type Weight,
} from "../ir/index.ts";
import { type Found, type Holder, makeSlots, type Role, type Slots } from "./slots.ts";

/** An axis of a space: index i covers [offset + i block, offset + (i + 1) block) of it. */
export interface SpaceMember {
  readonly holder: Holder;
  readonly axis: number;
  readonly role: Role;
  readonly offset: number;
  readonly block: number;
}

/** Axes that must be re-indexed together: the channels that one set of rows makes and that columns read. */
export interface IndexSpace {
  readonly size: number;
  readonly members: readonly SpaceMember[];
  /** Why the space cannot be re-indexed; null when it can. */
  readonly frozen: string | null;
}

/** One rule per op: adds the axes of its weights, joins and freezes. Axes of values are there already. */
type Rule<K extends keyof Tensor["ops"] & string> = (node: NodeOf<Tensor, K>, slots: Slots) => void;

const freezeAll = (node: TensorNode, slots: Slots, why: string): void => {
  for (const axis of node.type.shape.keys()) slots.freeze(node, axis, why);
};

/** Every axis of the input is the same axis of the result. */
const same = (node: TensorNode, x: TensorNode, slots: Slots, but: readonly number[] = []): void =>
  node.type.shape.forEach((_, axis) => {
    if (!but.includes(axis)) slots.join(x, axis, node, axis, 1);
  });

/** A parameter with one entry for all, one per index of axis 0, or one per element. */
const vector = (node: TensorNode, weight: Weight | null, slots: Slots): void => {
  if (weight === null) return;
  const size = sizeOf(weight.shape);
  const channels = node.type.shape[0] ?? 1;
  slots.add(weight, 0, size, "vector");
  if (size % channels === 0 && node.type.shape.length > 0) slots.join(node, 0, weight, 0, size / channels);
};

const bias = (node: TensorNode, axis: number, weight: Weight | null, slots: Slots): void => {
  if (weight === null) return;
  slots.add(weight, 0, sizeOf(weight.shape), "vector");
  slots.join(node, axis, weight, 0, 1);
};

/** Rows of a weight that came on a grid cannot be averaged or merged without leaving it. */
const keepGrid = (weight: Weight, slots: Slots): void => {
  if (weight.grid === null) return;
  slots.freeze(weight, 0, "weights that came quantized");
  if (weight.shape.length > 1) slots.freeze(weight, 1, "weights that came quantized");
};

const denseRule: Rule<"dense"> = (node, slots) => {
  const [x] = node.inputs;
  const { weight } = node.attrs;
  const last = node.type.shape.length - 1;
  slots.add(weight, 0, item(weight.shape, 0), "producer");
  slots.add(weight, 1, item(weight.shape, 1), "consumer");
  slots.join(node, last, weight, 0, 1);
  slots.join(x, last, weight, 1, 1);
  keepGrid(weight, slots);
  same(node, x, slots, [last]);
  bias(node, last, node.attrs.bias, slots);
};

const spaceAxes = (node: TensorNode, slots: Slots, why: string): void =>
  node.type.shape.forEach((_, axis) => {
    if (axis > 0) slots.freeze(node, axis, why);
  });

/** A full convolution reads columns; a depthwise one keeps channels; other groups are frozen. */
const convRule: Rule<"conv"> = (node, slots) => {
  const [x] = node.inputs;
  const { weight, groups } = node.attrs;
  slots.add(weight, 0, item(weight.shape, 0), "producer");
  slots.join(node, 0, weight, 0, 1);
  bias(node, 0, node.attrs.bias, slots);
  for (const value of [x, node]) spaceAxes(value, slots, "an axis that a window slides over");
  const channels = item(x.type.shape, 0);
  if (groups === 1) {
    slots.add(weight, 1, channels, "consumer");
    slots.join(x, 0, weight, 1, 1);
    keepGrid(weight, slots);
  } else if (groups === channels) {
    slots.join(x, 0, node, 0, item(weight.shape, 0) / channels);
    if (weight.grid !== null) slots.freeze(weight, 0, "weights that came quantized");
  } else {
    for (const value of [x, node]) slots.freeze(value, 0, "a grouped convolution");
  }
};

const poolRule: Rule<"maxPool" | "averagePool"> = (node, slots) => {
  const [x] = node.inputs;
  slots.join(x, 0, node, 0, 1);
  for (const value of [x, node]) spaceAxes(value, slots, "an axis that a window slides over");
};

const firstAxis = (shape: Shape): number =>
  Math.max(
    0,
    shape.findIndex((extent) => extent !== 1),
  );

/** The outermost axis that is longer than 1 stays outermost; when one splits it, an index covers a block. */
const reshapeRule: Rule<"reshape"> = (node, slots) => {
  const [x] = node.inputs;
  const [from, to] = [firstAxis(x.type.shape), firstAxis(node.type.shape)];
  const [old, now] = [x.type.shape[from] ?? 1, node.type.shape[to] ?? 1];
  const meets = x.type.shape.length > 0 && node.type.shape.length > 0 && (old % now === 0 || now % old === 0);
  const but = (value: TensorNode, kept: number): void =>
    value.type.shape.forEach((_, axis) => {
      if (axis !== kept || !meets) slots.freeze(value, axis, "an axis that a reshape splits or joins");
    });
  but(x, from);
  but(node, to);
  if (!meets) return;
  if (now % old === 0) slots.join(x, from, node, to, now / old);
  else slots.join(node, to, x, from, old / now);
};

const scalesRule: Rule<"quantize" | "dequantize"> = (node, slots) => {
  same(node, node.inputs[0], slots);
  if (node.attrs.scale.length > 1 || node.attrs.zero.length > 1)
    slots.freeze(node, node.attrs.axis, "scales per channel");
};

const rules: { readonly [K in keyof Tensor["ops"] & string]: Rule<K> } = {
  input: (node, slots) => freezeAll(node, slots, "an input of the network"),
  constant: (node, slots) => freezeAll(node, slots, "a constant"),
  ...forGeneralOps((node: GeneralNode, slots: Slots) => {
    for (const value of [node, ...node.inputs]) freezeAll(value, slots, `an op that reads across channels`);
  }),
  opaque: (node, slots) => {
    for (const value of [node, ...node.inputs]) freezeAll(value, slots, `the unknown op ${node.attrs.kind}`);
  },
  dense: denseRule,
  conv: convRule,
  batchNorm: (node, slots) => {
    const { scale, shift, mean, variance } = node.attrs;
    same(node, node.inputs[0], slots);
    for (const weight of [scale, shift, mean, variance]) vector(node, weight, slots);
  },
  affine: (node, slots) => {
    same(node, node.inputs[0], slots);
    const full = sizeOf(node.type.shape);
    for (const weight of [node.attrs.scale, node.attrs.shift]) {
      vector(node, weight, slots);
      if (weight !== null && sizeOf(weight.shape) === full && full > (node.type.shape[0] ?? 1))
        spaceAxes(node, slots, "an affine with an entry per place");
    }
  },
  quantize: scalesRule,
  dequantize: scalesRule,
  unary: (node, slots) => same(node, node.inputs[0], slots),
  add: (node, slots) => {
    for (const x of node.inputs) same(node, x, slots);
  },
  softmax: (node, slots) => {
    same(node, node.inputs[0], slots);
    slots.freeze(node, node.attrs.axis, "the axis of a softmax");
  },
  maxPool: poolRule,
  averagePool: poolRule,
  reshape: reshapeRule,
  transpose: (node, slots) => {
    for (const [k, axis] of node.attrs.order.entries()) slots.join(node.inputs[0], axis, node, k, 1);
  },
  concat: (node, slots) => {
    for (const x of node.inputs) {
      same(node, x, slots, [node.attrs.axis]);
      slots.freeze(x, node.attrs.axis, "a part of a concat");
    }
    slots.freeze(node, node.attrs.axis, "joined by a concat");
  },
};

const apply = <K extends keyof Tensor["ops"] & string>(op: K, node: NodeOf<Tensor, K>, slots: Slots): void =>
  rules[op](node, slots);

const memberOf = ({ holder, axis, role, block }: Found): SpaceMember => ({
  holder,
  axis,
  role,
  offset: 0,
  block,
});

const grouped = (found: readonly Found[]): readonly IndexSpace[] => {
  const byRoot = new Map<object, Found[]>();
  for (const one of found) byRoot.set(one.root, [...(byRoot.get(one.root) ?? []), one]);
  return [...byRoot.values()].map((members) => {
    const first = item(members, 0);
    return { size: first.extent / first.block, members: members.map(memberOf), frozen: first.frozen };
  });
};

/**
 * The index spaces of a network, in topological order; every axis of every value and weight is in one of them.
 * Freezing is on the safe side: parts of a concat and groups of a grouped convolution could be re-indexed, and are not.
 */
export const indexSpaces: (graph: TensorGraph) => readonly IndexSpace[] = perGraph((graph: TensorGraph) => {
  const slots = makeSlots();
  const nodes = nodesOf(graph);
  for (const node of nodes)
    for (const [axis, extent] of node.type.shape.entries()) slots.add(node, axis, extent, "value");
  for (const node of nodes) apply(node.op, node, slots);
  for (const { value } of graph.outputs) freezeAll(value, slots, "an output of the network");
  return grouped(slots.all());
});
