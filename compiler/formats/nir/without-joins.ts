import { atNode, quoteName, Rejected } from "../../diagnostics/index.ts";
import { keysInOrder, push } from "../../ir/core/index.ts";
import type { NativeNetwork } from "../../native/index.ts";
import { nirDiagnostics } from "./diagnostics.ts";
import type { NirEdge } from "./graph.ts";

/** Edges that joins may become; each join makes one for every pair of its neighbours. */
const edgeLimit = 2 ** 20;

const refuse = (name: string, why: string, change: string): Rejected => {
  const node = quoteName(name);
  return new Rejected([nirDiagnostics.report("no-inverse", atNode(node), { node, why, change })]);
};

/** Names by their key, in the order in which they come. */
const gathered = (
  pairs: readonly (readonly [key: string, name: string])[],
): ReadonlyMap<string, string[]> => {
  const lists = new Map<string, string[]>();
  for (const [key, name] of pairs) push(lists, key, name);
  return lists;
};

/** Joins, each behind the joins that it reads. Throws Rejected for joins that read each other. */
const ordered = (
  joins: readonly string[],
  outOf: ReadonlyMap<string, readonly string[]>,
): readonly string[] => {
  const order = keysInOrder(joins, (name) => outOf.get(name) ?? []);
  const found = new Set(order);
  const looped = joins.find((name) => !found.has(name));
  if (looped !== undefined)
    throw refuse(looped, "joins read each other", "put a neuron or a delay into the loop");
  return order;
};

/**
 * Edges with joins left out: what comes into a join goes to each of its readers. Throws Rejected (`nir/no-inverse`)
 * when that makes more edges than are written, and for joins in a loop.
 */
export const withoutJoins = ({ nodes, edges }: NativeNetwork): readonly NirEdge[] => {
  const joins = nodes.flatMap(({ name, op }) => (op.kind === "join" ? [name] : []));
  const into = gathered(edges.map(({ from, to }) => [to, from]));
  const outOf = gathered(edges.map(({ from, to }) => [from, to]));
  const sources = new Map<string, readonly string[]>();
  const behind = (name: string): readonly string[] => {
    const direct = into.get(name) ?? [];
    const count = direct.reduce((sum, source) => sum + (sources.get(source)?.length ?? 1), 0);
    if (count > edgeLimit)
      throw refuse(name, `${count} edges come into it through joins`, "join fewer edges");
    return direct.flatMap((source) => sources.get(source) ?? [source]);
  };
  for (const name of ordered(joins, outOf)) sources.set(name, behind(name));
  const made: NirEdge[] = [];
  for (const { name } of nodes) {
    if (sources.has(name)) continue;
    for (const source of behind(name)) made.push([source, name]);
    if (made.length > edgeLimit)
      throw refuse(name, `joins make ${made.length} edges up to here`, "join fewer edges");
  }
  return made;
};
