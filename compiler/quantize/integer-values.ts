import { atNode, type Diagnostic } from "../diagnostics/index.ts";
import { item } from "../ir/core/index.ts";
import { type IntegerNode, makeInteger } from "../ir/integer/index.ts";
import { reshaped } from "../ir/linear/index.ts";
import type { Scalar, TensorNode } from "../ir/tensor/index.ts";
import { quantizeDiagnostics } from "./diagnostics.ts";
import type { NodeNamed } from "./gains.ts";
import { nameOf } from "./readers.ts";

/** One entry for all channels, or one per channel of axis 0. */
export type Scale = readonly number[];

/** Real values that are integers times a scale, plus a constant. */
export interface LatticeValue {
  readonly kind: "lattice";
  readonly node: IntegerNode;
  /** May differ from the scale in the node's type by factors that a real `affine` put on top. */
  readonly scale: Scale;
  /**
   * What the integers leave out of the real value: one entry, or one per channel; null is zero. A bias that is on no grid
   * keeps its rest here. Jump tables count it in, so levels stay exact; an output drops it (half a unit at most).
   */
  readonly rest: Scale | null;
}

/** A sum of lattice values whose scales share no unit yet: the rounding behind it decides which unit is fine enough. */
export interface MixtureValue {
  readonly kind: "mixture";
  readonly terms: readonly LatticeValue[];
}

/** How a function of a real number runs. */
export type Course =
  | { readonly kind: "rises" | "falls" | "free" }
  /** Turns once: it falls (or rises, as `first` says) while `past` is false, and runs the other way where it is true. */
  | { readonly kind: "turns"; readonly first: "rises" | "falls"; readonly past: (x: number) => boolean };

/** A function of a sum of lattice values, element by element, that waits to be rounded. */
export interface FunctionValue {
  readonly kind: "function";
  readonly of: readonly LatticeValue[];
  /** Equal parts of the elements that have functions of their own: 1, one per channel of axis 0, or one per element. */
  readonly parts: number;
  readonly at: (part: number, x: number) => number;
  readonly course: (part: number) => Course;
  /** Only bounds are put on the sum: a sum on a tie stays on it, whatever rounding doubles did on the way. */
  readonly plain: boolean;
}

/** Rounded numbers: integer + zero. */
export interface LevelsValue {
  readonly kind: "levels";
  readonly node: IntegerNode;
  readonly scale: Scale;
  readonly zero: number;
}

/** No integer form; without faults of its own when what it reads is refused already. */
export interface Refused {
  readonly kind: "refused";
  readonly faults: readonly Diagnostic[];
}

/** What a tensor node is at the integer level. */
export type IntegerValue =
  | { readonly kind: "raw"; readonly input: NodeNamed<"input"> }
  | LatticeValue
  | MixtureValue
  | FunctionValue
  | LevelsValue
  | Refused;

/** The functions of the tensor interpreter, so that thresholds are found on the very functions that it runs. */
export interface ScalarFunctions {
  readonly scalar: (fn: Scalar) => (x: number) => number;
  readonly rounding: (mode: "even" | "up" | "floor") => (x: number) => number;
}

/** Lowers one node from the values of its inputs. */
export type Lower<K extends TensorNode["op"]> = (
  node: NodeNamed<K>,
  of: (input: TensorNode) => IntegerValue,
) => IntegerValue;

export const refuse = (node: TensorNode, reason: string, remedy: string): Refused => ({
  kind: "refused",
  faults: [quantizeDiagnostics.report("unsupported", atNode(nameOf(node)), { op: node.op, reason, remedy })],
});

/** Behind something that is refused there is nothing more to say. */
export const silent: Refused = { kind: "refused", faults: [] };

export const lattice = (
  node: IntegerNode,
  scale: Scale = node.type.scale,
  rest: Scale | null = null,
): LatticeValue => ({ kind: "lattice", node, scale, rest });

/** Summands of the value that `reader` needs, or why it gets none. */
export const wantTerms = (reader: TensorNode, value: IntegerValue): readonly LatticeValue[] | Refused => {
  switch (value.kind) {
    case "lattice":
      return [value];
    case "mixture":
      return value.terms;
    case "refused":
      return silent;
    case "raw":
      return refuse(reader, "it reads a network input that is not rounded to levels", quantizeFirst);
    default:
      return refuse(reader, "it reads a value that is not rounded to levels", quantizeFirst);
  }
};

export const isRefused = (value: readonly unknown[] | Refused): value is Refused => "faults" in value;

/** One value, or a sum that has no unit yet. */
export const sumOf = (terms: readonly LatticeValue[]): LatticeValue | MixtureValue => {
  const [only, ...more] = terms;
  return only !== undefined && more.length === 0 ? only : { kind: "mixture", terms };
};

export const quantizeFirst = "run the quantize pass, or round the values that it reads";
export const oneScale = "give all channels of what it reads one scale";

/** Entry `part` of a list that has one for all, or one for each. */
export const scaleAt = (scale: Scale, channel: number): number =>
  item(scale, scale.length === 1 ? 0 : channel);

/** Equal but for rounding. */
export const agree = (a: number, b: number): boolean =>
  Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));

const sameScale = (a: Scale, b: Scale): boolean => a.length === b.length && a.every((s, i) => s === b[i]);

/** The integers of a value with exactly this scale in their type; a map that changes nothing carries another one. */
export const withScale = ({ node }: LatticeValue, scale: Scale): IntegerNode => {
  if (sameScale(node.type.scale, scale)) return node;
  const { shape } = node.type;
  return makeInteger("linear", [node], { map: reshaped(shape, shape), scale }, node.origins);
};
