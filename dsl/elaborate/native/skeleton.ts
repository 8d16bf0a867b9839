import { inOrder, item, push, type Shape, sameShape, showShape } from "../../../compiler/ir/core/index.ts";
import { isIdentity, type Sliding } from "../../../compiler/ir/linear/index.ts";
import type { NativeNetwork, NativeNode, NativeOp } from "../../../compiler/native/index.ts";

/** Nodes that are added, and how often. */
export type Terms = ReadonlyMap<NativeNode, number>;

/** A network of dynamics as the walk through two of them sees it: without nodes that only pass values on. */
export interface Skeleton {
  /** Nodes that do something, in their order; neither inputs nor outputs. */
  readonly nodes: readonly NativeNode[];
  readonly inputs: readonly NativeNode[];
  readonly outputs: readonly NativeNode[];
  /** What a node reads, through those that pass on. */
  readonly sourcesOf: (node: NativeNode) => Terms;
  /** The nodes that read a node, each once; outputs are none. */
  readonly readersOf: (node: NativeNode) => readonly NativeNode[];
}

const passesOn = ({ op }: NativeNode): boolean =>
  op.kind === "flatten" ||
  op.kind === "join" ||
  (op.kind === "linear" && op.bias === null && isIdentity(op.map));

const nothing: Terms = new Map();

/**
 * What every node reads. Those that pass on come before what reads them, and are walked once: what they add up doubles
 * with each pair of them. In and behind a loop of them what is not known yet counts for nothing.
 */
const termsOf = (
  { nodes, edges }: NativeNetwork,
  gone: ReadonlySet<NativeNode>,
): ReadonlyMap<NativeNode, Terms> => {
  const places = new Map(nodes.map(({ name }, place) => [name, place]));
  const sources = new Map<number, NativeNode[]>();
  const readers = nodes.map((): number[] => []);
  for (const { from, to } of edges) {
    const [source, target] = [places.get(from), places.get(to)];
    if (source === undefined || target === undefined) continue;
    const node = item(nodes, source);
    push(sources, target, node);
    if (gone.has(node)) item(readers, source).push(target);
  }
  const known = new Map<NativeNode, Terms>();
  for (const place of new Set([...inOrder(readers), ...nodes.keys()])) {
    const terms = new Map<NativeNode, number>();
    for (const source of sources.get(place) ?? [])
      for (const [node, times] of gone.has(source) ? (known.get(source) ?? nothing) : new Map([[source, 1]]))
        terms.set(node, (terms.get(node) ?? 0) + times);
    known.set(item(nodes, place), terms);
  }
  return known;
};

/** `loops` are nodes that stand for a step of feedback, which files leave out. */
export const skeletonOf = (network: NativeNetwork, loops: ReadonlySet<string> = new Set()): Skeleton => {
  const gone = new Set(network.nodes.filter((node) => passesOn(node) || loops.has(node.name)));
  const kept = network.nodes.filter((node) => !gone.has(node));
  const nodes = kept.filter(({ op }) => op.kind !== "input" && op.kind !== "output");
  const terms = termsOf(network, gone);
  const readers = new Map<NativeNode, NativeNode[]>();
  for (const node of nodes) for (const source of terms.get(node)?.keys() ?? []) push(readers, source, node);
  return {
    nodes,
    inputs: kept.filter(({ op }) => op.kind === "input"),
    outputs: kept.filter(({ op }) => op.kind === "output"),
    sourcesOf: (node) => terms.get(node) ?? nothing,
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
