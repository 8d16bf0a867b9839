import { type NodeOf, type Numbers, type PerOp, perGraph } from "../../compiler/ir/core/index.ts";
import type { Integer, IntegerGraph, IntegerNode } from "../../compiler/ir/integer/index.ts";
import { levelOf } from "../../compiler/ir/integer/level-function.ts";
import { evaluator, type Run } from "../evaluate.ts";
import { givenFor } from "../given.ts";
import { joined, summed } from "../kernels/join.ts";
import { maxOfWindows } from "../kernels/max-pool.ts";
import { windowsOf } from "../kernels/windows.ts";
import { encodeInput } from "./encode.ts";
import { linear } from "./linear.ts";

export type IntegerRun = Run<Integer>;

const windowsOfPool = perGraph(({ attrs, inputs: [x], type }: NodeOf<Integer, "maxPool">) =>
  windowsOf(x.type.shape.slice(1), type.shape.slice(1), attrs.kernel, attrs),
);

/** q = fn(S), the channel is the index on axis 0 */
const neuron = ({ attrs: { fn } }: NodeOf<Integer, "neuron">, { shape, data }: Numbers): Numbers => {
  const level = levelOf(fn);
  const inner = data.length / (shape[0] ?? 1);
  return { shape, data: data.map((sum, i) => level(Math.floor(i / inner), sum)) };
};

const equations: PerOp<Integer, Numbers> = {
  input: ({ attrs: { name } }) => {
    throw new Error(`input ${name} is not listed by its graph`);
  },
  linear: (node, of) => linear(node, of(node.inputs[0])),
  add: ({ inputs }, of) => summed(inputs.map(of)),
  neuron: (node, of) => neuron(node, of(node.inputs[0])),
  maxPool: (node, of) => maxOfWindows(of(node.inputs[0]), node.type.shape, windowsOfPool(node)),
  concat: ({ inputs, attrs: { axis }, type: { shape } }, of) => joined(inputs.map(of), axis, shape),
};

const evaluate = evaluator<Integer>(equations);

const checkedLevels = (
  { attrs: { name, low, high } }: NodeOf<Integer, "input">,
  levels: Numbers,
): Numbers => {
  const at = levels.data.findIndex((q) => !(Number.isInteger(q) && q >= low && q <= high));
  if (at >= 0)
    throw new Error(`input ${name}[${at}] is ${levels.data[at]}, a level of ${low}..${high} is needed`);
  return levels;
};

/** Runs one sample of input levels, by input name. Every sum and level is kept. */
export const runLevels = (graph: IntegerGraph, levels: ReadonlyMap<string, Numbers>): IntegerRun => {
  const given = new Map<IntegerNode, Numbers>();
  for (const input of graph.inputs)
    given.set(input, checkedLevels(input, givenFor(levels, input.attrs.name, input.attrs.shape)));
  return evaluate(graph, given);
};

/** Runs one sample of real numbers, by input name; the input nodes encode them. */
export const runInteger = (graph: IntegerGraph, inputs: ReadonlyMap<string, Numbers>): IntegerRun => {
  const given = new Map<IntegerNode, Numbers>();
  for (const input of graph.inputs)
    given.set(input, encodeInput(input, givenFor(inputs, input.attrs.name, input.attrs.shape)));
  return evaluate(graph, given);
};
