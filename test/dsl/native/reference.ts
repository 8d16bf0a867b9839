/**
 * The plainest reading of a network in time: stages of neurons, run step by step with loops. It shares nothing with the
 * compiler; the equations are those of the language page.
 */
export type Vector = readonly number[];

/** What a stage makes of its input in each step; it keeps its own state. */
export type Stage = (x: Vector) => Vector;

export interface Neuron {
  readonly tauSyn?: number;
  readonly wIn?: number;
  readonly tau?: number;
  readonly r?: number;
  readonly leak?: number;
  /** Null: the potential itself goes out. */
  readonly threshold: number | null;
  readonly reset?: "soft" | "hard";
  readonly to?: number;
  readonly refractory?: number;
  readonly adapt?: { readonly tau: number; readonly beta: number };
}

/** One neuron with time in milliseconds and a step of 1 ms, by euler or with exact decays. */
const oneNeuron = (p: Neuron, exact: boolean): ((x: number) => number) => {
  const left = (tau: number): number => (exact ? Math.exp(-1 / tau) : 1 - 1 / tau);
  const { tauSyn, wIn = 1, tau, r = 1, leak = 0, threshold, to = 0, refractory = 0, adapt } = p;
  let [i, v, a, wait] = [0, 0, 0, 0];
  return (x) => {
    i = tauSyn === undefined ? x : left(tauSyn) * i + (1 - left(tauSyn)) * wIn * x;
    const charged = tau === undefined ? v + (r * i) / 1000 : left(tau) * v + (1 - left(tau)) * (leak + r * i);
    if (adapt !== undefined) a *= left(adapt.tau);
    if (threshold === null) {
      v = charged;
      return v;
    }
    if (wait > 0) {
      wait--;
      return 0;
    }
    v = charged;
    if (v <= threshold + a) return 0;
    v = p.reset === "soft" ? v - (threshold + a) : to;
    if (adapt !== undefined) a += adapt.beta;
    wait = refractory;
    return 1;
  };
};

export const neurons = (size: number, p: Neuron, exact = false): Stage => {
  const cells = Array.from({ length: size }, () => oneNeuron(p, exact));
  return (x) => cells.map((cell, e) => cell(x[e] ?? 0));
};

/** W x + b, each synapse with its own delay in steps; weights and delays [out, in]. */
export const dense = (
  rows: readonly Vector[],
  bias: Vector,
  delays: ((out: number, from: number) => number) | null = null,
): Stage => {
  const past: Vector[] = [];
  return (x) => {
    past.push(x);
    const last = past.length - 1;
    return rows.map((row, out) => {
      let sum = bias[out] ?? 0;
      for (let from = 0; from < row.length; from++) {
        const then = delays === null ? x : past[last - delays(out, from)];
        const value = then?.[from] ?? 0;
        if (value !== 0) sum += (row[from] ?? 0) * value;
      }
      return sum;
    });
  };
};

export const delay = (steps: number): Stage => {
  const past: Vector[] = [];
  return (x) => {
    past.push(x);
    return past[past.length - 1 - steps] ?? x.map(() => 0);
  };
};

export const plus = (a: Vector, b: Vector): Vector => a.map((x, e) => x + (b[e] ?? 0));

export const chain =
  (...stages: readonly Stage[]): Stage =>
  (x) =>
    stages.reduce((value, stage) => stage(value), x);
