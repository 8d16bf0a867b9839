import { item, sizeOf, spreadTo, valuesOf } from "../ir/core/index.ts";
import { courseOf, type Running, runningOf, slopeRunning } from "./course.ts";
import { entryAt, fewest, finest } from "./entries.ts";
import {
  type FunctionValue,
  type Lower,
  lattice,
  refuse,
  type ScalarFunctions,
  silent,
  sumOf,
} from "./integer-values.ts";
import { lowerDiagonal } from "./lower-linear.ts";
import { functionOf, shiftedBy } from "./lower-quantize.ts";
import { partBounds } from "./terms.ts";

/** A function behind another; `parts` are those that it tells apart. */
const behind = (
  x: FunctionValue,
  parts: number,
  at: (part: number, y: number) => number,
  running: (part: number) => Running,
  plain = false,
): FunctionValue => {
  const count = finest(x.parts, parts);
  const inner = (part: number): number => Math.floor((part * x.parts) / count);
  const outer = (part: number): number => Math.floor((part * parts) / count);
  const before = (part: number, y: number): number => x.at(inner(part), y);
  return {
    kind: "function",
    of: x.of,
    parts: count,
    at: (part, y) => at(outer(part), before(part, y)),
    course: (part) => courseOf(running(outer(part)), x.course(inner(part)), (y) => before(part, y)),
    plain: x.plain && plain,
  };
};

export const lowerUnary =
  ({ scalar }: ScalarFunctions): Lower<"unary"> =>
  (node, of) => {
    const x = functionOf(node, of(node.inputs[0]));
    if (x.kind === "refused") return x;
    const { fn } = node.attrs;
    const f = scalar(fn);
    const running = runningOf(fn);
    return behind(
      x,
      1,
      (_, y) => f(y),
      () => running,
      fn.kind === "relu" || fn.kind === "clip",
    );
  };

export const lowerPrelu: Lower<"prelu"> = (node, of) => {
  const x = functionOf(node, of(node.inputs[0]));
  if (x.kind === "refused") return x;
  const slopes = valuesOf(node.attrs.slope);
  const slope = (part: number): number => item(slopes, part);
  return behind(
    x,
    slopes.length,
    (part, y) => (y >= 0 ? y : slope(part) * y),
    (part) => slopeRunning(slope(part)),
  );
};

/** On a grid: integer weights. Else a part of the function of a neuron, or, as a mere factor, of the scale. */
export const lowerAffine: Lower<"affine"> = (node, of) => {
  const value = of(node.inputs[0]);
  const { scale, shift } = node.attrs;
  const { shape } = node.type;
  if (scale.grid !== null && value.kind === "lattice") return lowerDiagonal(node, value);
  const size = sizeOf(shape);
  const gains = fewest(spreadTo(valuesOf(scale), size), shape);
  const shifts = shift === null ? [0] : fewest(spreadTo(valuesOf(shift), size), shape);
  const factors = gains.every((g) => g > 0) && (gains.length === 1 || gains.length === shape[0]);
  if ((value.kind === "lattice" || value.kind === "mixture") && factors && shifts.every((s) => s === 0)) {
    const terms = value.kind === "lattice" ? [value] : value.terms;
    return sumOf(
      terms.map((t) => {
        const rest = t.rest === null ? null : times(t.rest, gains);
        return lattice(t.node, times(t.scale, gains), rest);
      }),
    );
  }
  const x = functionOf(node, value);
  if (x.kind === "refused") return x;
  const parts = finest(gains.length, shifts.length);
  return behind(
    x,
    parts,
    (part, y) => entryAt(gains, parts, part) * y + entryAt(shifts, parts, part),
    (part) => ({ kind: entryAt(gains, parts, part) < 0 ? "falls" : "rises" }),
  );
};

const times = (a: readonly number[], b: readonly number[]): readonly number[] => {
  const length = finest(a.length, b.length);
  return Array.from({ length }, (_, i) => entryAt(a, length, i) * entryAt(b, length, i));
};

const wide = { f32: true, i64: true, i32: true } as const;

const isWide = (to: string): to is keyof typeof wide => to in wide;

/** Levels as numbers, and whole numbers that fit: nothing changes. Other casts round or wrap. */
export const lowerCast: Lower<"cast"> = (node, of) => {
  const value = of(node.inputs[0]);
  const { to } = node.attrs;
  if (value.kind === "refused") return silent;
  if (isWide(to) && value.kind === "levels") {
    const number = shiftedBy(value.node, value.zero);
    return to === "f32" ? lattice(number, [1]) : { kind: "levels", node: number, scale: [1], zero: 0 };
  }
  const whole = value.kind === "lattice" && value.rest === null && value.scale.every((s) => s === 1);
  if (to === "f32" && (value.kind === "lattice" || value.kind === "mixture" || value.kind === "function"))
    return value;
  if (isWide(to) && whole) {
    const [low, high] = partBounds(value.node, 1)(0);
    if (Math.max(-low, high) < 2 ** 24) return value;
  }
  return refuse(node, `a cast to ${to} rounds or wraps values that are no levels`, "quantize them instead");
};
