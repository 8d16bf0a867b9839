import { integers, item, perGraph, sizeOf, valuesOf } from "../ir/core/index.ts";
import { type IntegerNode, type LevelFunction, makeInteger } from "../ir/integer/index.ts";
import { reshaped } from "../ir/linear/index.ts";
import type { TensorNode } from "../ir/tensor/index.ts";
import { gridForLevels } from "./common-grid.ts";
import { addedEntries, type Entries, entryAt, finest } from "./entries.ts";
import type { NodeNamed } from "./gains.ts";
import {
  type Course,
  type FunctionValue,
  type IntegerValue,
  type LatticeValue,
  type LevelsValue,
  type Lower,
  lattice,
  quantizeFirst,
  type Refused,
  refuse,
  type ScalarFunctions,
  scaleAt,
  silent,
} from "./integer-values.ts";
import { type Levels, levelFunctionOf } from "./jump-table.ts";
import { nameOf } from "./readers.ts";
import { flattened, multipliedBy, partBounds, settled } from "./terms.ts";
import { mostTried, valueTableOf } from "./value-table.ts";

/** A value as a function that waits to be rounded. */
export const functionOf = (node: TensorNode, value: IntegerValue): FunctionValue | Refused => {
  const identity = { kind: "function", parts: 1, at: (_: number, x: number) => x, plain: true } as const;
  const course = (): Course => ({ kind: "rises" });
  switch (value.kind) {
    case "function":
      return value;
    case "lattice":
      return { ...identity, course, of: [value] };
    case "mixture":
      return { ...identity, course, of: value.terms };
    case "refused":
      return silent;
    default:
      return refuse(node, "it reads no value of the network that can be rounded", quantizeFirst);
  }
};

/** x, or the half-integer that it misses by the rounding of doubles: the mean of six levels may lie on a tie. */
const withTies = (x: number): number => {
  const twice = Math.round(2 * x);
  return Math.abs(2 * x - twice) <= 1e-11 * Math.max(1, Math.abs(x)) ? twice / 2 : x;
};

/** How real numbers become levels, part by part. */
interface Rounding {
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
const roundedNode = (
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

export const oneZero = ({ attrs: { zero } }: NodeNamed<"quantize" | "dequantize">): number | null =>
  zero.every((z) => z === zero[0]) ? (zero[0] ?? 0) : null;

/** Levels of a network input: one encoder, though several nodes may round the input alike. */
const inputLevels = (
  node: NodeNamed<"quantize">,
  input: NodeNamed<"input">,
  zero: number,
  known: Map<string, LevelsValue>,
): LevelsValue => {
  const { scale, low, high, round } = node.attrs;
  const grid = JSON.stringify([scale, zero, low, high, round]);
  const found = known.get(grid);
  if (found !== undefined) return found;
  const { name, shape } = input.attrs;
  const range = { low: low - zero, high: high - zero };
  const made = makeInteger("input", [], { name, shape, scale, ...range, round }, input.origins);
  const value: LevelsValue = { kind: "levels", node: made, scale, zero };
  known.set(grid, value);
  return value;
};

const manyZeros = (node: TensorNode): Refused =>
  refuse(
    node,
    "it has several zero points, or scales along another axis than 0",
    "use one zero point, and scales along axis 0",
  );

export const lowerQuantize = ({ rounding }: ScalarFunctions): Lower<"quantize"> => {
  const encoders = perGraph((_input: TensorNode) => new Map<string, LevelsValue>());
  return (node, of) => {
    const value = of(node.inputs[0]);
    const { scale, axis, low, high, round } = node.attrs;
    const zero = oneZero(node);
    if (zero === null || (axis !== 0 && scale.length > 1)) return manyZeros(node);
    if (value.kind === "raw") return inputLevels(node, value.input, zero, encoders(value.input));
    const x = functionOf(node, value);
    if (x.kind === "refused") return x;
    const rounds = rounding(round);
    const nearest = x.plain ? (y: number): number => rounds(withTies(y)) : rounds;
    const level = (c: number, y: number): number =>
      Math.min(high, Math.max(low, nearest(y / scaleAt(scale, c)) + zero)) - zero;
    const levels = { low: low - zero, high: high - zero };
    const made = roundedNode(node, x, { level, levels, parts: scale.length }, scale);
    return "faults" in made ? made : { kind: "levels", node: made, scale, zero };
  };
};

/** low + #{ k : y >= T[c, k] }; a threshold that is missed by the rounding of doubles counts. */
export const lowerSteps: Lower<"steps"> = (node, of) => {
  const x = functionOf(node, of(node.inputs[0]));
  if (x.kind === "refused") return x;
  const { thresholds, low } = node.attrs;
  const [parts, count] = [item(thresholds.shape, 0), item(thresholds.shape, 1)];
  const stored = valuesOf(thresholds);
  const level = (c: number, y: number): number => {
    const reached = y + 1e-11 * Math.abs(y);
    let n = 0;
    while (n < count && reached >= item(stored, c * count + n)) n++;
    return low + n;
  };
  const made = roundedNode(node, x, { level, levels: { low, high: low + count }, parts }, [1]);
  return "faults" in made ? made : { kind: "levels", node: made, scale: [1], zero: 0 };
};

/** (q - zero) scale: the integers themselves, moved where the zero point is another one than they were made with. */
export const lowerDequantize: Lower<"dequantize"> = (node, of) => {
  const value = of(node.inputs[0]);
  if (value.kind === "refused") return silent;
  if (value.kind !== "levels") return refuse(node, "it reads no levels", "put a quantize before it");
  const { scale, axis } = node.attrs;
  const zero = oneZero(node);
  if (zero === null || (axis !== 0 && scale.length > 1)) return manyZeros(node);
  return lattice(shiftedBy(value.node, value.zero - zero), scale);
};

/** The node plus a whole number. */
export const shiftedBy = (node: IntegerNode, by: number): IntegerNode => {
  if (by === 0) return node;
  const { shape, scale } = node.type;
  const bias = integers("zero", [1], Float64Array.of(by));
  return makeInteger("linear", [node], { map: reshaped(shape, shape), bias, scale }, node.origins);
};
