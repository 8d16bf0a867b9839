import {
  type Integer,
  type IntegerGraph,
  type IntegerNode,
  item,
  jump,
  levelRange,
  type NodeOf,
  nodesOf,
  numbers,
  rowsOf,
  sizeOf,
  spread,
  valuesOf,
} from "../ir/index.ts";
import type { Sample } from "../pass/graphs.ts";
import { inputsOf } from "./inputs.ts";
import { type Random, randomFrom } from "./random.ts";

type Linear = NodeOf<Integer, "linear">;
type Input = NodeOf<Integer, "input">;
type Neuron = NodeOf<Integer, "neuron">;

/** A neuron whose sum is a linear map of one input. */
interface Reachable {
  readonly neuron: Neuron;
  readonly sum: Linear;
  readonly input: Input;
}

const reachable = (node: IntegerNode): readonly Reachable[] => {
  if (node.op !== "neuron") return [];
  const [sum] = node.inputs;
  if (sum.op !== "linear") return [];
  const [input] = sum.inputs;
  return input.op === "input" ? [{ neuron: node, sum, input }] : [];
};

interface Synapse {
  readonly source: number;
  readonly weight: number;
}

const synapsesOf = ({ sum }: Reachable, target: number): readonly Synapse[] => {
  const rows = rowsOf(sum.attrs.map);
  const found: Synapse[] = [];
  for (let source = 0; source < rows.sources; source++)
    for (let i = item(rows.offsets, source); i < item(rows.offsets, source + 1); i++)
      if (rows.target[i] === target) found.push({ source, weight: item(rows.weight, i) });
  return found;
};

/** Moves levels, one source after the other, so that the sum of weight x level comes to `wanted` as near as it can. */
const steer = (
  levels: Float64Array,
  synapses: readonly Synapse[],
  { low, high }: Input["attrs"],
  wanted: number,
): void => {
  let rest = wanted - synapses.reduce((sum, { source, weight }) => sum + weight * item(levels, source), 0);
  for (const { source, weight } of synapses) {
    const old = item(levels, source);
    const level = Math.min(high, Math.max(low, old + Math.trunc(rest / weight)));
    rest -= weight * (level - old);
    levels[source] = level;
  }
};

/** A sum that a test wants: the greatest there is, on a jump of the neuron, or one below it. */
const wantedSum = ({ neuron }: Reachable, channel: number, random: Random): number => {
  const { fn } = neuron.attrs;
  const [low, high] = levelRange(fn);
  if (random.chance(30) || low === high || (fn.kind === "steps" && fn.values !== null))
    return random.pick([Infinity, -Infinity]);
  return jump(fn, channel, random.between(low + 1, high)) - random.between(0, 1);
};

/**
 * Levels that bring one neuron next to the input to the end of its range, or onto a jump or just below it:
 * the places where rounding, comparators and widths go wrong. Null when no neuron reads an input directly.
 */
export const directedInputs = (graph: IntegerGraph, seed: number): Sample | null => {
  const neurons = nodesOf(graph).flatMap(reachable);
  if (neurons.length === 0) return null;
  const random = randomFrom(seed);
  const chosen = item(neurons, random.between(0, neurons.length - 1));
  const { input, sum } = chosen;
  const size = sizeOf(sum.type.shape);
  const target = random.between(0, size - 1);
  const channel = Math.floor(target / (size / item(sum.type.shape, 0)));
  const sample = inputsOf(graph, seed, random.pick(["uniform", "zero"]));
  const scale = spread(Float64Array.from(input.attrs.scale), sizeOf(input.attrs.shape));
  const given = sample.inputs.get(input.attrs.name)?.data ?? new Float64Array(sizeOf(input.attrs.shape));
  const levels = given.map((x, i) => Math.round(x / scale(i)));
  const bias = sum.attrs.bias === null ? 0 : spread(valuesOf(sum.attrs.bias), size)(target);
  steer(levels, synapsesOf(chosen, target), input.attrs, wantedSum(chosen, channel, random) - bias);
  const data = levels.map((q, i) => q * scale(i));
  return {
    inputs: new Map([...sample.inputs, [input.attrs.name, numbers(input.attrs.shape, data)]]),
    label: null,
  };
};
