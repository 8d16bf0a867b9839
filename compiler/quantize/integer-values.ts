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

/** Real values that are integers times a scale. */
export interface LatticeValue {
  readonly kind: "lattice";
  readonly node: IntegerNode;
  /** May differ from the scale in the node's type by factors that a real `affine` put on top. */
  readonly scale: Scale;
}

export type Direction = 1 | -1 | 0;

/** A function of a lattice value, element by element, that waits to be rounded. */
export interface FunctionValue {
  readonly kind: "function";
  readonly of: LatticeValue;
  readonly at: (channel: number, x: number) => number;
  /** The function differs between channels. */
  readonly perChannel: boolean;
  /** 1 where the function of a channel never falls, -1 where it never rises, 0 where it does both. */
  readonly direction: (channel: number) => Direction;
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

export const lattice = (node: IntegerNode, scale: Scale = node.type.scale): LatticeValue => ({
  kind: "lattice",
  node,
  scale,
});

/** The lattice value that `reader` needs, or why it gets none. */
export const wantLattice = (reader: TensorNode, value: IntegerValue): LatticeValue | Refused => {
  switch (value.kind) {
    case "lattice":
      return value;
    case "refused":
      return silent;
    case "raw":
      return refuse(reader, "it reads a network input that is not rounded to levels", quantizeFirst);
    default:
      return refuse(reader, "it reads a value that is not rounded to levels", quantizeFirst);
  }
};

export const quantizeFirst = "run the quantize pass, or round the values that it reads";
export const oneScale = "give all channels of what it reads one scale";

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
