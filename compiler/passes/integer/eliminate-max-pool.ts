/**
 * Rewrites max-pooling into neurons: max(a, b) = a + clip(b - a, 0, U), U = greatest minus least level.
 *
 * Before: pool = maxPool(x, kernel=[1, 2], strides=[1, 2])
 * After:  first = linear(x, even columns), second = linear(x, odd columns), back = linear(x, -1 on even columns)
 *         rise = neuron(add([second, back]), uniform(theta=1, high=U)), pool = neuron(add([first, rise]), uniform(theta=1, high=U))
 *
 * Windows are reduced by a balanced tree. The last neuron spells the maximum again, so that consumers read one value and
 * not one per term. Padding is zero, so levels must not be negative.
 */
import { atNode, defineDiagnostics, Rejected } from "../../diagnostics/index.ts";
import {
  conv,
  diagonal,
  type Integer,
  type IntegerGraph,
  type IntegerNode,
  integerLevel,
  integers,
  item,
  type LinearMap,
  levelRange,
  type Make,
  maker,
  rangeOfNode,
  type Shape,
  sizeOf,
  slideExtent,
  transform,
  withInputs,
} from "../../ir/index.ts";
import { definePass } from "../../pass/index.ts";

type Pool = Extract<IntegerNode, { readonly op: "maxPool" }>;

/** Messages of this pass. */
export const maxPoolDiagnostics = defineDiagnostics("eliminate-max-pool", {
  "negative-levels": {
    severity: "error",
    what: "max-pooling of levels that may be negative",
    why: "the least level is {low}; the rewrite pads with zero, which would win over it",
    fix: "put the activation before the pool, or use --mode exact.graded",
  },
});

/** Padding after the map that makes a floor-sized sliding give as many windows as the pool has. */
const paddingOf = (pool: Pool): readonly (readonly [number, number])[] => {
  const from = pool.inputs[0].type.shape.slice(1);
  return from.map((extent, axis) => {
    const [before, after] = pool.attrs.pads[axis] ?? [0, 0];
    const wanted = item(pool.type.shape, axis + 1);
    let extra = 0;
    while (
      slideExtent(extent, item(pool.attrs.kernel, axis), axis, {
        ...pool.attrs,
        pads: from.map(() => [before, after + extra] as const),
      }) < wanted
    )
      extra++;
    return [before, after + extra];
  });
};

/** Picks one tap of every window, times `sign`. */
const tapMap = (
  pool: Pool,
  tap: number,
  sign: number,
  pads: readonly (readonly [number, number])[],
): LinearMap => {
  const from = pool.inputs[0].type.shape;
  const channels = item(from, 0);
  const taps = sizeOf(pool.attrs.kernel);
  const oneHot = Float64Array.from({ length: channels * taps }, (_, i) => (i % taps === tap ? sign : 0));
  const weight = integers(`tap${tap}`, [channels, 1, ...pool.attrs.kernel], oneHot);
  return conv(from, weight, {
    strides: pool.attrs.strides,
    dilations: pool.attrs.dilations,
    pads,
    groups: channels,
  });
};

/** A value as a sum of nodes, and the same negated. */
interface Sum {
  readonly plus: readonly IntegerNode[];
  readonly minus: readonly IntegerNode[];
}

const negated = (make: Make<Integer>, node: IntegerNode): IntegerNode => {
  const shape: Shape = node.type.shape;
  const map = diagonal(shape, integers("minus", [1], Float64Array.of(-1)));
  return make("linear", [node], { map, bias: null, scale: node.type.scale });
};

const clipped = (make: Make<Integer>, terms: readonly IntegerNode[], high: number): IntegerNode => {
  const first = item(terms, 0);
  const sum = terms.length === 1 ? first : make("add", terms, {});
  const theta = integers("one", [1], Float64Array.of(1));
  return make("neuron", [sum], { fn: { kind: "uniform", theta, low: 0, high }, scale: first.type.scale });
};

const larger = (make: Make<Integer>, a: Sum, b: Sum, span: number): Sum => {
  const rise = clipped(make, [...b.plus, ...a.minus], span);
  return { plus: [...a.plus, rise], minus: [...a.minus, negated(make, rise)] };
};

/** Least and greatest level; of a neuron it is known without the ranges of all that it reads. */
const boundsOf = (x: IntegerNode): readonly [number, number] => {
  if (x.op === "neuron") return levelRange(x.attrs.fn);
  const range = rangeOfNode(x);
  return [
    range.low.reduce((a, b) => Math.min(a, b), Infinity),
    range.high.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
};

const eliminate = (pool: Pool, x: IntegerNode): IntegerNode => {
  const make = maker(integerLevel, pool.origins);
  const [low, high] = boundsOf(x);
  const where = atNode(item(pool.origins, 0).name);
  if (low < 0) throw new Rejected([maxPoolDiagnostics.report("negative-levels", where, { low })]);
  const pads = paddingOf(pool);
  const tap = (t: number, sign: number): IntegerNode =>
    make("linear", [x], { map: tapMap(pool, t, sign, pads), bias: null, scale: x.type.scale });
  let sums: readonly Sum[] = Array.from({ length: sizeOf(pool.attrs.kernel) }, (_, t) => ({
    plus: [tap(t, 1)],
    minus: [tap(t, -1)],
  }));
  while (sums.length > 1) {
    const pairs = Array.from({ length: Math.ceil(sums.length / 2) }, (_, i) => sums.slice(2 * i, 2 * i + 2));
    sums = pairs.flatMap(([a, b]) =>
      a !== undefined && b !== undefined ? [larger(make, a, b, high)] : a === undefined ? [] : [a],
    );
  }
  return clipped(make, item(sums, 0).plus, high);
};

export interface Eliminated {
  readonly graph: IntegerGraph;
  /** Every node of the old graph with the node that has its value in the new one. */
  readonly counterpart: ReadonlyMap<IntegerNode, IntegerNode>;
}

/** A graph without max-pooling, and where each old value is found in it. Throws Rejected for negative levels. */
export const eliminateMaxPools = (graph: IntegerGraph): Eliminated => {
  const counterpart = new Map<IntegerNode, IntegerNode>();
  const changed = transform(integerLevel, graph, (node, inputs) => {
    const [x] = inputs;
    const next =
      node.op === "maxPool" && x !== undefined ? eliminate(node, x) : withInputs(integerLevel, node, inputs);
    counterpart.set(node, next);
    return next;
  });
  return { graph: changed, counterpart };
};

export const eliminateMaxPool = definePass({
  name: "eliminate-max-pool",
  level: "integer",
  summary: "Rewrites max-pooling into clipped differences and sums, which every threshold neuron can do.",
  contract: { kind: "exact" },
  idempotent: true,
  options: {},
  run: (graph) => eliminateMaxPools(graph).graph,
});
