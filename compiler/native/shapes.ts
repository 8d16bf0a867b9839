import type { Diagnostic } from "../diagnostics/index.ts";
import {
  conv,
  dense,
  diagonal,
  faultsOf,
  type LinearMap,
  reshaped,
  type Shape,
  showShape,
  sizeOf,
  type Weight,
  windows,
} from "../ir/index.ts";
import { nativeDiagnostics } from "./diagnostics.ts";
import { type NativeGraph, whereOf } from "./graph.ts";
import { joinedAxes } from "./joined-axes.ts";
import type { NativeNode, NativeOp, NeuronParameters } from "./network.ts";

/** Shapes at both ends of a node. */
export interface Ends {
  readonly from: Shape;
  readonly to: Shape;
}

const widest = (weights: readonly (Weight | null)[]): Shape | null => {
  const shapes = weights.flatMap((w) => (w === null || sizeOf(w.shape) === 1 ? [] : [w.shape]));
  return shapes.reduce<Shape | null>(
    (best, s) => (best === null || sizeOf(s) > sizeOf(best) ? s : best),
    null,
  );
};

const parametersOf = (p: NeuronParameters): readonly (Weight | null)[] => [
  p.tauSyn,
  p.wIn,
  p.tauMem,
  p.r,
  p.vLeak,
  p.threshold,
  p.vReset,
  p.adaptation?.tau ?? null,
  p.adaptation?.beta ?? null,
];

/** What a node takes when nothing is known of its neighbours, or null. */
const ownShape = (op: NativeOp): Shape | null => {
  switch (op.kind) {
    case "input":
      return op.shape;
    case "affine":
      return op.weight.shape.slice(1);
    case "conv":
      return op.space === null ? null : [(op.weight.shape[1] ?? 0) * op.groups, ...op.space];
    case "linear":
      return op.map.from;
    case "neuron":
      return op.shape ?? widest(parametersOf(op.parameters));
    case "cell":
    case "join":
      return op.shape;
    default:
      return null;
  }
};

/** The linear map of a node that reads a shape, or null for nodes that are none. */
export const mapOf = (op: NativeOp, from: Shape): LinearMap | null => {
  switch (op.kind) {
    case "affine":
      return dense(op.weight);
    case "conv": {
      const { strides, dilations, pads, groups } = op;
      return conv(from, op.weight, { strides, dilations, pads, groups });
    }
    case "pool": {
      const { strides, dilations, pads } = op;
      return windows(from, op.kernel, { strides, dilations, pads });
    }
    case "scale":
      return diagonal(from, op.factor);
    case "flatten":
      return reshaped(from, joinedAxes(from, op.start, op.end) ?? from);
    case "linear":
      return op.map;
    default:
      return null;
  }
};

/** Weights have as many axes as the value asks for, and axes that become one are there; what else is wrong with a map, `faultsOf` says. */
const canRead = (op: NativeOp, from: Shape): boolean => {
  if (op.kind === "affine") return op.weight.shape.length === 2;
  if (op.kind === "flatten") return joinedAxes(from, op.start, op.end) !== null;
  if (op.kind === "conv") return from.length === op.weight.shape.length - 1;
  return op.kind !== "pool" || from.length === op.kernel.length + 1;
};

const wantedBy = (op: NativeOp): string =>
  op.kind === "flatten"
    ? `a value with axes ${op.start} to ${op.end}`
    : "a value with an axis for each of the weights";

const mismatch = (node: NativeNode, from: string, given: string, wanted: string): Diagnostic =>
  nativeDiagnostics.report("shape-mismatch", whereOf(node), { from, given, wanted });

const endsOf = (node: NativeNode, given: Shape, source: string): Ends | Diagnostic => {
  const { op } = node;
  const own = ownShape(op);
  if (own !== null && sizeOf(own) !== sizeOf(given))
    return mismatch(node, source, showShape(given), showShape(own));
  const from = own ?? given;
  if (!canRead(op, from)) return mismatch(node, source, showShape(from), wantedBy(op));
  const map = mapOf(op, from);
  const [fault] = map === null ? [] : faultsOf(map);
  if (fault !== undefined) return mismatch(node, source, showShape(given), `what fits: ${fault}`);
  if (map?.to.some((extent) => extent < 1)) return mismatch(node, source, showShape(given), "a larger value");
  return { from, to: map === null ? from : map.to };
};

/** Ends of nodes that need no neighbour. */
const given = (node: NativeNode): Ends | null => {
  const own = ownShape(node.op);
  if (own === null || !canRead(node.op, own)) return null;
  return { from: own, to: mapOf(node.op, own)?.to ?? own };
};

/** Shapes of all nodes; or every node whose shape is unknown or does not fit. */
export const shapesOf = (graph: NativeGraph): ReadonlyMap<NativeNode, Ends> | readonly Diagnostic[] => {
  const ends = new Map<NativeNode, Ends>();
  for (const node of graph.nodes) {
    const own = given(node);
    if (own !== null) ends.set(node, own);
  }
  const faults: Diagnostic[] = [];
  const refused = new Set<NativeNode>();
  for (let changed = true; changed; ) {
    changed = false;
    for (const node of graph.nodes) {
      const source = graph.sourcesOf(node).find((s) => ends.has(s));
      const shape = source === undefined ? undefined : ends.get(source)?.to;
      if (ends.has(node) || refused.has(node) || source === undefined || shape === undefined) continue;
      const found = endsOf(node, shape, source.name);
      changed = true;
      if ("from" in found) ends.set(node, found);
      else {
        refused.add(node);
        faults.push(found);
      }
    }
  }
  for (const node of graph.nodes) {
    const own = ends.get(node);
    for (const source of new Set(graph.sourcesOf(node))) {
      const shape = ends.get(source)?.to;
      if (own === undefined || shape === undefined) continue;
      const found = endsOf(node, shape, source.name);
      if (!("from" in found)) faults.push(found);
      else if (sizeOf(shape) !== sizeOf(own.from))
        faults.push(mismatch(node, source.name, showShape(shape), showShape(own.from)));
    }
  }
  if (faults.length > 0) return faults;
  const unknown = graph.nodes.filter((node) => !ends.has(node));
  if (unknown.length === 0) return ends;
  return unknown.map((node) =>
    nativeDiagnostics.report("shape-unknown", whereOf(node), { count: graph.sourcesOf(node).length }),
  );
};
