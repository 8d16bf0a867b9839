import { push } from "../../../ir/core/index.ts";
import type { OnnxFunction, OnnxModel, OnnxNode } from "../decode/index.ts";
import { nodesWithin } from "./subgraphs.ts";

/** True for an operator that is read as it is, though the model has a function for it. */
export type Keep = (domain: string, opType: string) => boolean;

/** Finds the local function that a node calls; null for an operator. */
export type Callee = (node: OnnxNode) => OnnxFunction | null;

const keyOf = (domain: string, name: string, overload: string): string =>
  JSON.stringify([domain, name, overload]);

/** Functions of a model by what a node says. The first of several with one key is found. */
export const calleesOf = (model: OnnxModel, keep: Keep): Callee => {
  const byKey = new Map<string, OnnxFunction>();
  const names = new Set<string>();
  for (const f of model.functions) {
    const key = keyOf(f.domain, f.name, f.overload);
    if (!byKey.has(key)) byKey.set(key, f);
    names.add(f.name);
  }
  return ({ domain, opType, overload }) =>
    names.has(opType) && !keep(domain, opType) ? (byKey.get(keyOf(domain, opType, overload)) ?? null) : null;
};

/** The functions that a model has twice, each once, with how often. */
export const repeatedFunctions = (model: OnnxModel): ReadonlyMap<OnnxFunction, number> => {
  const groups = new Map<string, OnnxFunction[]>();
  for (const f of model.functions) push(groups, keyOf(f.domain, f.name, f.overload), f);
  return new Map(
    [...groups.values()].flatMap((group): readonly [OnnxFunction, number][] => {
      const [first, ...more] = group;
      return first === undefined || more.length === 0 ? [] : [[first, group.length]];
    }),
  );
};

/** The functions that a list of nodes reaches through calls, and the functions that each of them calls. */
export const reachable = (
  nodes: readonly OnnxNode[],
  callee: Callee,
): ReadonlyMap<OnnxFunction, readonly OnnxFunction[]> => {
  const called = (list: readonly OnnxNode[]): readonly OnnxFunction[] =>
    nodesWithin(list).flatMap(({ node }) => callee(node) ?? []);
  const found = new Map<OnnxFunction, readonly OnnxFunction[]>();
  const waiting = [...new Set(called(nodes))];
  for (const f of waiting) {
    if (found.has(f)) continue;
    const calls = [...new Set(called(f.nodes))];
    found.set(f, calls);
    for (const inner of calls) waiting.push(inner);
  }
  return found;
};

/** Functions, each after those that it calls. Those in a circle, and those that call them, are left out. */
export const calleesFirst = (
  calls: ReadonlyMap<OnnxFunction, readonly OnnxFunction[]>,
): readonly OnnxFunction[] => {
  const left = new Map<OnnxFunction, number>();
  const callers = new Map<OnnxFunction, OnnxFunction[]>();
  for (const [f, list] of calls) {
    left.set(f, list.length);
    for (const inner of list) push(callers, inner, f);
  }
  const order = [...calls.keys()].filter((f) => left.get(f) === 0);
  // `order` grows while it is walked.
  for (const f of order)
    for (const caller of callers.get(f) ?? []) {
      const count = (left.get(caller) ?? 0) - 1;
      left.set(caller, count);
      if (count === 0) order.push(caller);
    }
  return order;
};
