import type { Origin } from "../../../compiler/diagnostics/index.ts";
import type { TensorNode } from "../../../compiler/ir/tensor/index.ts";
import { type NativeEdge, type NativeNode, type NativeOp, native } from "../../../compiler/native/index.ts";
import type { WeightOf } from "./linear.ts";

/** Nodes whose sum is a tensor. */
export type Sum = readonly string[];

/** A network of dynamics under way. */
export interface Building {
  readonly weightOf: WeightOf;
  readonly nodes: NativeNode[];
  readonly edges: NativeEdge[];
  /** Names that are taken, with the number that the next equal one gets. */
  readonly names: Map<string, number>;
  readonly ops: Map<string, NativeOp>;
  readonly sums: Map<TensorNode, Sum>;
}

export const startBuilding = (weightOf: WeightOf): Building => ({
  weightOf,
  nodes: [],
  edges: [],
  names: new Map(),
  ops: new Map(),
  sums: new Map(),
});

/** A name that no node has: the wanted one, or with a number behind it. */
export const freeName = ({ names }: Building, wanted: string): string => {
  let name = wanted;
  for (let n = names.get(wanted) ?? 2; names.has(name); n++) {
    name = `${wanted}.${n}`;
    names.set(wanted, n + 1);
  }
  names.set(name, 2);
  return name;
};

/** Adds a node that reads a sum, under a name that was taken for it. */
export const addNode = (
  building: Building,
  name: string,
  op: NativeOp,
  from: Sum,
  origins: readonly Origin[],
): void => {
  building.nodes.push(native.node(name, op, origins));
  building.ops.set(name, op);
  for (const source of from) building.edges.push(native.edge(source, name));
};

/** Nodes that follow each other behind a sum; without ops the sum itself. */
export const addChain = (
  building: Building,
  wanted: string,
  ops: readonly NativeOp[],
  from: Sum,
  origins: readonly Origin[],
): Sum =>
  ops.reduce<Sum>((sum, op) => {
    const name = freeName(building, wanted);
    addNode(building, name, op, sum, origins);
    return [name];
  }, from);

const mostTerms = 256;

/**
 * A sum with many terms as one node, or the sum itself. Every reader has an edge from each term: sums of sums would
 * double them with each line.
 */
export const gathered = (building: Building, wanted: string, sum: Sum, origins: readonly Origin[]): Sum =>
  sum.length > mostTerms ? addChain(building, wanted, [native.join()], sum, origins) : sum;

/** True for what sends a spike or none in each step, and never more. */
export const sendsSpikes = (op: NativeOp | undefined): boolean =>
  op?.kind === "threshold" ||
  (op?.kind === "cell" && !op.payload) ||
  (op?.kind === "neuron" && op.parameters.threshold !== null);

export const sumOf = ({ sums }: Building, node: TensorNode): Sum => {
  const found = sums.get(node);
  if (found === undefined) throw new Error(`${node.op} was not built yet`);
  return found;
};
