import { unreachable } from "../diagnostics/index.ts";
import { item } from "../ir/core/index.ts";
import type { TensorGraph, TensorNode } from "../ir/tensor/index.ts";
import { multiplied } from "./gains.ts";
import { readersOf } from "./readers.ts";

/** How the levels that are made of a sum depend on it. */
export interface SumReader {
  /** Real step of the sum from one level to the next, per channel, where the function has slope 1. */
  readonly steps: Float64Array;
  /** Least level. */
  readonly low: number;
  /** Greatest minus least level. */
  readonly span: number;
  /** A straight line between two bounds (relu, clip, none), so that one threshold serves all levels. */
  readonly ramp: boolean;
  /** The channels of the sum are mixed by a view before they are rounded: one scale for all of them. */
  readonly mixed: boolean;
}

/** A place on the way from a sum to its levels; channel c of the sum is channel offset + c here. */
interface Way {
  readonly node: TensorNode;
  readonly offset: number;
  readonly gains: Float64Array;
  readonly ramp: boolean;
  readonly mixed: boolean;
}

const isRamp = (node: TensorNode): boolean =>
  node.op === "prelu" || (node.op === "unary" && ["relu", "clip", "leakyRelu"].includes(node.attrs.fn.kind));

const throughAffine = (way: Way, node: TensorNode): Way => {
  const found = multiplied(node);
  const channels = node.type.shape[0] ?? 1;
  const lost = way.mixed && found !== null && found.gains.length > 1;
  if (found === null || lost || found.gains.length > channels) return { ...way, node, ramp: false };
  const at = (c: number): number => item(found.gains, found.gains.length === 1 ? 0 : way.offset + c);
  return { ...way, node, gains: way.gains.map((g, c) => g * at(c)) };
};

const throughConcat = (way: Way, node: Extract<TensorNode, { readonly op: "concat" }>): Way => {
  const before = node.inputs.slice(0, node.inputs.indexOf(way.node));
  const offset = before.reduce((sum, x) => sum + (x.type.shape[0] ?? 1), way.offset);
  return { ...way, node, offset, mixed: way.mixed || node.attrs.axis !== 0 };
};

type View = Extract<TensorNode, { readonly op: "reshape" | "transpose" | "slice" | "expand" }>;

/** Channel c of what a view reads is channel c of what it gives. */
const keepsChannels = (view: View): boolean => {
  const [from, to] = [view.inputs[0].type.shape, view.type.shape];
  switch (view.op) {
    case "reshape":
    case "slice":
      return from[0] === to[0];
    case "transpose":
      return view.attrs.order[0] === 0;
    case "expand":
      return from.length === to.length && from[0] === to[0];
    default:
      return unreachable(view);
  }
};

/** The way one reader further, or null where it ends in something else than levels. */
const further = (way: Way, reader: TensorNode): Way | null => {
  switch (reader.op) {
    case "unary":
    case "prelu":
      return { ...way, node: reader, ramp: way.ramp && isRamp(reader) };
    case "affine":
      return throughAffine(way, reader);
    case "concat":
      return throughConcat(way, reader);
    case "reshape":
    case "transpose":
    case "slice":
    case "expand":
      return { ...way, node: reader, mixed: way.mixed || !keepsChannels(reader) };
    default:
      return null;
  }
};

/** The first rounding of a sum, in the order of its readers; null when it is only read as a sum, as logits are. */
export const sumReaderOf = (graph: TensorGraph, root: TensorNode, channels: number): SumReader | null => {
  const readers = readersOf(graph);
  const start: Way = {
    node: root,
    offset: 0,
    gains: new Float64Array(channels).fill(1),
    ramp: true,
    mixed: false,
  };
  const seen = new Set<TensorNode>([root]);
  for (const queue = [start]; queue.length > 0; ) {
    const way = queue.shift() ?? start;
    for (const reader of readers(way.node)) {
      if (reader.op === "quantize") {
        const { scale, low, high } = reader.attrs;
        const step = scale.reduce((a, b) => Math.min(a, b), Infinity);
        const { ramp, mixed } = way;
        return { steps: way.gains.map((g) => step / g), low, span: high - low, ramp, mixed };
      }
      const next = further(way, reader);
      if (next === null || seen.has(reader)) continue;
      seen.add(reader);
      queue.push(next);
    }
  }
  return null;
};
