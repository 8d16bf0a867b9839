import { item, sizeOf } from "../ir/core/index.ts";
import { type IntegerNode, type LevelFunction, makeInteger } from "../ir/integer/index.ts";
import { reshaped } from "../ir/linear/index.ts";
import type { TensorNode } from "../ir/tensor/index.ts";
import { gridForLevels } from "./common-grid.ts";
import { addedEntries, type Entries, entryAt, finest } from "./entries.ts";
import {
  type Course,
  type FunctionValue,
  type LatticeValue,
  type Refused,
  refuse,
} from "./integer-values.ts";
import { type Levels, levelFunctionOf } from "./jump-table.ts";
import { nameOf } from "./readers.ts";
import { flattened, multipliedBy, partBounds, settled } from "./terms.ts";
import { mostTried, valueTableOf } from "./value-table.ts";

/** How real numbers become levels, part by part. */
export interface Rounding {
  readonly level: (part: number, x: number) => number;
  readonly levels: Levels;
  /** Parts that `level` tells apart. */
  readonly parts: number;
}

interface Rounded {
  readonly node: IntegerNode;
  readonly fn: LevelFunction;
}

/** What one part of a function of a sum is made of. */
interface Part {
  readonly rest: number;
  readonly course: Course;
  /** The level of a real sum without the rest. */
  readonly level: (x: number) => number;
}

const partsOf = (x: FunctionValue, { level }: Rounding, count: number, own: number): readonly Part[] => {
  const rests = x.of.reduce<Entries | null>((sum, t) => addedEntries(sum, t.rest), null);
  return Array.from({ length: count }, (_, c) => {
    const rest = rests === null ? 0 : entryAt(rests, count, c);
    const part = Math.floor((c * x.parts) / count);
    const rounds = Math.floor((c * own) / count);
    return {
      rest,
      course: x.course(part),
      level: (sum) => level(rounds, x.at(part, sum + rest)),
    };
  });
};

const signOf = (part: Part): 1 | -1 => (part.course.kind === "falls" ? -1 : 1);

/** Sums that rise with the level: the sign turned in parts whose function falls. */
const signedSum = (node: IntegerNode, signs: readonly number[]): IntegerNode =>
  signs.every((s) => s === 1) ? node : multipliedBy(node, signs, node.type.scale);

/** One threshold table for functions that rise or fall everywhere. */
const staircase = (name: string, term: LatticeValue, parts: readonly Part[], levels: Levels): Rounded => {
  const signs = parts.map(signOf);
  const rising = signedSum(term.node, signs);
  const level = (c: number, s: number): number =>
    item(parts, c).level(s * item(signs, c) * entryAt(term.scale, parts.length, c));
  return {
    node: rising,
    fn: levelFunctionOf(name, parts.length, level, levels, partBounds(rising, parts.length)),
  };
};

/** Summands on a grid that keeps every level, found part by part. */
const mixedStaircase = (
  name: string,
  terms: readonly LatticeValue[],
  parts: readonly Part[],
  levels: Levels,
): Rounded => {
  const count = parts.length;
  const bounds = terms.map((t) => partBounds(t.node, count));
  const signs = parts.map(signOf);
  const grids = parts.map((part, c) => {
    const sign = item(signs, c);
    const summands = terms.map((t, i) => {
      const [low, high] = item(bounds, i)(c);
      const scale = entryAt(t.scale, count, c);
      return sign === 1 ? { scale, low, high } : { scale, low: -high, high: -low };
    });
    return gridForLevels(summands, (x) => part.level(sign * x), levels.low, levels.high);
  });
  const sum = makeInteger(
    "add",
    terms.map((t, i) =>
      multipliedBy(
        t.node,
        grids.map((g, c) => item(signs, c) * item(g.multipliers, i)),
        grids.map((g) => g.unit),
      ),
    ),
    {},
    item(terms, 0).node.origins,
  );
  const level = (c: number, s: number): number => {
    const { unit, jumps } = item(grids, c);
    if (jumps === null) return item(parts, c).level(item(signs, c) * s * unit);
    let n = 0;
    while (n < jumps.length && s >= item(jumps, n)) n++;
    return levels.low + n;
  };
  return { node: sum, fn: levelFunctionOf(name, count, level, levels, partBounds(sum, count)) };
};

/** A table of levels for functions that turn. */
const freeTable = (name: string, term: LatticeValue, parts: readonly Part[]): Rounded | null => {
  const count = parts.length;
  const bounds = partBounds(term.node, count);
  const tried = parts.some(({ course }, c) => {
    const [low, high] = bounds(c);
    return course.kind === "free" && high - low > mostTried;
  });
  if (tried) return null;
  const real = (c: number, s: number): number => s * entryAt(term.scale, count, c);
  // The course speaks of the argument of the function, which the rest belongs to.
  const course = (c: number): Course => {
    const { course: own, rest } = item(parts, c);
    return own.kind === "turns" ? { ...own, past: (x) => own.past(x + rest) } : own;
  };
  const level = (c: number, s: number): number => item(parts, c).level(real(c, s));
  return { node: term.node, fn: valueTableOf(name, count, { level, course, real, bounds }) };
};

/** Elements as channels, so that each may have a table of its own. */
const unrolled = (term: LatticeValue): LatticeValue => ({
  ...term,
  node: flattened(term.node, [sizeOf(term.node.type.shape)]),
});

/** Entries of all tables of one neuron together. */
const mostEntries = 1 << 24;

const tooMany = (node: TensorNode, entries: number): Refused =>
  refuse(
    node,
    `its tables have ${entries} entries, ${mostEntries} are possible`,
    "use fewer levels, or one scale for all elements",
  );

/** Levels of a function of sums: a neuron whose table is found on the function itself. */
export const roundedNode = (
  node: TensorNode,
  x: FunctionValue,
  rounding: Rounding,
  scale: readonly number[],
): IntegerNode | Refused => {
  const { levels } = rounding;
  const { shape } = node.type;
  const counts = x.of.flatMap((t) => [t.scale.length, t.rest?.length ?? 1]);
  const wanted = finest(x.parts, rounding.parts, ...counts);
  const channels = shape[0] ?? 1;
  const perElement = wanted !== 1 && wanted !== channels;
  const count = perElement ? sizeOf(shape) : wanted;
  if (count * (levels.high - levels.low) > mostEntries)
    return tooMany(node, count * (levels.high - levels.low));
  const terms = perElement ? x.of.map(unrolled) : x.of;
  const parts = partsOf(x, rounding, count, rounding.parts);
  const rounded = tableFor(nameOf(node), terms, parts, levels);
  if (rounded === null)
    return refuse(
      node,
      "the function before it turns more than once, on more sums than can be tried",
      "use an activation that turns at most once",
    );
  const made = makeInteger(
    "neuron",
    [rounded.node],
    { fn: rounded.fn, scale: perElement ? [1] : scale },
    node.origins,
  );
  if (!perElement) return made;
  return makeInteger("linear", [made], { map: reshaped(made.type.shape, shape), scale }, node.origins);
};

const tableFor = (
  name: string,
  terms: readonly LatticeValue[],
  parts: readonly Part[],
  levels: Levels,
): Rounded | null => {
  const turns = parts.some(({ course: { kind } }) => kind !== "rises" && kind !== "falls");
  if (turns) return freeTable(name, settled(terms), parts);
  const [only, ...more] = terms;
  return only !== undefined && more.length === 0
    ? staircase(name, only, parts, levels)
    : mixedStaircase(name, terms, parts, levels);
};
