import type { OnnxGraph } from "../decode/index.ts";
import { limits } from "./limits.ts";
import { nodesWithin, subgraphsOf } from "./subgraphs.ts";

/** Names of all values in nodes, and in the graphs inside them. */
export const namesIn = (graph: Pick<OnnxGraph, "nodes">): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const { node } of nodesWithin(graph.nodes)) {
    for (const name of node.inputs) names.add(name);
    for (const name of node.outputs) names.add(name);
    for (const inner of subgraphsOf(node)) {
      for (const { name } of inner.inputs) names.add(name);
      for (const { name } of inner.outputs) names.add(name);
      for (const { name } of inner.initializers) names.add(name);
    }
  }
  names.delete("");
  return names;
};

/** The least number n such that no name holds "~n~". */
const unusedNumber = (names: Iterable<string>): number => {
  const used = new Set<string>();
  for (const name of names) for (const [, digits = ""] of name.matchAll(/~(?=(\d+)~)/g)) used.add(digits);
  let n = 0;
  while (used.has(String(n))) n++;
  return n;
};

/** Gives each call a prefix that makes the names inside it new ones. */
export type Prefix = (call: string, inside: ReadonlySet<string>) => string;

/**
 * A prefix is the name of the call and "/". Where that is long, or would give a name that is there already, it
 * is a mark that is in no other name, and a number.
 */
export const prefixes = (taken: ReadonlySet<string>): Prefix => {
  const all = new Set(taken);
  let mark: string | null = null;
  let count = 0;
  const marked = (): string => {
    mark ??= `~${unusedNumber(all)}~`;
    return `${mark}${++count}/`;
  };
  return (call, inside) => {
    const plain = `${call}/`;
    const fits = plain.length <= limits.prefix && [...inside].every((name) => !all.has(plain + name));
    const prefix = fits ? plain : marked();
    for (const name of inside) all.add(prefix + name);
    return prefix;
  };
};
