import { item, valuesOf, type Weight } from "../../compiler/ir/index.ts";
import type { NativeNetwork, NativeNode, NeuronParameters } from "../../compiler/native/index.ts";

/** What every node gives in every step: nodes by name, then steps. */
export type Course = (name: string, step: number) => Float64Array;

interface State {
  readonly i: number;
  readonly v: number;
  readonly a: number;
  readonly wait: number;
  readonly out: number;
}

const rested: State = { i: 0, v: 0, a: 0, wait: 0, out: 0 };

const at = (w: Weight | null, e: number, otherwise: number): number => {
  if (w === null) return otherwise;
  const values = valuesOf(w);
  return item(values, values.length === 1 ? 0 : e);
};

/** The equations of `NeuronParameters`, one euler step of dt. */
const advance = (p: NeuronParameters, e: number, before: State, x: number, dt: number): State => {
  const tauSyn = at(p.tauSyn, e, 1);
  const i = p.tauSyn === null ? x : before.i + (dt / tauSyn) * (at(p.wIn, e, 1) * x - before.i);
  const pull = at(p.r, e, 1) * i;
  const v =
    p.tauMem === null
      ? before.v + dt * pull
      : before.v + (dt / at(p.tauMem, e, 1)) * (at(p.vLeak, e, 0) - before.v + pull);
  if (p.threshold === null) return { ...rested, i, v, out: v };
  const a = p.adaptation === null ? 0 : before.a * (1 - dt / at(p.adaptation.tau, e, 1));
  if (before.wait > 0) return { i, v: before.v, a, wait: before.wait - 1, out: 0 };
  const limit = at(p.threshold, e, 0) + a;
  if (v <= limit) return { i, v, a, wait: 0, out: 0 };
  return {
    i,
    v: p.reset === "soft" ? v - limit : at(p.vReset, e, 0),
    a: a + (p.adaptation === null ? 0 : at(p.adaptation.beta, e, 0)),
    wait: Math.round(p.refractory / dt),
    out: 1,
  };
};

/**
 * The plainest reading of a network of layers of `width` neurons: every node is asked for its value in a step and asks
 * its sources; delays ask for earlier steps. Nothing is folded.
 */
export const courseOf = (network: NativeNetwork, input: Course, width: number, dt: number): Course => {
  const values = new Map<string, Float64Array>();
  const states = new Map<string, readonly State[]>();
  const nodes = new Map(network.nodes.map((n) => [n.name, n]));
  const sum = (node: NativeNode, step: number): Float64Array => {
    const total = new Float64Array(width);
    for (const { from, to } of network.edges)
      if (to === node.name)
        valueAt(from, step).forEach((x, e) => {
          total[e] = item(total, e) + x;
        });
    return total;
  };
  const stateAt = (node: NativeNode, p: NeuronParameters, step: number): readonly State[] => {
    if (step < 0) return Array.from({ length: width }, () => rested);
    const key = `${node.name}@${step}`;
    const known = states.get(key);
    if (known !== undefined) return known;
    const before = stateAt(node, p, step - 1);
    const made = [...sum(node, step)].map((x, e) => advance(p, e, item(before, e), x, dt));
    states.set(key, made);
    return made;
  };
  const compute = (node: NativeNode, step: number): Float64Array => {
    const { op } = node;
    switch (op.kind) {
      case "input":
        return input(node.name, step);
      case "neuron":
        return Float64Array.from(stateAt(node, op.parameters, step), (s) => s.out);
      case "delay":
        return Float64Array.from({ length: width }, (_, e) => {
          const then = step - at(op.time, e, 0);
          return then < 0 ? 0 : item(sum(node, then), e);
        });
      case "affine": {
        const x = sum(node, step);
        const w = valuesOf(op.weight);
        return x.map((_, row) =>
          x.reduce((total, xc, c) => total + item(w, row * width + c) * xc, at(op.bias, row, 0)),
        );
      }
      case "scale":
        return sum(node, step).map((x, e) => at(op.factor, e, 1) * x);
      case "threshold":
        return sum(node, step).map((x, e) => (x > at(op.threshold, e, 0) ? 1 : 0));
      default:
        return sum(node, step);
    }
  };
  const valueAt: Course = (name, step) => {
    const key = `${name}@${step}`;
    const known = values.get(key);
    const node = nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    const value = known ?? compute(node, step);
    values.set(key, value);
    return value;
  };
  return valueAt;
};
