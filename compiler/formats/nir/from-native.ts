import { atNode, type Diagnostic, nowhere, quoteName, Rejected } from "../../diagnostics/index.ts";
import { type NativeNetwork, nativeShapes } from "../../native/index.ts";
import { nirDiagnostics } from "./diagnostics.ts";
import { complete } from "./full-shapes.ts";
import type { NirEdge } from "./graph.ts";
import { inferShapes } from "./infer-shapes.ts";
import type { FlatGraph, FlatNode } from "./inline.ts";
import { NoForm, nodeFromNative } from "./node-from-native.ts";
import type { Ports } from "./shape-rules.ts";
import { withoutJoins } from "./without-joins.ts";

const translated = (
  network: NativeNetwork,
  dt: number | null,
): { readonly nodes: ReadonlyMap<string, FlatNode>; readonly faults: readonly Diagnostic[] } => {
  const faults: Diagnostic[] = [];
  const made = new Map<string, FlatNode>();
  const ends = nativeShapes(network);
  for (const native of network.nodes) {
    try {
      const node = nodeFromNative(native, ends.get(native)?.from ?? [], dt);
      if (node !== null) made.set(node.name, node);
    } catch (error) {
      if (!(error instanceof NoForm)) throw error;
      const node = quoteName(native.name);
      const holes = { node, why: error.message, change: error.change };
      faults.push(nirDiagnostics.report("no-inverse", atNode(node), holes));
    }
  }
  return { nodes: made, faults };
};

const readsVector = (node: FlatNode): boolean =>
  (node.type === "Affine" || node.type === "Linear") && node.weight.shape.length === 2;

/** A Flatten before each matrix that reads more than one axis: readers of NIR do not flatten by themselves. */
const withFlattens = (graph: FlatGraph, ports: ReadonlyMap<string, Ports>): FlatGraph => {
  const nodes = new Map(graph.nodes);
  const moved = new Map<string, string>();
  for (const [name, node] of graph.nodes) {
    const shape = ports.get(name)?.input ?? [];
    if (!readsVector(node) || shape.length === 1) continue;
    let flat = `${name}.flatten`;
    while (nodes.has(flat)) flat = `${flat}_`;
    nodes.set(flat, { type: "Flatten", name: flat, startDim: 0, endDim: -1, inputType: shape });
    moved.set(name, flat);
  }
  const edges = graph.edges.map(([from, to]): NirEdge => [from, moved.get(to) ?? to]);
  const added = [...moved].map(([name, flat]): NirEdge => [flat, name]);
  return { nodes, edges: [...edges, ...added] };
};

/**
 * A network of dynamics as a NIR graph whose arrays have full shapes. `dt` turns delays in steps into seconds.
 * NIR says nothing of how v is reset: it goes into the metadata (`backends/nir`). Throws Rejected with every node that
 * NIR cannot hold.
 */
export const fromNative = (network: NativeNetwork, dt: number | null = null): FlatGraph => {
  const { nodes, faults } = translated(network, dt);
  if (faults.length > 0) throw new Rejected(faults);
  if (nodes.size === 0) throw new Rejected([nirDiagnostics.report("no-input", nowhere, {})]);
  const plain = { nodes, edges: withoutJoins(network) };
  const first = inferShapes(plain, network.name);
  if (first.faults.length > 0) throw new Rejected(first.faults);
  const flat = withFlattens(plain, first.ports);
  const { ports, faults: misfits } = inferShapes(flat, network.name);
  if (misfits.length > 0) throw new Rejected(misfits);
  const full = [...flat.nodes].map(([name, node]): readonly [string, FlatNode] => {
    const place = ports.get(name);
    return [name, place === undefined ? node : complete(node, place)];
  });
  return { nodes: new Map(full), edges: flat.edges };
};
