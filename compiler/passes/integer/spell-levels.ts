/**
 * Rewrites neurons whose levels a spike code cannot spell: codes count from zero, and a threshold neuron only rises.
 *
 * A table that rises and falls is a sum of jumps, so it is the difference of two rising staircases:
 * Before: q = neuron(S, steps(breaks=[-2, 4], values=[1, 0, 2]))
 * After:  up = neuron(S, steps(breaks=[4, 4])), down = neuron(S, steps(breaks=[-2])),
 *         q = add([linear(up, bias=1), linear(down, -1)])
 *
 * Levels that begin at low != 0 are counted from there. With one threshold a channel this only moves the sum, since
 * floor((S - low theta + floor(theta / 2)) / theta) = q - low; the digits of a code can still be taken back by theta:
 * Before: q = neuron(S, uniform(theta, low=-7, high=7))
 * After:  n = neuron(linear(S, bias=7 theta), uniform(theta, high=14)), q = linear(n, bias=-7)
 * Before: q = neuron(S, steps(breaks, low=-7))
 * After:  n = neuron(S, steps(breaks)), q = linear(n, bias=-7)
 *
 * The maximum of shifted levels is the shifted maximum, so pools read levels from zero too.
 */
import {
  channelsOf,
  diagonal,
  type Integer,
  type IntegerGraph,
  type IntegerNode,
  integerLevel,
  integers,
  item,
  jump,
  type LevelFunction,
  levelRange,
  type Make,
  maker,
  nodesOf,
  rangeOfNode,
  reshaped,
  transform,
  withInputs,
} from "../../ir/index.ts";
import { definePass } from "../../pass/index.ts";

/** What a code can spell. */
export interface Spelling {
  /** Levels may begin below or above zero. */
  readonly signed: boolean;
  /** Tables may have values of their own. */
  readonly freeValues: boolean;
}

type Neuron = Extract<IntegerNode, { readonly op: "neuron" }>;

/** A value as `node` + `offset`. */
interface Lifted {
  readonly node: IntegerNode;
  readonly offset: number;
}

const staircaseOf = (
  name: string,
  rows: readonly (readonly number[])[],
  beyond: number,
): LevelFunction | null => {
  const count = rows.reduce((most, row) => Math.max(most, row.length), 0);
  if (count === 0) return null;
  const breaks = rows.flatMap((row) => [...row, ...Array.from({ length: count - row.length }, () => beyond)]);
  const table = integers(name, [rows.length, count], Float64Array.from(breaks));
  return { kind: "steps", breaks: table, values: null, low: 0 };
};

interface Table {
  readonly first: readonly number[];
  readonly up: readonly (readonly number[])[];
  readonly down: readonly (readonly number[])[];
}

/** Jumps of a table up and down, each as often as it is high. */
const jumpsOf = (fn: Extract<LevelFunction, { readonly kind: "steps" }>): Table => {
  const count = item(fn.breaks.shape, 1);
  const breaks = fn.breaks.stored();
  const values = fn.values?.stored() ?? new Float64Array(0);
  const rows = Array.from({ length: channelsOf(fn) }, (_, c) => c);
  const jumps = (sign: 1 | -1): readonly (readonly number[])[] =>
    rows.map((c) =>
      Array.from({ length: count }, (_, k) => {
        const rise = sign * (item(values, c * (count + 1) + k + 1) - item(values, c * (count + 1) + k));
        return Array.from({ length: Math.max(0, rise) }, () => item(breaks, c * count + k));
      }).flat(),
    );
  return { first: rows.map((c) => item(values, c * (count + 1))), up: jumps(1), down: jumps(-1) };
};

const greatest = (node: IntegerNode): number =>
  rangeOfNode(node).high.reduce((a, b) => Math.max(a, b), -Infinity);

const vector = (name: string, values: readonly number[]) =>
  integers(name, [values.length], Float64Array.from(values));

const difference = (neuron: Neuron, x: IntegerNode, make: Make<Integer>): IntegerNode => {
  const { fn, scale } = neuron.attrs;
  if (fn.kind !== "steps") return neuron;
  const { first, up, down } = jumpsOf(fn);
  const beyond = greatest(x) + 1;
  const { shape } = x.type;
  const part = (rows: Table["up"], sign: 1 | -1, bias: readonly number[]): readonly IntegerNode[] => {
    const stairs = staircaseOf(sign === 1 ? "up" : "down", rows, beyond);
    if (stairs === null) return [];
    const rising = make("neuron", [x], { fn: stairs, scale });
    const map = diagonal(shape, vector("sign", [sign]));
    const added = bias.every((b) => b === 0) ? null : vector("first", bias);
    return [make("linear", [rising], { map, bias: added, scale })];
  };
  // A table of one value still is a neuron that never fires.
  const flat = [...up, ...down].every((row) => row.length === 0);
  const rises = part(flat ? first.map(() => [beyond]) : up, 1, first);
  const falls = part(down, -1, rises.length > 0 ? [0] : first);
  const parts = [...rises, ...falls];
  const [only, ...more] = parts;
  if (only === undefined) return neuron;
  return more.length === 0 ? only : make("add", parts, {});
};

