import { nameOfNode, type OnnxFunction, type OnnxNode } from "../decode/index.ts";
import type { Callee } from "./functions.ts";
import { limits } from "./limits.ts";
import { nodesWithin } from "./subgraphs.ts";

/** What a list of nodes becomes when every call in it is expanded. */
export interface Measure {
  readonly nodes: number;
  readonly edges: number;
  /** In the names of nodes and of their values, at most. */
  readonly characters: number;
  /** Calls inside calls. */
  readonly calls: number;
  /** Graphs inside graphs. */
  readonly levels: number;
}

const none: Measure = { nodes: 0, edges: 0, characters: 0, calls: 0, levels: 0 };

const ofNode = ({ name: own, inputs, outputs }: OnnxNode): Measure => {
  let characters = own.length;
  for (const name of inputs) characters += name.length;
  for (const name of outputs) characters += name.length;
  return { nodes: 1, edges: inputs.length + outputs.length, characters, calls: 0, levels: 0 };
};

/** Of a mark and its number, which stand for a prefix that is too long or gives a name twice. */
const markLength = 24;

const prefixLength = (call: OnnxNode): number =>
  Math.min(limits.prefix, Math.max(markLength, nameOfNode(call).length + 1));

/** The sizes of functions, each from those that it calls, which come first; doubles do not overflow, they round. */
export const measureOf = (
  nodes: readonly OnnxNode[],
  callee: Callee,
  known: ReadonlyMap<OnnxFunction, Measure>,
): Measure =>
  nodesWithin(nodes).reduce((sum, { node, level }): Measure => {
    const f = callee(node);
    const one = f === null ? ofNode(node) : (known.get(f) ?? none);
    // Every name inside a call gets its prefix.
    const prefixes = f === null ? 0 : (one.nodes + one.edges) * prefixLength(node);
    // A call may need one Identity for each of its outputs.
    const extra = f === null ? 0 : f.outputs.length;
    return {
      nodes: sum.nodes + one.nodes + extra,
      edges: sum.edges + one.edges + 2 * extra,
      characters: sum.characters + one.characters + prefixes,
      calls: Math.max(sum.calls, one.calls + (f === null ? 0 : 1)),
      levels: Math.max(sum.levels, one.levels + level),
    };
  }, none);
