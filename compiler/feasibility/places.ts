/** Where every node of the model goes: a layer of the chip, the host, into another node, or nowhere. */
import { item, nodesOf, sizeOf } from "../ir/core/index.ts";
import type { TensorGraph, TensorNode } from "../ir/tensor/index.ts";
import { nameOf, readersOf } from "../quantize/index.ts";

export type Place =
  | { readonly kind: "chip" }
  /** Computed where another node is: its name is `into`. */
  | { readonly kind: "folded"; readonly into: string }
  | { readonly kind: "host"; readonly part: string }
  | { readonly kind: "refused" };

export interface PlacedNode {
  readonly node: TensorNode;
  readonly name: string;
  readonly place: Place;
}

/** Products that a node computes for one sample; 0 for what only adds, compares or moves. */
export const productsOf = (node: TensorNode): number => {
  const out = sizeOf(node.type.shape);
  switch (node.op) {
    case "dense":
    case "conv":
      return (out / item(node.attrs.weight.shape, 0)) * sizeOf(node.attrs.weight.shape);
    case "convTranspose":
      return sizeOf(node.inputs[0].type.shape.slice(1)) * sizeOf(node.attrs.weight.shape);
    case "matmul":
      return out * (node.inputs[0].type.shape.at(-1) ?? 1);
    default:
      return 0;
  }
};

const weightOf = (node: TensorNode): number => {
  let total = 0;
  for (const value of Object.values(node.attrs))
    if (typeof value === "object" && value !== null && "stored" in value && "shape" in value)
      total += Array.isArray(value.shape) ? sizeOf(value.shape) : 0;
  return total;
};

/** Trained numbers that a node holds. */
export const parametersOf = (node: TensorNode): number => (node.op === "constant" ? 0 : weightOf(node));

/** What is known about the compiled graph by the names of its nodes. */
export interface Assignment {
  /** Nodes that the chip computes; a name may be one of several origins. */
  readonly chip: ReadonlySet<string>;
  /** Host part by the name of its nodes. */
  readonly host: ReadonlyMap<string, string>;
  readonly refused: ReadonlySet<string>;
}

/** Names of all nodes of a graph, with those that were joined to them. */
export const namesIn = (nodes: Iterable<TensorNode>): ReadonlySet<string> =>
  new Set([...nodes].flatMap((node) => node.origins.map((o) => o.name)));

/** Places of all nodes of the model but inputs and constants; each gets exactly one. */
export const placesOf = (model: TensorGraph, { chip, host, refused }: Assignment): readonly PlacedNode[] => {
  const readers = readersOf(model);
  const direct = (name: string): Place | null => {
    const part = host.get(name);
    if (refused.has(name)) return { kind: "refused" };
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
