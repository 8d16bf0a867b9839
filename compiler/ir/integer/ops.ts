import type { Graph, Node, Shape } from "../core/index.ts";
import { leaf, one, schema, some } from "../core/index.ts";
import { linearMap } from "../linear/index.ts";
import { levelFunction } from "./level-function.ts";

const { float, int, list, nullable, or, pair, perAxis, text, weight, word } = schema;

/** Integers of one sample; an integer n means n * scale (one entry, or one per channel). There are no zero points. */
export interface IntegerType {
  readonly shape: Shape;
  readonly scale: readonly number[];
}

const scale = list(float);

/** The op table of the integer level; equations: `level.ts`. */
export const integerOps = {
  /** The encoder rounds: clip(round(x / scale), low, high). The network sees integers. */
  input: leaf({
    name: text,
    shape: list(int),
    scale,
    low: int,
    high: int,
    round: or(word("even", "up", "floor"), "up"),
  }),
  linear: one({ map: linearMap, bias: nullable(weight), scale }),
  add: some({}),
  neuron: one({ fn: levelFunction, scale }),
  maxPool: one({
    kernel: list(int),
    strides: perAxis(int),
    dilations: perAxis(int),
    pads: perAxis(pair),
    ceil: or(schema.bool, false),
  }),
  concat: some({ axis: int }),
};

export interface Integer {
  readonly ops: typeof integerOps;
  readonly type: IntegerType;
}

export type IntegerNode = Node<Integer>;
export type IntegerGraph = Graph<Integer>;
