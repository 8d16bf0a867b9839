/** The parts of a network that the host computes, with what crosses to and from the chip for every sample. */
import { nodesOf, sizeOf } from "../ir/core/index.ts";
import type { TensorGraph, TensorNode, TensorType } from "../ir/tensor/index.ts";
import { nameOf } from "../quantize/index.ts";

export interface HostPart {
  readonly name: string;
  readonly nodes: readonly string[];
  readonly ops: readonly string[];
  /** What the part reads: from the chip behind it (`after`), or the raw input (`before`). */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly where: "before" | "between" | "after";
}

/** A sum is read from the chip as a 32-bit word. */
const wordBytes = 4;

/** Bytes of a value in the host's memory. */
export const hostBytes = ({ shape, dtype }: TensorType): number =>
  sizeOf(shape) * (dtype === "i64" ? 8 : dtype === "bool" ? 1 : wordBytes);

const isWork = (node: TensorNode): boolean => node.op !== "input" && node.op !== "constant";

/** The tail as one part for every group of nodes that hang together, named after its first node. */
export const tailParts = (host: TensorGraph | null): readonly HostPart[] => {
  if (host === null) return [];
  const group = new Map<TensorNode, TensorNode[]>();
  const groups = new Set<TensorNode[]>();
  for (const node of nodesOf(host).filter(isWork)) {
    const joined = [
      ...new Set(node.inputs.flatMap((x) => group.get(x) ?? []).flatMap((x) => [group.get(x)])),
    ];
    const own: TensorNode[] = [...joined.flatMap((list) => list ?? []), node];
    for (const list of joined) if (list !== undefined) groups.delete(list);
    groups.add(own);
    for (const member of own) group.set(member, own);
  }
  const ordered = nodesOf(host);
  return [...groups].map((members) => {
    const nodes = ordered.filter((n) => members.includes(n));
    const reads = new Set(nodes.flatMap((n) => n.inputs.filter((x) => x.op === "input")));
    const gives = host.outputs.filter((o) => members.includes(o.value));
    return {
      name: nodes[0] === undefined ? host.name : nameOf(nodes[0]),
      nodes: nodes.map(nameOf),
      ops: nodes.map((n) => n.op),
      bytesIn: [...reads].reduce((sum, x) => sum + sizeOf(x.type.shape) * wordBytes, 0),
      bytesOut: gives.reduce((sum, o) => sum + hostBytes(o.value.type), 0),
      where: "after",
    };
  });
};
