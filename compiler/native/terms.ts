import {
  apply,
  compose,
  diagonal,
  floats,
  isIdentity,
  type LinearMap,
  type PopulationId,
  sizeOf,
  spreadTo,
  valuesOf,
  type Weight,
} from "../ir/index.ts";
import type { NativeGraph } from "./graph.ts";
import type { NativeNode, NativeOp } from "./network.ts";
import { type Ends, mapOf } from "./shapes.ts";

/** What one population sends, behind a linear map; null is the identity. `delays` holds steps by source. */
export interface Term {
  readonly from: PopulationId;
  readonly map: LinearMap | null;
  readonly delays: Float64Array | null;
}

/** A value as a sum of what populations send and of constants: the fold of the linear nodes between them. */
export interface Sum {
  readonly terms: readonly Term[];
  /** One entry an element; null is zero. */
  readonly constant: Float64Array | null;
}

const isLinear = ({ kind }: NativeOp): boolean =>
  kind === "affine" ||
  kind === "conv" ||
  kind === "pool" ||
  kind === "scale" ||
  kind === "flatten" ||
  kind === "linear" ||
  kind === "delay" ||
  kind === "join";

/**
 * True for nodes that become populations: neurons and inputs; a linear node as a relay where several nodes read it, or a
 * delay that needs what stands at its source; an output as a relay where it reads no single population.
 */
export const populationsOf = (graph: NativeGraph): ReadonlySet<NativeNode> => {
  const found = new Set<NativeNode>();
  for (const node of graph.nodes) {
    const { kind } = node.op;
    const readers = graph.readersOf(node);
    const beforeDelay = kind !== "delay" && readers.some((r) => r.op.kind === "delay");
    if (kind !== "output" && (!isLinear(node.op) || readers.length > 1 || beforeDelay)) found.add(node);
  }
  for (const node of graph.nodes) {
    const [only, ...others] = graph.sourcesOf(node);
    if (node.op.kind === "output" && (only === undefined || others.length > 0 || !found.has(only)))
      found.add(node);
  }
  return found;
};

const plus = (a: Float64Array | null, b: Float64Array | null): Float64Array | null => {
  if (a === null || b === null) return a ?? b;
  return a.map((x, i) => x + (b[i] ?? 0));
};

const through = (map: LinearMap, { terms, constant }: Sum): Sum => ({
  terms: terms.map((t) => ({ ...t, map: t.map === null ? map : compose(t.map, map) })),
  constant: constant === null ? null : apply(map, constant),
});

const biasOf = (op: NativeOp): Weight | null =>
  op.kind === "affine" || op.kind === "conv" || op.kind === "linear" ? op.bias : null;

/** 1 / n behind the sum over windows of n. */
const meanOf = (map: LinearMap, kernel: readonly number[]): LinearMap =>
  compose(map, diagonal(map.to, floats("mean", [1], Float64Array.of(1 / sizeOf(kernel)))));

export interface Folding {
  readonly graph: NativeGraph;
  readonly ends: ReadonlyMap<NativeNode, Ends>;
  readonly populations: ReadonlySet<NativeNode>;
  readonly idOf: (node: NativeNode) => PopulationId;
  /** Steps of a delay node, one entry a source or one for all. */
  readonly delaysOf: (node: NativeNode) => Float64Array;
}

const endsIn = ({ ends }: Folding, node: NativeNode): Ends => {
  const found = ends.get(node);
  if (found === undefined) throw new Error(`${node.name} has no shape`);
  return found;
};

const delayed = (folding: Folding, node: NativeNode, sum: Sum): Sum => {
  const steps = spreadTo(folding.delaysOf(node), sizeOf(endsIn(folding, node).from));
  return {
    ...sum,
    terms: sum.terms.map((t) => {
      if (t.map !== null && !isIdentity(t.map)) throw new Error(`${node.name} delays what is not sent`);
      return { ...t, delays: plus(t.delays, steps) };
    }),
  };
};

/** The linear part of a node behind the sum of its inputs. */
const folded = (folding: Folding, node: NativeNode, sum: Sum): Sum => {
  const { op } = node;
  const { from, to } = endsIn(folding, node);
  if (op.kind === "delay") return delayed(folding, node, sum);
  const map = mapOf(op, from);
  if (map === null) return sum;
  const mapped = through(op.kind === "pool" && op.mean ? meanOf(map, op.kernel) : map, sum);
  const bias = biasOf(op);
  if (bias === null) return mapped;
  return { ...mapped, constant: plus(mapped.constant, spreadTo(valuesOf(bias), sizeOf(to))) };
};

/** What comes into a node, and for linear nodes what it makes of it. */
export const sumInto = (folding: Folding, node: NativeNode): Sum => {
  const parts = folding.graph.sourcesOf(node).map((source): Sum => {
    if (!folding.populations.has(source)) return sumInto(folding, source);
    return { terms: [{ from: folding.idOf(source), map: null, delays: null }], constant: null };
  });
  const sum: Sum = {
    terms: parts.flatMap((p) => p.terms),
    constant: parts.reduce<Float64Array | null>((all, p) => plus(all, p.constant), null),
  };
  return folded(folding, node, sum);
};
