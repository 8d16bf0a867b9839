import {
  graphInvariants,
  type Invariant,
  item,
  nodesOf,
  valuesOf,
  type Weight,
  weightsOf,
} from "../core/index.ts";
import { faultsOf } from "../linear/index.ts";
import { integerLevel } from "./level.ts";
import type { IntegerGraph, IntegerNode } from "./ops.ts";
import { rangeOfNode } from "./ranges.ts";

const perNode =
  (violations: (node: IntegerNode) => readonly string[]) =>
  (graph: IntegerGraph): readonly string[] =>
    nodesOf(graph).flatMap((node) =>
      violations(node).map((v) => `${node.origins[0]?.name ?? node.op}: ${v}`),
    );

const whole = (w: Weight): readonly string[] => {
  const at = valuesOf(w).findIndex((n) => !Number.isInteger(n));
  return at < 0 ? [] : [`${w.name}[${at}] is no integer`];
};

const sameScale = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((s, i) => s === b[i]);

const neuronFaults = (node: IntegerNode): readonly string[] => {
  if (node.op !== "neuron") return [];
  const { fn } = node.attrs;
  if (fn.kind === "uniform") {
    const theta = fn.theta.stored().every((t) => t > 0) ? [] : ["a theta is not positive"];
    return fn.low <= fn.high ? theta : [...theta, `low ${fn.low} is above high ${fn.high}`];
  }
  const count = item(fn.breaks.shape, 1);
  const falls = fn.breaks.stored().some((b, i, all) => i % count > 0 && b < item(all, i - 1));
  return falls ? ["breaks fall"] : [];
};

const rangeFaults = (node: IntegerNode): readonly string[] => {
  const { low, high } = rangeOfNode(node);
  const worst = Math.max(
    low.reduce((a, b) => Math.max(a, -b), 0),
    high.reduce((a, b) => Math.max(a, b), 0),
  );
  return worst < Number.MAX_SAFE_INTEGER ? [] : [`sums may reach ${worst}`];
};

/** D1 to D5, then I1 to I5 of the integer level. */
export const integerInvariants: readonly Invariant<IntegerGraph>[] = [
  ...graphInvariants(integerLevel),
  {
    name: "I1",
    says: "weights, biases, thresholds and breaks are integers",
    violations: (graph) => weightsOf(integerLevel, graph).flatMap(whole),
  },
  {
    name: "I2",
    says: "summands have one scale",
    violations: perNode((node) =>
      node.op === "add" && node.inputs.some((x) => !sameScale(x.type.scale, node.type.scale))
        ? ["summands differ in scale"]
        : [],
    ),
  },
  { name: "I3", says: "theta > 0, breaks rise, low <= high", violations: perNode(neuronFaults) },
  { name: "I4", says: "the proved range of every sum is inside +-2^53", violations: perNode(rangeFaults) },
  {
    name: "I5",
    says: "the ends of maps and the parts of chains meet",
    violations: perNode((node) => (node.op === "linear" ? faultsOf(node.attrs.map) : [])),
  },
];
