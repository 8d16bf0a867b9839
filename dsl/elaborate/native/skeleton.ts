import { type Shape, sameShape, showShape } from "../../../compiler/ir/core/index.ts";
import { isIdentity, type Sliding } from "../../../compiler/ir/linear/index.ts";
import type { NativeNetwork, NativeNode, NativeOp } from "../../../compiler/native/index.ts";

/** A network of dynamics as the walk through two of them sees it: without nodes that only pass values on. */
export interface Skeleton {
  /** Nodes that do something, in their order; neither inputs nor outputs. */
  readonly nodes: readonly NativeNode[];
  readonly inputs: readonly NativeNode[];
  readonly outputs: readonly NativeNode[];
  /** What a node reads, through those that pass on; equal ones as often as they are added. */
  readonly sourcesOf: (node: NativeNode) => readonly NativeNode[];
  /** The nodes that read a node, each once; outputs are none. */
  readonly readersOf: (node: NativeNode) => readonly NativeNode[];
}

const passesOn = ({ op }: NativeNode): boolean =>
  op.kind === "flatten" ||
  op.kind === "join" ||
  (op.kind === "linear" && op.bias === null && isIdentity(op.map));

/** `loops` are nodes that stand for a step of feedback, which files leave out. */
export const skeletonOf = (network: NativeNetwork, loops: ReadonlySet<string> = new Set()): Skeleton => {
  const byName = new Map(network.nodes.map((node) => [node.name, node]));
  const into = new Map<string, NativeNode[]>();
  for (const { from, to } of network.edges) {
    const source = byName.get(from);
    const known = into.get(to);
    if (source === undefined) continue;
    if (known === undefined) into.set(to, [source]);
    else known.push(source);
  }
  const isGone = (node: NativeNode): boolean => passesOn(node) || loops.has(node.name);
  const through = (node: NativeNode, path: ReadonlySet<NativeNode>): readonly NativeNode[] =>
    (into.get(node.name) ?? []).flatMap((source) => {
      if (!isGone(source)) return [source];
      return path.has(source) ? [] : through(source, new Set([...path, source]));
    });
  const kept = network.nodes.filter((node) => !isGone(node));
  const nodes = kept.filter(({ op }) => op.kind !== "input" && op.kind !== "output");
  const sources = new Map(kept.map((node) => [node, through(node, new Set())]));
  const readers = new Map<NativeNode, NativeNode[]>();
  for (const node of nodes)
    for (const source of new Set(sources.get(node))) {
      const known = readers.get(source);
      if (known === undefined) readers.set(source, [node]);
      else known.push(node);
    }
  return {
    nodes,
    inputs: kept.filter(({ op }) => op.kind === "input"),
    outputs: kept.filter(({ op }) => op.kind === "output"),
    sourcesOf: (node) => sources.get(node) ?? [],
    readersOf: (node) => readers.get(node) ?? [],
  };
};

const axes = <T>(list: readonly T[], rank: number, otherwise: T): readonly T[] =>
  Array.from({ length: rank }, (_, axis) => list[axis] ?? otherwise);

const spelled = ({ strides, dilations, pads }: Sliding, rank: number): string =>
  JSON.stringify([axes(strides, rank, 1), axes(dilations, rank, 1), axes(pads, rank, [0, 0] as const)]);

const sameWindow = (a: Sliding, b: Sliding, kernel: Shape): boolean =>
  spelled(a, kernel.length) === spelled(b, kernel.length);

/** The same op on weights of the same shape, with the same window; parameters are compared elsewhere. */
export const sameOp = (a: NativeOp, b: NativeOp): boolean => {
  if (a.kind === "affine" && b.kind === "affine") return sameShape(a.weight.shape, b.weight.shape);
  if (a.kind === "conv" && b.kind === "conv") {
    const same = sameShape(a.weight.shape, b.weight.shape) && a.groups === b.groups;
    return same && sameWindow(a, b, a.weight.shape.slice(2));
  }
  if (a.kind === "pool" && b.kind === "pool")
    return a.mean === b.mean && sameShape(a.kernel, b.kernel) && sameWindow(a, b, a.kernel);
  if (a.kind === "neuron" && b.kind === "neuron") return typeOf(a) === typeOf(b);
  return a.kind === b.kind && (a.kind === "scale" || a.kind === "delay" || a.kind === "threshold");
};

/** The type of a neuron by its NIR name. */
const typeOf = ({ parameters }: Extract<NativeOp, { readonly kind: "neuron" }>): string => {
  const { tauSyn, tauMem, threshold, adaptation } = parameters;
  const synapse = tauSyn === null ? "" : "Cuba";
  const leak = tauMem === null ? "" : "L";
  return `${synapse}${adaptation === null ? "" : "A"}${leak}I${threshold === null ? "" : "F"}`;
};

/** What a node does, for a message: `Conv [16, 2, 5, 5]`. */
export const describeOp = (op: NativeOp): string => {
  switch (op.kind) {
    case "affine":
      return `dense ${showShape(op.weight.shape)}`;
    case "conv":
      return `conv ${showShape(op.weight.shape)} ${spelled(op, op.weight.shape.length - 2)}`;
    case "pool":
      return `${op.mean ? "avg_pool" : "sum_pool"} ${op.kernel.join("x")} ${spelled(op, op.kernel.length)}`;
    case "neuron":
      return typeOf(op);
    default:
      return op.kind;
  }
};
