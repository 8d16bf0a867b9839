import { quoteName } from "../../../compiler/diagnostics/index.ts";
import {
  item,
  nodesOf,
  type Shape,
  sameShape,
  showShape,
  valuesOf,
  type Weight,
} from "../../../compiler/ir/core/index.ts";
import type { TensorGraph, TensorNode } from "../../../compiler/ir/tensor/index.ts";

/** A transpose that moves axes of one element only leaves the row-major order as it is. */
const keepsOrder = (shape: Shape, order: readonly number[]): boolean => {
  const moved = order.filter((axis) => item(shape, axis) !== 1);
  return moved.every((axis, i) => i === 0 || axis > item(moved, i - 1));
};

const keepsValues = (node: TensorNode): node is TensorNode & { readonly op: "reshape" | "transpose" } =>
  node.op === "reshape" ||
  (node.op === "transpose" && keepsOrder(node.inputs[0].type.shape, node.attrs.order));

/** The node that made the numbers of a value, in the same row-major order. */
export const sourceOf = (value: TensorNode): TensorNode => {
  let at = value;
  while (keepsValues(at)) at = at.inputs[0];
  return at;
};

/** Nodes that compute, by what they read. */
export const readersOf = (graph: TensorGraph): ReadonlyMap<TensorNode, readonly TensorNode[]> => {
  const readers = new Map<TensorNode, TensorNode[]>();
  for (const node of nodesOf(graph)) {
    if (keepsValues(node)) continue;
    for (const source of new Set(node.inputs.map(sourceOf))) {
      const known = readers.get(source) ?? [];
      known.push(node);
      readers.set(source, known);
    }
  }
  return readers;
};

const filled = <T>(list: readonly T[], rank: number, fallback: T): readonly T[] =>
  Array.from({ length: rank }, (_, axis) => list[axis] ?? fallback);

const isWeight = (value: unknown): value is Weight =>
  typeof value === "object" && value !== null && "stored" in value;

/** Attributes without weights; lists of one item an axis written out. */
const settings = (node: TensorNode): Readonly<Record<string, unknown>> => {
  const rank = node.type.shape.length - 1;
  const attrs = Object.entries(node.attrs).filter(([, value]) => value !== null && !isWeight(value));
  const plain: Record<string, unknown> = Object.fromEntries(attrs);
  // File formats keep it as float32.
  if (node.op === "batchNorm") return { ...plain, epsilon: Math.fround(node.attrs.epsilon) };
  if (node.op !== "conv" && node.op !== "maxPool" && node.op !== "averagePool") return plain;
  const { strides, dilations, pads } = node.attrs;
  const lists = {
    strides: filled(strides, rank, 1),
    dilations: filled(dilations, rank, 1),
    pads: filled(pads, rank, [0, 0]),
  };
  return { ...plain, ...lists };
};

const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number =>
  a[0] < b[0] ? -1 : 1;

const spelled = (node: TensorNode): string => JSON.stringify(Object.entries(settings(node)).sort(byName));

const sameSettings = (a: TensorNode, b: TensorNode): boolean => spelled(a) === spelled(b);

const sameWeights = (a: TensorNode, b: TensorNode): boolean => {
  if ((a.op === "dense" || a.op === "conv") && (b.op === "dense" || b.op === "conv")) {
    return sameShape(a.attrs.weight.shape, b.attrs.weight.shape);
  }
  if (a.op === "batchNorm" && b.op === "batchNorm")
    return sameShape(a.attrs.scale.shape, b.attrs.scale.shape);
  return true;
};

/** The same op with the same attributes on weights of the same shape; biases are compared elsewhere. */
export const sameOp = (a: TensorNode, b: TensorNode): boolean =>
  a.op === b.op && sameSettings(a, b) && sameWeights(a, b);

/** Adds constants and multiplies by 1: a bias that the exporter wrote as a node of its own. */
export const addedBias = (node: TensorNode): Weight | null => {
  if (node.op !== "affine" || node.attrs.shift === null) return null;
  return valuesOf(node.attrs.scale).every((x) => x === 1) ? node.attrs.shift : null;
};

const shown = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

const unremarkable: ReadonlySet<string> = new Set([
  "ceil",
  "countPads",
  "dilations",
  "groups",
  "epsilon",
  "shape",
]);

/** What a node does, for a message: `conv [16, 1, 5, 5] strides [2,2]`. */
export const describeNode = (node: TensorNode): string => {
  if (node.op === "unary") return node.attrs.fn.kind;
  const weights = node.op === "dense" || node.op === "conv" ? ` ${showShape(node.attrs.weight.shape)}` : "";
  const rest = Object.entries(settings(node)).filter(([name]) => !unremarkable.has(name));
  return `${node.op}${weights}${rest.map(([name, value]) => ` ${name} ${shown(value)}`).join("")}`;
};

export const nodeName = (node: TensorNode): string => quoteName(node.origins[0]?.name ?? node.op);
