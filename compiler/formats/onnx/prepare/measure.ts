import type { OnnxFunction, OnnxNode } from "../decode/index.ts";
import type { Callee } from "./functions.ts";
import { limits } from "./limits.ts";
import { nodesWithin } from "./subgraphs.ts";

/** What a list of nodes becomes when every call in it is expanded. */
export interface Measure {
  readonly nodes: number;
  readonly edges: number;
  readonly characters: number;
  /** Calls inside calls. */
  readonly calls: number;
  /** Graphs inside graphs. */
  readonly levels: number;
}

const none: Measure = { nodes: 0, edges: 0, characters: 0, calls: 0, levels: 0 };

const ofNode = ({ name: own, inputs, outputs }: OnnxNode): Measure => {
  const edges = inputs.length + outputs.length;
  let characters = own.length + (edges + 1) * limits.prefix;
  for (const name of inputs) characters += name.length;
  for (const name of outputs) characters += name.length;
  return { nodes: 1, edges, characters, calls: 0, levels: 0 };
};

/** The sizes of functions, each from those that it calls, which come first; doubles do not overflow, they round. */
export const measureOf = (
  nodes: readonly OnnxNode[],
  callee: Callee,
  known: ReadonlyMap<OnnxFunction, Measure>,
): Measure =>
  nodesWithin(nodes).reduce((sum, { node, level }): Measure => {
    const f = callee(node);
    const one = f === null ? ofNode(node) : (known.get(f) ?? none);
    // A call may need one Identity for each of its outputs.
    const extra = f === null ? 0 : f.outputs.length;
    return {
      nodes: sum.nodes + one.nodes + extra,
      edges: sum.edges + one.edges + 2 * extra,
      characters: sum.characters + one.characters,
      calls: Math.max(sum.calls, one.calls + (f === null ? 0 : 1)),
      levels: Math.max(sum.levels, one.levels + level),
    };
  }, none);
