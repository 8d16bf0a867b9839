/** Where every node of the model goes: a layer of the chip, the host, into another node, or nowhere. */
import { nodesOf, sizeOf, weightsOfNode } from "../ir/core/index.ts";
import { type TensorGraph, type TensorNode, tensorLevel } from "../ir/tensor/index.ts";
import { nameOf, readersOf } from "../quantize/index.ts";
import type { Stage } from "./settle.ts";

export type Place =
  | { readonly kind: "chip" }
  /** Computed where another node is: its name is `into`. */
  | { readonly kind: "folded"; readonly into: string }
  | { readonly kind: "host"; readonly part: string }
  /** By the first stage that names it. */
  | { readonly kind: "refused"; readonly stage: Stage };

export interface PlacedNode {
  readonly node: TensorNode;
  readonly name: string;
  readonly place: Place;
}

/** Trained numbers that a node holds. */
export const parametersOf = (node: TensorNode): number =>
  node.op === "constant" ? 0 : weightsOfNode(tensorLevel, node).reduce((sum, w) => sum + sizeOf(w.shape), 0);

/** What is known about the compiled graph by the names of its nodes. */
export interface Assignment {
  /** Nodes that the chip computes; a name may be one of several origins. */
  readonly chip: ReadonlySet<string>;
  /** Host part by the name of its nodes. */
  readonly host: ReadonlyMap<string, string>;
  readonly refused: ReadonlyMap<string, Stage>;
}

/** Names of all nodes of a graph, with those that were joined to them. */
export const namesIn = (nodes: Iterable<TensorNode>): ReadonlySet<string> =>
  new Set([...nodes].flatMap((node) => node.origins.map((o) => o.name)));

/** Places of all nodes of the model but inputs and constants; each gets exactly one. */
export const placesOf = (model: TensorGraph, { chip, host, refused }: Assignment): readonly PlacedNode[] => {
  const readers = readersOf(model);
  const direct = (name: string): Place | null => {
    const part = host.get(name);
    const stage = refused.get(name);
    if (stage !== undefined) return { kind: "refused", stage };
    if (part !== undefined) return { kind: "host", part };
    return chip.has(name) ? { kind: "chip" } : null;
  };
  /** The nearest node behind, then before, that is still there. */
  const survivor = (start: TensorNode, next: (node: TensorNode) => readonly TensorNode[]): string | null => {
    const seen = new Set<TensorNode>([start]);
    const queue = [...next(start)];
    for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
      if (seen.has(node)) continue;
      seen.add(node);
      if (node.op === "input" || direct(nameOf(node)) !== null) return nameOf(node);
      queue.push(...next(node));
    }
    return null;
  };
  const inputsOf = (node: TensorNode): readonly TensorNode[] => node.inputs;
  return nodesOf(model)
    .filter((node) => node.op !== "input" && node.op !== "constant")
    .map((node) => {
      const name = nameOf(node);
      const known = direct(name);
      if (known !== null) return { node, name, place: known };
      const into = survivor(node, readers) ?? survivor(node, inputsOf) ?? model.name;
      return { node, name, place: { kind: "folded", into } };
    });
};