const counted = (neuron: Neuron, x: IntegerNode, make: Make<Integer>): Lifted => {
  const { fn, scale } = neuron.attrs;
  const [low, high] = levelRange(fn);
  if (fn.kind === "uniform") {
    const lift = integers(
      "lift",
      fn.theta.shape,
      fn.theta.stored().map((theta) => -low * theta),
    );
    const map = reshaped(x.type.shape, x.type.shape);
    const lifted = make("linear", [x], { map, bias: lift, scale: x.type.scale });
    return {
      node: make("neuron", [lifted], { fn: { ...fn, low: 0, high: high - low }, scale }),
      offset: low,
    };
  }
  const rows = Array.from({ length: channelsOf(fn) }, (_, c) =>
    Array.from({ length: high - low }, (_, k) => jump(fn, c, low + k + 1)),
  );
  const stairs = staircaseOf("jumps", rows, 0);
  if (stairs === null) return { node: make("neuron", [x], { fn, scale }), offset: 0 };
  return { node: make("neuron", [x], { fn: stairs, scale }), offset: low };
};

const shifted = ({ node, offset }: Lifted): IntegerNode => {
  if (offset === 0) return node;
  const { shape, scale } = node.type;
  const attrs = { map: reshaped(shape, shape), bias: vector("offset", [offset]), scale };
  return maker(integerLevel, node.origins)("linear", [node], attrs);
};

/** Levels from zero on: of sums, as a neuron that repeats them. */
const fromZero = (x: Lifted): Lifted => {
  const { low, high } = rangeOfNode(x.node);
  const [least, most] = [low.reduce((a, b) => Math.min(a, b)), high.reduce((a, b) => Math.max(a, b))];
  if (least >= 0) return x;
  const make = maker(integerLevel, x.node.origins);
  const fn = { kind: "uniform", theta: vector("one", [1]), low: 0, high: most - least } as const;
  const above = shifted({ node: x.node, offset: -least });
  return { node: make("neuron", [above], { fn, scale: x.node.type.scale }), offset: x.offset + least };
};

export interface Spelled {
  readonly graph: IntegerGraph;
  /** Nodes of the old graph whose value is that of one node of the new graph. */
  readonly counterpart: ReadonlyMap<IntegerNode, IntegerNode>;
}

/** A graph with levels that the code can spell, where its neurons can be rewritten, and where each old value is found. */
export const spellLevels = (graph: IntegerGraph, { signed, freeValues }: Spelling): Spelled => {
  const counterpart = new Map<IntegerNode, IntegerNode>();
  const offsets = new Map<IntegerNode, Lifted>();
  const put = (old: IntegerNode, lifted: Lifted): IntegerNode => {
    const made = shifted(lifted);
    counterpart.set(old, made);
    offsets.set(made, lifted);
    return made;
  };
  const changed = transform(integerLevel, graph, (node, inputs) => {
    const [x] = inputs;
    const make = maker(integerLevel, node.origins);
    if (node.op === "neuron" && x !== undefined) {
      const { fn } = node.attrs;
      const free = fn.kind === "steps" && fn.values !== null;
      if (free && !freeValues) return put(node, { node: difference(node, x, make), offset: 0 });
      if (!free && !signed && levelRange(fn)[0] !== 0) return put(node, counted(node, x, make));
    }
    if (node.op === "maxPool" && x !== undefined && !signed) {
      const { node: inner, offset } = fromZero(offsets.get(x) ?? { node: x, offset: 0 });
      if (inner !== x) return put(node, { node: make("maxPool", [inner], node.attrs), offset });
    }
    const next = withInputs(integerLevel, node, inputs);
    counterpart.set(node, next);
    return next;
  });
  const kept = new Set(nodesOf(changed));
  return { graph: changed, counterpart: new Map([...counterpart].filter(([, twin]) => kept.has(twin))) };
};

export const spellLevelsPass = definePass({
  name: "spell-levels",
  level: "integer",
  summary: "Rewrites tables that fall and levels below zero into rising staircases from zero.",
  contract: { kind: "exact" },
  idempotent: true,
  options: {},
  run: (graph) => spellLevels(graph, { signed: false, freeValues: false }).graph,
});
