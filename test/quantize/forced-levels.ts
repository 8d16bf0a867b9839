import {
  type IntegerGraph,
  type IntegerNode,
  integerLevel,
  item,
  levelOf,
  levelRange,
  makeInteger,
  type Numbers,
  transform,
  withInputs,
} from "../../compiler/ir/index.ts";
import { runLevels } from "../../runtime/integer/index.ts";

type Neuron = Extract<IntegerNode, { readonly op: "neuron" }>;

/** Where a neuron's level differs from one that was given. */
export interface Apart {
  /** Elements that differ. */
  readonly count: number;
  /** Greatest difference in levels. */
  readonly levels: number;
  /** Greatest distance of such a sum from the tie between both levels, in levels. */
  readonly distance: number;
}

const apartAt = (
  { attrs: { fn, scale } }: Neuron,
  unit: readonly number[],
  sums: Numbers,
  given: Numbers,
): Apart => {
  const level = levelOf(fn);
  const inner = sums.data.length / (sums.shape[0] ?? 1);
  const at = (list: readonly number[], channel: number): number =>
    item(list, list.length === 1 ? 0 : channel);
  let [count, levels, distance] = [0, 0, 0];
  sums.data.forEach((sum, i) => {
    const channel = Math.floor(i / inner);
    const [own, other] = [level(channel, sum), item(given.data, i)];
    if (own === other) return;
    count += 1;
    levels = Math.max(levels, Math.abs(own - other));
    const real = (sum * at(unit, channel)) / at(scale, channel);
    distance = Math.max(distance, Math.abs(real - (Math.max(own, other) - 0.5)));
  });
  return { count, levels, distance };
};

/**
 * Runs every neuron of a network on levels that another program computed, so that a difference is the neuron's own and
 * not that of one before it. `given`: levels of the inputs and of all neurons.
 */
export const forcedRun = (
  graph: IntegerGraph,
  given: ReadonlyMap<IntegerNode, Numbers>,
): ReadonlyMap<IntegerNode, Apart> => {
  const levelsOf = (node: IntegerNode): Numbers => {
    const value = given.get(node);
    if (value === undefined) throw new Error(`no levels of ${node.origins[0]?.name} are given`);
    return { shape: node.type.shape, data: value.data };
  };
  const neurons: { readonly neuron: Neuron; readonly sum: IntegerNode }[] = [];
  const inputs: IntegerGraph["inputs"][number][] = [];
  const levels = new Map<string, Numbers>();
  transform(integerLevel, graph, (node, made) => {
    if (node.op !== "neuron" && node.op !== "input") return withInputs(integerLevel, node, made);
    if (node.op === "neuron") neurons.push({ neuron: node, sum: item(made, 0) });
    const [low, high] = node.op === "input" ? [node.attrs.low, node.attrs.high] : levelRange(node.attrs.fn);
    const name = `given ${inputs.length}`;
    const attrs = { name, shape: node.type.shape, scale: node.type.scale, low, high };
    const input = makeInteger("input", [], attrs, node.origins);
    inputs.push(input);
    levels.set(name, levelsOf(node));
    return input;
  });
  const outputs = neurons.map(({ sum }, i) => ({ name: `sum ${i}`, value: sum }));
  const run = runLevels({ name: graph.name, inputs, outputs }, levels);
  return new Map(
    neurons.map(({ neuron, sum }) => [
      neuron,
      apartAt(neuron, sum.type.scale, run.at(sum), levelsOf(neuron)),
    ]),
  );
};
