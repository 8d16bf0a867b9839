import { nodesOf, perGraph } from "../ir/core/index.ts";
import type { Scalar, TensorGraph, TensorNode } from "../ir/tensor/index.ts";
import { isOutput, readersOf } from "./readers.ts";
import { hostNodes } from "./split-tail.ts";

/** A value that is rounded to levels. */
export interface Point {
  readonly node: TensorNode;
  /** What is read of it: behind a max-pool that is its only reader. Rounding and maximum commute. */
  readonly read: TensorNode;
  /** `linear`: a sum that another linear op reads without an activation between. */
  readonly kind: "input" | "activation" | "linear";
  readonly signed: boolean;
  /** Every reader can take a scale of its own for each channel (axis 0). */
  readonly perChannel: boolean;
}

export interface Points {
  readonly points: readonly Point[];
  /** True when `reader` must read the rounded form of `value`. */
  readonly readsLevels: (reader: TensorNode, value: TensorNode) => boolean;
}

type Reads = Points["readsLevels"];

const isSum = (node: TensorNode): boolean => node.op === "conv" || node.op === "dense" || node.op === "add";

/** Ops that hand on single elements: whoever reads them reads what they read. */
const views: readonly string[] = ["reshape", "transpose", "slice", "expand"];

const isView = (node: TensorNode): boolean => views.includes(node.op);

/** Functions of one value that wait to be rounded, as part of a neuron. */
const isFunction = (node: TensorNode): boolean =>
  node.op === "unary" || node.op === "prelu" || (node.op === "affine" && node.attrs.scale.grid === null);

const levelReads = (graph: TensorGraph): Reads => {
  const readers = readersOf(graph);
  const onHost = hostNodes(graph);
  const needed = new Set<TensorNode>();
  const reads: Reads = (reader, value) => {
    if (onHost.has(reader)) return false;
    switch (reader.op) {
      case "conv":
      case "dense":
      case "convTranspose":
      case "maxPool":
      case "averagePool":
      case "pad":
      case "resample":
      case "reduce":
      case "binary":
        return true;
      case "quantize":
      case "steps":
        return false;
      case "add":
        return !isSum(value) || readers(value).length > 1 || isOutput(graph, value);
      case "concat":
        return needed.has(reader) || !reader.inputs.every(isSum);
      default:
        return value.op === "input" || (isView(reader) && needed.has(reader));
    }
  };
  for (const node of [...nodesOf(graph)].reverse())
    if (readers(node).some((r) => reads(r, node))) needed.add(node);
  return reads;
};

const positive: readonly Scalar["kind"][] = [
  "relu",
  "sigmoid",
  "hardSigmoid",
  "softplus",
  "exp",
  "sqrt",
  "abs",
];

const neverNegative = (fn: Scalar): boolean =>
  positive.includes(fn.kind) ||
  (fn.kind === "clip" && fn.low >= 0) ||
  (fn.kind === "thresholdedRelu" && fn.threshold >= 0);

const keepsSign = [
  ...["add", "concat", "maxPool", "averagePool", "reduce", "reshape", "transpose", "slice", "expand"],
];

/** Levels that came with the network: never negative when they begin at their zero point. */
const ownNonNegative = (node: TensorNode): boolean => {
  if (node.op !== "dequantize") return false;
  const [levels] = node.inputs;
  return levels.op === "quantize" && levels.attrs.low >= (node.attrs.zero[0] ?? 0);
};

/** Values that cannot be negative, whatever the inputs are. */
const nonNegatives = (graph: TensorGraph): ReadonlySet<TensorNode> => {
  const found = new Set<TensorNode>();
  for (const node of nodesOf(graph)) {
    const proved =
      node.op === "unary"
        ? neverNegative(node.attrs.fn)
        : ownNonNegative(node) || (keepsSign.includes(node.op) && node.inputs.every((x) => found.has(x)));
    if (proved) found.add(node);
  }
  return found;
};

const keepsAxis = (reader: TensorNode): boolean => {
  if (reader.op === "reshape") return reader.inputs[0].type.shape[0] === reader.type.shape[0];
  if (reader.op === "transpose") return reader.attrs.order[0] === 0;
  return reader.op !== "concat" || reader.attrs.axis === 0;
};

/**
 * Values whose readers, also behind pools and views, can all multiply channel c of axis 0 by a factor.
 * `moved`: the same for values whose channels do not lie on axis 0 any more; only a dense layer takes those.
 */
const channelsFree = (graph: TensorGraph): ReadonlySet<TensorNode> => {
  const readers = readersOf(graph);
  const onHost = hostNodes(graph);
  const kept = new Set<TensorNode>();
  const moved = new Set<TensorNode>();
  const takes = (reader: TensorNode, value: TensorNode, free: ReadonlySet<TensorNode>): boolean => {
    switch (reader.op) {
      case "dense":
        return value.type.shape.length === 1 && reader.attrs.weight.grid === null;
      case "reshape":
      case "transpose":
      case "concat":
        return (keepsAxis(reader) ? free : moved).has(reader);
      case "maxPool":
      case "averagePool":
        return free !== moved && free.has(reader);
      case "conv":
        return free !== moved && reader.attrs.weight.grid === null;
      case "add":
      case "affine":
      case "unary":
      case "prelu":
        return free !== moved;
      default:
        return onHost.has(reader) && free !== moved;
    }
  };
  for (const node of [...nodesOf(graph)].reverse()) {
    if (readers(node).every((r) => takes(r, node, kept))) kept.add(node);
    if (!isOutput(graph, node) && readers(node).every((r) => takes(r, node, moved))) moved.add(node);
  }
  return kept;
};

/** Readers that round by themselves. */
const rounds = (reader: TensorNode): boolean => reader.op === "quantize" || reader.op === "steps";

/** Where a float graph is rounded: its inputs, and what linear ops and pools read. What the host computes stays float. */
export const quantizationPoints = perGraph((graph: TensorGraph): Points => {
  const readsLevels = levelReads(graph);
  const readers = readersOf(graph);
  const nonNegative = nonNegatives(graph);
  const free = channelsFree(graph);
  const kindOf = (node: TensorNode): Point["kind"] => {
    if (node.op === "input") return "input";
    return node.op === "unary" || node.op === "prelu" || nonNegative.has(node) ? "activation" : "linear";
  };
  const holds = (node: TensorNode): boolean => {
    if (node.op === "input") return !(readers(node).length > 0 && readers(node).every(rounds));
    const fresh = isSum(node) || isFunction(node);
    return fresh && readers(node).some((r) => readsLevels(r, node));
  };
  const poolOf = (node: TensorNode): TensorNode => {
    const [only, ...more] = readers(node);
    return only?.op === "maxPool" && more.length === 0 && !isOutput(graph, node) ? poolOf(only) : node;
  };
  const pointOf = (node: TensorNode): Point => {
    const given = node.op === "input";
    return {
      node,
      read: poolOf(node),
      kind: kindOf(node),
      signed: !given && !nonNegative.has(node),
      perChannel: !given && free.has(node),
    };
  };
  return { points: nodesOf(graph).filter(holds).map(pointOf), readsLevels };
});
