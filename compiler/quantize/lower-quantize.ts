import { integers, item, perGraph, valuesOf } from "../ir/core/index.ts";
import { type IntegerNode, makeInteger } from "../ir/integer/index.ts";
import { reshaped } from "../ir/linear/index.ts";
import type { TensorNode } from "../ir/tensor/index.ts";
import type { NodeNamed } from "./gains.ts";
import {
  type Course,
  type FunctionValue,
  type IntegerValue,
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
import { roundedNode } from "./round-sums.ts";

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
