/** The parts of a network that the host computes, with what crosses to and from the chip for every sample. */
import { nodesOf, push, sizeOf } from "../ir/core/index.ts";
import type { TensorGraph, TensorNode, TensorType } from "../ir/tensor/index.ts";
import { nameOf, readersOf } from "../quantize/index.ts";

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

/** Nodes in groups that hang together, in the order of the graph. */
const groupsOf = (ordered: readonly TensorNode[], work: ReadonlySet<TensorNode>): readonly TensorNode[][] => {
  const leaders = new Map<TensorNode, TensorNode>();
  const leaderOf = (node: TensorNode): TensorNode => {
    let leader = node;
    for (let next = leaders.get(leader); next !== undefined; next = leaders.get(leader)) leader = next;
    // All on the way point at it from now on: a chain is walked once.
    for (let at = node; at !== leader; ) {
      const next = leaders.get(at) ?? leader;
      leaders.set(at, leader);
      at = next;
    }
    return leader;
  };
  const members = ordered.filter((n) => work.has(n));
  for (const node of members)
    for (const x of node.inputs) {
      const [own, other] = [leaderOf(node), leaderOf(x)];
      if (work.has(x) && own !== other) leaders.set(other, own);
    }
  const groups = new Map<TensorNode, TensorNode[]>();
  for (const node of members) push(groups, leaderOf(node), node);
  return [...groups.values()];
};

const nameOfGroup = (nodes: readonly TensorNode[]): string =>
  nodes[0] === undefined ? "" : nameOf(nodes[0]);

/** The tail as one part for every group of nodes that hang together, named after its first node. */
export const tailParts = (host: TensorGraph | null): readonly HostPart[] => {
  if (host === null) return [];
  const ordered = nodesOf(host);
  return groupsOf(ordered, new Set(ordered.filter(isWork))).map((nodes) => {
    const reads = new Set(nodes.flatMap((n) => n.inputs.filter((x) => x.op === "input")));
    const own = new Set(nodes);
    const gives = new Set(host.outputs.map((o) => o.value).filter((value) => own.has(value)));
    return {
      name: nameOfGroup(nodes),
      nodes: nodes.map(nameOf),
      ops: nodes.map((n) => n.op),
      bytesIn: [...reads].reduce((sum, x) => sum + sizeOf(x.type.shape) * wordBytes, 0),
      bytesOut: [...gives].reduce((sum, value) => sum + hostBytes(value.type), 0),
      where: "after",
    };
  });
};

/** A level goes to the chip as one byte: inputs have 8 bits. */
const levelBytes = 1;

/** Parts that some nodes of a graph would make on the host, when the chip computes all others. */
export const partsFor = (graph: TensorGraph, onHost: ReadonlySet<TensorNode>): readonly HostPart[] => {
  const ordered = nodesOf(graph);
  const outputs = new Set<TensorNode>(graph.outputs.map((o) => o.value));
  const readers = readersOf(graph);
  return groupsOf(ordered, onHost).map((nodes) => {
    const own = new Set(nodes);
    const reads = new Set(nodes.flatMap((n) => n.inputs.filter((x) => !own.has(x))));
    const fromChip = [...reads].filter(isWork);
    const isRead = (n: TensorNode): boolean => readers(n).some((r) => !onHost.has(r));
    const toChip = nodes.filter(isRead);
    const given = nodes.filter((n) => outputs.has(n) && !isRead(n));
    return {
      name: nameOfGroup(nodes),
      nodes: nodes.map(nameOf),
      ops: nodes.map((n) => n.op),
      bytesIn: [...reads].reduce((sum, x) => sum + sizeOf(x.type.shape) * wordBytes, 0),
      bytesOut:
        toChip.reduce((sum, n) => sum + sizeOf(n.type.shape) * levelBytes, 0) +
        given.reduce((sum, n) => sum + hostBytes(n.type), 0),
      where: toChip.length === 0 ? "after" : fromChip.length === 0 ? "before" : "between",
    };
  });
};
