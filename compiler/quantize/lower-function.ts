import { integers, item, valuesOf } from "../ir/core/index.ts";
import { type IntegerNode, makeInteger, rangeOfNode } from "../ir/integer/index.ts";
import { diagonal } from "../ir/linear/index.ts";
import { type NodeNamed, perChannel } from "./gains.ts";
import {
  type Direction,
  type FunctionValue,
  type IntegerValue,
  type LatticeValue,
  type Lower,
  lattice,
  quantizeFirst,
  type Refused,
  refuse,
  type ScalarFunctions,
  scaleAt,
  silent,
} from "./integer-values.ts";
import { levelFunctionOf } from "./jump-table.ts";
import { lowerDiagonal } from "./lower-linear.ts";
import { nameOf } from "./readers.ts";

const plain = (of: LatticeValue): FunctionValue => ({
  kind: "function",
  of,
  at: (_, x) => x,
  perChannel: false,
  direction: () => 1,
});

const functionOf = (
  node: NodeNamed<"unary" | "affine" | "quantize">,
  value: IntegerValue,
): FunctionValue | Refused => {
  switch (value.kind) {
    case "function":
      return value;
    case "lattice":
      return plain(value);
    case "refused":
      return silent;
    default:
      return refuse(node, "it reads no value of the network that can be rounded", quantizeFirst);
  }
};

export const lowerUnary =
  ({ scalar }: ScalarFunctions): Lower<"unary"> =>
  (node, of) => {
    const x = functionOf(node, of(node.inputs[0]));
    if (x.kind === "refused") return x;
    const { fn } = node.attrs;
    const f = scalar(fn);
    const rises = fn.kind !== "leakyRelu" || fn.slope >= 0;
    return { ...x, at: (c, value) => f(x.at(c, value)), direction: (c) => (rises ? x.direction(c) : 0) };
  };

const turned = (direction: Direction, negative: boolean): Direction => {
  if (!negative || direction === 0) return direction;
  return direction === 1 ? -1 : 1;
};

/** On a grid: integer weights. Else a part of the function of a neuron, or, as a mere factor, of the scale. */
export const lowerAffine: Lower<"affine"> = (node, of) => {
  const value = of(node.inputs[0]);
  const { scale, shift } = node.attrs;
  const { shape } = node.type;
  if (scale.grid !== null && value.kind === "lattice") return lowerDiagonal(node, value);
  const x = functionOf(node, value);
  if (x.kind === "refused") return x;
  const gains = perChannel(valuesOf(scale), shape);
  const shifts = shift === null ? null : perChannel(valuesOf(shift), shape);
  if (gains === null || (shift !== null && shifts === null))
    return refuse(node, "its factors differ inside a channel", "move it into the weights of a dense layer");
  if (value.kind === "lattice" && shift === null && gains.every((g) => g > 0))
    return lattice(
      value.node,
      [...gains].map((g, c) => scaleAt(value.scale, c) * g),
    );
  return {
    ...x,
    at: (c, y) => item(gains, c) * x.at(c, y) + (shifts === null ? 0 : item(shifts, c)),
    perChannel: true,
    direction: (c) => turned(x.direction(c), item(gains, c) < 0),
  };
};

/** Least and greatest proved sum of each of `channels` equal parts. */
const boundsOf = (node: IntegerNode, channels: number): ((channel: number) => readonly [number, number]) => {
  const { low, high } = rangeOfNode(node);
  const inner = low.length / channels;
  return (c) => {
    const [lows, highs] = [low, high].map((all) => all.subarray(c * inner, (c + 1) * inner));
    return [
      (lows ?? low).reduce((a, b) => Math.min(a, b), Infinity),
      (highs ?? high).reduce((a, b) => Math.max(a, b), -Infinity),
    ];
  };
};

/** The sums with their sign turned in channels whose function never rises, so that it never falls. */
const risingSums = ({ node, scale }: LatticeValue, directions: readonly Direction[]): IntegerNode => {
  if (directions.every((d) => d === 1)) return node;
  const signs = integers("signs", [directions.length], Float64Array.from(directions));
  return makeInteger("linear", [node], { map: diagonal(node.type.shape, signs), scale }, node.origins);
};

const oneZero = ({ attrs: { zero } }: NodeNamed<"quantize" | "dequantize">): number | null =>
  zero.every((z) => z === zero[0]) ? (zero[0] ?? 0) : null;

const inputLevels = (node: NodeNamed<"quantize">, input: NodeNamed<"input">, zero: number): IntegerValue => {
  const { scale, low, high, round } = node.attrs;
  const { name, shape } = input.attrs;
  const made = makeInteger(
    "input",
    [],
    { name, shape, scale, low: low - zero, high: high - zero, round },
    input.origins,
  );
  return { kind: "levels", node: made, scale, zero };
};

export const lowerQuantize =
  ({ rounding }: ScalarFunctions): Lower<"quantize"> =>
  (node, of) => {
    const value = of(node.inputs[0]);
    const { scale, axis, low, high, round } = node.attrs;
    const zero = oneZero(node);
    if (zero === null || (axis !== 0 && scale.length > 1))
      return refuse(
        node,
        "it has zero points or scales along another axis than 0",
        "use one zero point, and scales along axis 0",
      );
    if (value.kind === "raw") return inputLevels(node, value.input, zero);
    const x = functionOf(node, value);
    if (x.kind === "refused") return x;
    const { of: sum, perChannel: differs } = x;
    const channels = differs || scale.length > 1 || sum.scale.length > 1 ? (node.type.shape[0] ?? 1) : 1;
    const directions = Array.from({ length: channels }, (_, c) => x.direction(c));
    if (directions.includes(0))
      return refuse(
        node,
        "the function before it both rises and falls",
        "use an activation that never falls",
      );
    const rising = risingSums(sum, directions);
    const nearest = rounding(round);
    const level = (c: number, s: number): number => {
      const real = s * item(directions, c) * scaleAt(sum.scale, c);
      return Math.min(high, Math.max(low, nearest(x.at(c, real) / scaleAt(scale, c)) + zero)) - zero;
    };
    const levels = { low: low - zero, high: high - zero };
    const fn = levelFunctionOf(nameOf(node), channels, level, levels, (c) => boundsOf(rising, channels)(c));
    return {
      kind: "levels",
      node: makeInteger("neuron", [rising], { fn, scale }, node.origins),
      scale,
      zero,
    };
  };

export const lowerDequantize: Lower<"dequantize"> = (node, of) => {
  const value = of(node.inputs[0]);
  if (value.kind === "refused") return silent;
  const { scale } = node.attrs;
  const same =
    value.kind === "levels" &&
    oneZero(node) === value.zero &&
    scale.every((s, c) => s === scaleAt(value.scale, c));
  if (!same)
    return refuse(node, "it does not undo the quantize before it", "give both the same scale and zero point");
  return lattice(value.node);
};
