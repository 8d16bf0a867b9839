import { atNode, type Diagnostic, quoteName } from "../../diagnostics/index.ts";
import { sameShape, showShape, sizeOf } from "../../ir/core/index.ts";
import { nirDiagnostics } from "./diagnostics.ts";
import type { FlatGraph, FlatNode } from "./inline.ts";
import { limits } from "./limits.ts";
import { type Ports, verdictOn } from "./shape-rules.ts";

/** Names of the nodes before and after each node, as often as edges stand. */
export interface Neighbours {
  readonly before: ReadonlyMap<string, readonly string[]>;
  readonly after: ReadonlyMap<string, readonly string[]>;
}

export const neighboursOf = ({ nodes, edges }: FlatGraph): Neighbours => {
  const before = new Map<string, string[]>([...nodes.keys()].map((name) => [name, []]));
  const after = new Map<string, string[]>([...nodes.keys()].map((name) => [name, []]));
  for (const [from, to] of edges) {
    before.get(to)?.push(from);
    after.get(from)?.push(to);
  }
  return { before, after };
};

export interface Inferred {
  readonly ports: ReadonlyMap<string, Ports>;
  readonly faults: readonly Diagnostic[];
}

const flattens = (node: FlatNode): boolean => node.type === "Affine" || node.type === "Linear";

/** Edges whose two ends do not carry the same; a matrix takes any shape of the right size. */
const edgeFaults = (
  graph: FlatGraph,
  ports: ReadonlyMap<string, Ports>,
  report: (node: string, fault: string) => Diagnostic,
): readonly Diagnostic[] =>
  graph.edges.flatMap(([from, to]) => {
    const [source, target] = [ports.get(from)?.output, ports.get(to)?.input];
    const node = graph.nodes.get(to);
    if (source === undefined || target === undefined || node === undefined) return [];
    if (sameShape(source, target) || (flattens(node) && sizeOf(source) === sizeOf(target))) return [];
    return [
      report(to, `${quoteName(from)} sends ${showShape(source)}, ${showShape(target)} comes from others`),
    ];
  });

/** Names in the file's order, but first those that nothing leads to. */
const startsFirst = (before: Neighbours["before"]): readonly string[] => {
  const [starts, others]: [string[], string[]] = [[], []];
  for (const [name, sources] of before) (sources.length === 0 ? starts : others).push(name);
  return [...starts, ...others];
};

/**
 * What every node takes and gives, whatever the order; cycles are legal. Shapes flow from the nodes that nothing leads
 * to: parameters may have fewer axes than what comes in, so that they alone decide only where nothing is known to come
 * in. The rules are our own: kernels need not be square, `same` goes with strides, groups count. Faults carry node
 * names.
 */
export const inferShapes = (graph: FlatGraph, file: string): Inferred => {
  const { before, after } = neighboursOf(graph);
  const ports = new Map<string, Ports>();
  const faults = new Map<string, Diagnostic>();
  const reasons = new Map<string, string>();
  const report = (node: string, fault: string): Diagnostic =>
    nirDiagnostics.report("shape", atNode(quoteName(node), file), { node: quoteName(node), fault });
  // What is put on top runs before the next node that is not reached yet.
  const pending = startsFirst(before).toReversed();
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const node = graph.nodes.get(name);
    if (node === undefined || ports.has(name) || faults.has(name)) continue;
    const source = before.get(name)?.find((n) => ports.has(n));
    const verdict = verdictOn(node, source === undefined ? null : (ports.get(source)?.output ?? null));
    if (verdict.kind === "unknown") reasons.set(name, verdict.why);
    else if (verdict.kind === "fault") faults.set(name, report(name, verdict.fault));
    else if (sizeOf(verdict.output) > limits.elements)
      faults.set(
        name,
        report(name, `it has ${sizeOf(verdict.output)} values, at most ${limits.elements} are read`),
      );
    else {
      ports.set(name, verdict);
      pending.push(...(after.get(name) ?? []));
    }
  }
  const told = [...faults.values(), ...edgeFaults(graph, ports, report)];
  const open = [...reasons].filter(([name]) => !ports.has(name) && !faults.has(name));
  const unknown = open.map(([node, why]) =>
    nirDiagnostics.report("unknown-shape", atNode(quoteName(node), file), { node: quoteName(node), why }),
  );
  // What follows from a fault that is told would only repeat it.
  return { ports, faults: told.length > 0 ? told : unknown };
};
