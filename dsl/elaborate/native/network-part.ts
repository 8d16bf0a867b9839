import type { Origin } from "../../../compiler/diagnostics/index.ts";
import { push } from "../../../compiler/ir/core/index.ts";
import type { NativeNetwork } from "../../../compiler/native/index.ts";
import { addNode, type Building, type Sum } from "./building.ts";
import type { Part } from "./part.ts";

type NetworkPart = Part & { readonly kind: "network" };

/** Nodes of a network by what they are in the one around it: ends give way to the sums that they pass on. */
const sumsInside = (
  { nodes, edges }: NativeNetwork,
  prefix: string,
  inputs: readonly Sum[],
): ((name: string) => Sum) => {
  const given = new Map(
    nodes.filter(({ op }) => op.kind === "input").map(({ name }, i) => [name, inputs[i] ?? []]),
  );
  const sources = new Map<string, string[]>();
  for (const { from, to } of edges) push(sources, to, from);
  return (name) => (sources.get(name) ?? []).flatMap((from) => given.get(from) ?? [`${prefix}.${from}`]);
};

/** Adds the nodes of a network below the name of a stage, once for all its outputs. Returns the sum of one output. */
export const addNetwork = (
  building: Building,
  stage: string,
  { network, output }: NetworkPart,
  inputs: readonly Sum[],
  origins: readonly Origin[],
): Sum => {
  const into = sumsInside(network, stage, inputs);
  for (const { name, op } of network.nodes) {
    const inner = `${stage}.${name}`;
    if (op.kind === "input" || op.kind === "output" || building.names.has(inner)) continue;
    building.names.set(inner, 2);
    addNode(building, inner, op, into(name), origins);
  }
  return into(output);
};
