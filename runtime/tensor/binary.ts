import type { NodeOf, Numbers } from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";

type Binary = NodeOf<Tensor, "binary">;
type Pair = (x: number, y: number) => number;

const truth = (holds: boolean): number => (holds ? 1 : 0);

/** x^n by squaring: the same bits on every machine. */
const wholePower = (x: number, n: number): number => {
  let result = 1;
  let square = x;
  for (let rest = Math.abs(n); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return n < 0 ? 1 / result : result;
};

/** As C defines pow: 1 for x = 1 or y = 0, whatever the other; NaN for a fraction of a negative number. */
const power: Pair = (x, y) => {
  if (x === 1 || y === 0) return 1;
  if (Number.isInteger(y) && Math.abs(y) <= Number.MAX_SAFE_INTEGER) return wholePower(x, y);
  if (y === 0.5) return Math.sqrt(x);
  if (Number.isFinite(y)) return Math.exp(y * Math.log(x));
  return x === -1 ? 1 : Math.exp(y * Math.log(Math.abs(x)));
};

/** The rest has the sign of the divisor. */
const modulo: Pair = (x, y) => {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
};

const functions: Readonly<Record<Binary["attrs"]["fn"], Pair>> = {
  subtract: (x, y) => x - y,
  multiply: (x, y) => x * y,
  divide: (x, y) => x / y,
  power,
  modulo,
  remainder: (x, y) => x % y,
  minimum: Math.min,
  maximum: Math.max,
  equal: (x, y) => truth(x === y),
  less: (x, y) => truth(x < y),
  lessEqual: (x, y) => truth(x <= y),
  and: (x, y) => truth(x !== 0 && y !== 0),
  or: (x, y) => truth(x !== 0 || y !== 0),
  xor: (x, y) => truth((x !== 0) !== (y !== 0)),
};

/** Integers divide towards zero; by zero they give 0, where ONNX leaves the result open. No -0 among integers. */
const wholePair =
  (pair: Pair): Pair =>
  (x, y) => {
    const value = Math.trunc(pair(x, y)) + 0;
    return Number.isFinite(value) ? value : 0;
  };

/** fn(x, y) of each pair of elements. */
export const binary = (
  { attrs: { fn }, type: { dtype, shape } }: Binary,
  x: Numbers,
  y: Numbers,
): Numbers => {
  const pair = dtype === "i64" ? wholePair(functions[fn]) : functions[fn];
  return { shape, data: x.data.map((value, i) => pair(value, y.data[i] ?? 0)) };
};

/** picks ? x : y */
export const select = (picks: Numbers, x: Numbers, y: Numbers): Numbers => ({
  shape: x.shape,
  data: picks.data.map((pick, i) => (pick === 0 ? y.data[i] : x.data[i]) ?? 0),
});
