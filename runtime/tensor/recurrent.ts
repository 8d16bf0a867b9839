import { type NodeOf, type Numbers, sizeOf, valuesOf, type Weight } from "../../compiler/ir/core/index.ts";
import type { Scalar, Tensor } from "../../compiler/ir/tensor/index.ts";
import { addProducts, type Rows } from "../kernels/products.ts";
import { scalarFunction } from "./scalar.ts";

type Recurrent = NodeOf<Tensor, "recurrent">;
type Fn = (x: number) => number;

/** Hidden state, and the cell of an LSTM; both of `units` numbers. */
interface State {
  readonly hidden: Float64Array;
  readonly cell: Float64Array;
}

/** The numbers of a cell; gate g has rows g units to (g + 1) units of both matrices. */
interface Cell {
  readonly units: number;
  readonly input: Rows;
  readonly state: Rows;
  /** Added to the products with x and with h. */
  readonly inputBias: Float64Array;
  readonly stateBias: Float64Array;
  readonly peephole: Float64Array;
  readonly functions: readonly Fn[];
  readonly attrs: Recurrent["attrs"];
}

const vector = (w: Weight | null, length: number): Float64Array =>
  w === null ? new Float64Array(length) : valuesOf(w);

/** The sum is clipped to -clip..clip before its activation. */
const clippedFunction = (fn: Scalar, clip: number): Fn => {
  const f = scalarFunction(fn);
  return Number.isFinite(clip) ? (x) => f(Math.min(clip, Math.max(-clip, x))) : f;
};

const cellOf = (attrs: Recurrent["attrs"]): Cell => {
  const { input, hidden, bias, peephole, activations, clip, cell } = attrs;
  const [rows = 0, units = 0] = hidden.shape;
  const biases = vector(bias, 2 * rows);
  const matrix = (w: Weight): Rows => ({ values: valuesOf(w), first: 0, rows, columns: w.shape[1] ?? 0 });
  return {
    units,
    input: matrix(input),
    state: matrix(hidden),
    inputBias: biases.subarray(0, rows),
    stateBias: biases.subarray(rows),
    peephole: vector(peephole, 3 * units),
    // The last activation of an LSTM reads its cell, which is not clipped.
    functions: activations.map((fn, i) => clippedFunction(fn, cell === "lstm" && i === 2 ? Infinity : clip)),
    attrs,
  };
};

const identity: Fn = (x) => x;

const functionOf = ({ functions }: Cell, i: number): Fn => functions[i] ?? identity;

/** bias + matrix times vector, for all gates. */
const affineOf = (matrix: Rows, bias: Float64Array, x: Float64Array, from: number): Float64Array => {
  const sums = bias.slice();
  addProducts(matrix, { values: x, first: from, count: 1 }, { values: sums, at: 0, row: 1, vector: 0 });
  return sums;
};

/** Sums of every gate before its activation, but for the part that a reset gate scales: from x, from h. */
type Sums = readonly [Float64Array, Float64Array];

const rnn = (cell: Cell, [a, b]: Sums): State => {
  const f = functionOf(cell, 0);
  const hidden = a.map((sum, u) => f(sum + (b[u] ?? 0)));
  return { hidden, cell: hidden };
};

/** Gates z, r and h. Without `linearBeforeReset` the reset scales h before its matrix. */
const gru = (cell: Cell, [a, b]: Sums, { hidden }: State): State => {
  const { units, state, stateBias, attrs } = cell;
  const [f, g] = [functionOf(cell, 0), functionOf(cell, 1)];
  const gate = (at: number): Float64Array =>
    hidden.map((_, u) => f((a[at * units + u] ?? 0) + (b[at * units + u] ?? 0)));
  const [update, reset] = [gate(0), gate(1)];
  const rows: Rows = { ...state, first: 2 * units * state.columns, rows: units };
  const scaled = (values: Float64Array): Float64Array => values.map((v, u) => v * (reset[u] ?? 0));
  const past = attrs.linearBeforeReset
    ? scaled(b.subarray(2 * units))
    : affineOf(rows, stateBias.subarray(2 * units), scaled(hidden), 0);
  const next = hidden.map((h, u) => {
    const z = update[u] ?? 0;
    return (1 - z) * g((a[2 * units + u] ?? 0) + (past[u] ?? 0)) + z * h;
  });
  return { hidden: next, cell: next };
};

/** Gates i, o, f and c; peepholes of i and f read the cell before the step, that of o the cell after it. */
const lstm = (cell: Cell, [a, b]: Sums, before: State): State => {
  const { units, peephole, attrs } = cell;
  const [f, g, h] = [functionOf(cell, 0), functionOf(cell, 1), functionOf(cell, 2)];
  const sum = (gate: number, u: number): number => (a[gate * units + u] ?? 0) + (b[gate * units + u] ?? 0);
  const peep = (gate: number, u: number, c: number): number => (peephole[gate * units + u] ?? 0) * c;
  const next = before.cell.map((c, u) => {
    const input = f(sum(0, u) + peep(0, u, c));
    const forget = attrs.coupled ? 1 - input : f(sum(2, u) + peep(2, u, c));
    return forget * c + input * g(sum(3, u));
  });
  return { hidden: next.map((c, u) => f(sum(1, u) + peep(1, u, c)) * h(c)), cell: next };
};

const stepOf = { rnn, gru, lstm } as const;

/** Steps over the first axis of x, backwards when `reverse`; the sequence stays in the order of x. */
export const recurrent = ({ attrs, type: { shape } }: Recurrent, x: Numbers): Numbers => {
  const cell = cellOf(attrs);
  const { units, input, state } = cell;
  const [length = 0, channels = 0] = x.shape;
  const sequence = new Float64Array(attrs.emit === "sequence" ? sizeOf(shape) : 0);
  let now: State = { hidden: vector(attrs.initial, units), cell: vector(attrs.initialCell, units) };
  for (let i = 0; i < length; i++) {
    const t = attrs.reverse ? length - 1 - i : i;
    const sums: Sums = [
      affineOf(input, cell.inputBias, x.data, t * channels),
      affineOf(state, cell.stateBias, now.hidden, 0),
    ];
    now = stepOf[attrs.cell](cell, sums, now);
    if (attrs.emit === "sequence") sequence.set(now.hidden, t * units);
  }
  if (attrs.emit === "sequence") return { shape, data: sequence };
  return { shape, data: (attrs.emit === "last" ? now.hidden : now.cell).slice() };
};
