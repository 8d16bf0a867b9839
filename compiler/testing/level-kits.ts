import type fc from "fast-check";
import { integerContracts, integerSamples, tensorContracts, tensorSamples } from "../check/contract.ts";
import { type Dialect, type Graph, nodesOf, type Shape } from "../ir/index.ts";
import type { DataSet, Graphs, Sample } from "../pass/graphs.ts";
import type { Verify } from "../pass/manager.ts";
import type { Context } from "../pass/pass.ts";
import { integerEvaluator, tensorEvaluator } from "./evaluators.ts";
import { integerGraphs } from "./integer-graphs.ts";
import { tensorGraphs } from "./tensor-graphs.ts";
import { allTensorSteps, tensorSteps } from "./tensor-recipe.ts";

/** Levels that networks are generated for. */
export type GeneratedLevel = "tensor" | "integer";

/** A node as a law compares it. */
export interface NodeFacts {
  readonly op: string;
  readonly origins: readonly string[];
}

/** An input or output of a graph: its name and the printed shape. */
type Port = readonly [string, Shape];

/** What the laws need of a level. */
export interface LevelKit<L extends GeneratedLevel> {
  readonly graphs: fc.Arbitrary<Graphs[L]>;
  /** Networks with ops that have no equation; null where a level has none. */
  readonly unknown: fc.Arbitrary<Graphs[L]> | null;
  readonly verify: Verify<L>;
  readonly samples: (graph: Graphs[L]) => readonly Sample[];
  readonly nodes: (graph: Graphs[L]) => readonly NodeFacts[];
  readonly ports: (graph: Graphs[L]) => readonly Port[];
}

interface Typed extends Dialect {
  readonly type: { readonly shape: Shape };
}

const nodeFacts = <D extends Typed>(graph: Graph<D>): readonly NodeFacts[] =>
  nodesOf(graph).map((node) => ({ op: node.op, origins: node.origins.map(({ name }) => name) }));

const portsOf = <D extends Typed>(graph: Graph<D>): readonly Port[] => [
  ...graph.inputs.map((node): Port => [String(node.attrs.name), node.type.shape]),
  ...graph.outputs.map(({ name, value }): Port => [name, value.type.shape]),
];

export const levelKits: { readonly [L in GeneratedLevel]: LevelKit<L> } = {
  tensor: {
    graphs: tensorGraphs({ ops: allTensorSteps }),
    unknown: tensorGraphs({ ops: [...tensorSteps, "opaque", "opaque", "opaque"] }),
    verify: tensorContracts(tensorEvaluator),
    samples: tensorSamples,
    nodes: nodeFacts,
    ports: portsOf,
  },
  integer: {
    graphs: integerGraphs(),
    unknown: null,
    verify: integerContracts(integerEvaluator, integerSamples),
    samples: integerSamples,
    nodes: nodeFacts,
    ports: portsOf,
  },
};

/** A data set of given samples, without labels. */
export const dataOf = (samples: readonly Sample[]): DataSet => ({
  hash: "generated",
  size: samples.length,
  sample: (index) => {
    const sample = samples[index];
    if (sample === undefined) throw new RangeError(`there is no sample ${index}`);
    return sample;
  },
});

/** The context of a pass under test: no target, generated data, the plain interpreters. */
export const testContext = (data: DataSet | null): Context => ({
  targets: [],
  data,
  seed: 1,
  tensor: tensorEvaluator,
  report: () => {},
  bound: () => {},
  measure: () => {},
});
