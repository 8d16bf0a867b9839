import {
  type Dialect,
  type Graph,
  type Node,
  type Numbers,
  nodesOf,
  type OpName,
  type PerOp,
  perGraph,
  visit,
} from "../compiler/ir/core/index.ts";

/** What a run of one sample left behind. */
export interface Run<D extends Dialect> {
  /** By output name. */
  readonly outputs: ReadonlyMap<string, Numbers>;
  /** Value of a node of the graph; every one is kept. Throws for a node of another graph. */
  readonly at: (node: Node<D>) => Numbers;
}

/** Runs a graph from the values of its inputs. A map per run: a cache by node would keep every sample alive. */
export type Evaluate<D extends Dialect> = (graph: Graph<D>, inputs: ReadonlyMap<Node<D>, Numbers>) => Run<D>;

export const evaluator = <D extends Dialect>(table: PerOp<D, Numbers>): Evaluate<D> => {
  const order = perGraph<Graph<D>, readonly Node<D>[]>(nodesOf);
  return (graph, inputs) => {
    const values = new Map(inputs);
    const at = (node: Node<D>): Numbers => {
      const value = values.get(node);
      if (value === undefined) throw new Error(`a run of ${graph.name} has no value of this ${node.op}`);
      return value;
    };
    for (const node of order(graph))
      if (!values.has(node)) values.set(node, visit<D, OpName<D>, Numbers>(table, node.op, node, at));
    return { outputs: new Map(graph.outputs.map((o) => [o.name, at(o.value)])), at };
  };
};
