import { applyMap, maxOf, type Reduce, sizeIn } from "./apply.ts";
import {
  demand,
  Failure,
  type Fields,
  type Folder,
  fieldsOf,
  integersOf,
  listOf,
  numberOf,
  type Weights,
  weightIn,
  weightsOf,
} from "./read.ts";

/** An integer network as its files give it. */
export interface Integers {
  readonly nodes: readonly Fields[];
  readonly weights: Weights;
}

export const readIntegers = (folder: Folder, json: string, binary: string): Integers => {
  const file = folder.json(json, "spikefold/integer@1");
  const nodes = listOf(fieldsOf(file.graph, "graph").nodes, "nodes").map((n) => fieldsOf(n, "a node"));
  return { nodes, weights: weightsOf(file.weights, folder.bytes(binary)) };
};

export const attrsOf = (node: Fields): Fields => fieldsOf(node.attrs, "attrs");

/** The jump of level k of a channel: least sum that reaches it. */
export interface Steps {
  readonly high: number;
  readonly theta: (channel: number) => number;
  readonly jump: (channel: number, k: number) => number;
}

export const stepsOf = (fn: Fields, weights: Weights): Steps => {
  demand(Number(fn.low ?? 0) === 0, "a level function does not begin at zero");
  if (fn.kind === "uniform") {
    const { data } = weightIn(weights, fn.theta);
    const theta = (c: number): number => data[data.length === 1 ? 0 : c] ?? 0;
    demand(
      data.every((t) => t > 0),
      "a theta is not positive",
    );
    return {
      high: numberOf(fn.high, "high"),
      theta,
      jump: (c, k) => k * theta(c) - Math.floor(theta(c) / 2),
    };
  }
  demand(fn.kind === "steps" && (fn.values ?? null) === null, "a level function is no staircase");
  const { data, shape } = weightIn(weights, fn.breaks);
  const high = shape[1] ?? 0;
  return { high, theta: () => 0, jump: (c, k) => data[(shape[0] === 1 ? 0 : c) * high + k - 1] ?? Infinity };
};

const poolMap = (
  { kernel, strides, dilations, pads }: Fields,
  from: readonly number[],
  to: readonly number[],
): Fields => ({
  kind: "windows",
  from,
  to,
  kernel,
  ...(strides === undefined ? {} : { strides }),
  ...(dilations === undefined ? {} : { dilations }),
  ...(pads === undefined ? {} : { pads }),
});

/** What a walk over an integer network is to do at inputs, neurons and pools. */
export interface Walk {
  readonly reduce: Reduce;
  readonly bias: boolean;
  /** Value of an input, neuron or pool from what it reads (null for inputs). */
  readonly value: (node: number, sum: Float64Array | null) => Float64Array;
  /** Shape of a pool's result. */
  readonly shapeOf: (node: number) => readonly number[];
  /** Pools take the greatest of each window, or the sum (their incidence). */
  readonly pool: "max" | "sum";
}

export interface Walked {
  readonly values: readonly Float64Array[];
  /** What neurons and pools read; null elsewhere. */
  readonly sums: readonly (Float64Array | null)[];
  readonly shapes: readonly (readonly number[])[];
}

const joined = (
  parts: readonly Float64Array[],
  shapes: readonly (readonly number[])[],
  axis: number,
): Float64Array => {
  const first = shapes[0] ?? [];
  const outer = first.slice(0, axis).reduce((a, b) => a * b, 1);
  const whole = new Float64Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (let o = 0; o < outer; o++)
    for (const part of parts) {
      const size = part.length / outer;
      whole.set(part.subarray(o * size, (o + 1) * size), at);
      at += size;
    }
  return whole;
};

/** Walks an integer network once, node by node. */
export const walk = ({ nodes, weights }: Integers, how: Walk): Walked => {
  const values: Float64Array[] = [];
  const sums: (Float64Array | null)[] = [];
  const shapes: (readonly number[])[] = [];
  nodes.forEach((node, i) => {
    const attrs = attrsOf(node);
    const inputs = integersOf(node.inputs, "inputs");
    const x = (k: number): Float64Array => values[inputs[k] ?? -1] ?? new Float64Array(0);
    const shape = shapes[inputs[0] ?? -1] ?? [];
    let sum: Float64Array | null = null;
    let value: Float64Array;
    switch (node.op) {
      case "input":
        shapes[i] = integersOf(attrs.shape, "shape");
        value = how.value(i, null);
        break;
      case "linear": {
        const map = fieldsOf(attrs.map, "map");
        shapes[i] = integersOf(map.to, "to");
        value = applyMap(map, weights, x(0), how.reduce);
        if (how.bias && (attrs.bias ?? null) !== null) {
          const { data } = weightIn(weights, attrs.bias);
          value = value.map((s, k) =>
            how.reduce(s + (data[Math.floor((k * data.length) / value.length)] ?? 0)),
          );
        }
        break;
      }
      case "add":
        shapes[i] = shape;
        value = x(0).map((_, k) => inputs.reduce((s, _in, n) => how.reduce(s + (x(n)[k] ?? 0)), 0));
        break;
      case "concat": {
        const axis = numberOf(attrs.axis, "axis");
        const parts = inputs.map((n) => shapes[n] ?? []);
        shapes[i] = shape.map((e, a) => (a === axis ? parts.reduce((n, s) => n + (s[a] ?? 0), 0) : e));
        value = joined(
          inputs.map((_, k) => x(k)),
          parts,
          axis,
        );
        break;
      }
      case "neuron":
        shapes[i] = shape;
        sum = x(0);
        value = how.value(i, sum);
        break;
      case "maxPool": {
        const to = how.shapeOf(i);
        shapes[i] = to;
        const map = poolMap(attrs, shape, to);
        sum = how.pool === "max" ? maxOf(map, weights, x(0)) : applyMap(map, weights, x(0), how.reduce);
        value = how.value(i, sum);
        break;
      }
      default:
        throw new Failure(`there is no op ${String(node.op)}`);
    }
    demand(value.length === sizeIn(shapes[i]), `node ${i} has ${value.length} values`);
    values[i] = value;
    sums[i] = sum;
  });
  return { values, sums, shapes };
};
