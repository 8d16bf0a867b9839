import { unreachable } from "../diagnostics/index.ts";
import { fold, item, type PerOp, valuesOf, type Weight } from "../ir/core/index.ts";
import { forGeneralOps, type Tensor } from "../ir/tensor/index.ts";
import { averageOf } from "./average-pool.ts";
import { type Comparison, isComparison } from "./compared.ts";
import { denominatorOf } from "./index-maps.ts";
import { agree } from "./integer-values.ts";

/** Values that are whole multiples of `scale`, and the least and greatest multiple. */
export interface Lattice {
  readonly scale: number;
  readonly low: number;
  readonly high: number;
}

const none = (): Lattice | null => null;

/** Greatest sum of the positive and of the negative taps of one place, in whole numbers. */
const tapSums = (taps: Weight, divisor: number): readonly [number, number] => {
  const count = item(taps.shape, 1);
  const up = new Float64Array(item(taps.shape, 0));
  const down = new Float64Array(up.length);
  valuesOf(taps).forEach((tap, i) => {
    const place = Math.floor(i / count);
    up[place] = item(up, place) + Math.max(0, Math.round(tap * divisor));
    down[place] = item(down, place) + Math.max(0, -Math.round(tap * divisor));
  });
  const most = (sums: Float64Array): number => sums.reduce((a, b) => Math.max(a, b), 0);
  return [most(up), most(down)];
};

/** The same values on a finer lattice; null when its scale is no whole part of theirs. */
const onScale = ({ scale, low, high }: Lattice, finer: number): Lattice | null => {
  const factor = Math.round(scale / finer);
  return agree(factor * finer, scale) ? { scale: finer, low: low * factor, high: high * factor } : null;
};

const joined = (x: Lattice, y: Lattice, fn: Comparison): Lattice | null => {
  const scale = Math.min(x.scale, y.scale);
  const [a, b] = [onScale(x, scale), onScale(y, scale)];
  if (a === null || b === null) return null;
  switch (fn) {
    case "subtract":
      return { scale, low: a.low - b.high, high: a.high - b.low };
    case "maximum":
      return { scale, low: Math.max(a.low, b.low), high: Math.max(a.high, b.high) };
    case "minimum":
      return { scale, low: Math.min(a.low, b.low), high: Math.min(a.high, b.high) };
    default:
      return unreachable(fn);
  }
};

const table: PerOp<Tensor, Lattice | null> = {
  ...forGeneralOps(none),
  input: none,
  constant: none,
  opaque: none,
  dense: none,
  conv: none,
  batchNorm: none,
  affine: none,
  quantize: none,
  unary: none,
  add: none,
  softmax: none,
  dequantize: ({ attrs: { scale, zero }, inputs: [levels] }) => {
    if (levels.op !== "quantize" || scale.length !== 1 || zero.length !== 1) return null;
    const { low, high } = levels.attrs;
    return { scale: item(scale, 0), low: low - item(zero, 0), high: high - item(zero, 0) };
  },
  maxPool: ({ inputs: [x] }, of) => of(x),
  reshape: ({ inputs: [x] }, of) => of(x),
  transpose: ({ inputs: [x] }, of) => of(x),
  slice: ({ inputs: [x] }, of) => of(x),
  expand: ({ inputs: [x] }, of) => of(x),
  pad: ({ inputs: [x], attrs: { value } }, of) => {
    const inner = of(x);
    if (inner === null || value !== 0) return null;
    return { ...inner, low: Math.min(0, inner.low), high: Math.max(0, inner.high) };
  },
  resample: ({ inputs: [x], attrs: { taps } }, of) => {
    const inner = of(x);
    const divisor = denominatorOf(valuesOf(taps));
    if (inner === null || divisor === null) return null;
    const [up, down] = tapSums(taps, divisor);
    const [low, high] = [Math.min(0, inner.low), Math.max(0, inner.high)];
    return { scale: inner.scale / divisor, low: up * low - down * high, high: up * high - down * low };
  },
  reduce: ({ inputs: [x], attrs: { fn, axes } }, of) => {
    const inner = of(x);
    if (fn === "max" || fn === "min") return inner;
    if (inner === null || (fn !== "sum" && fn !== "mean")) return null;
    const count = axes.reduce((n, axis) => n * item(x.type.shape, axis), 1);
    const scale = fn === "mean" ? inner.scale / count : inner.scale;
    return { scale, low: Math.min(0, inner.low * count), high: Math.max(0, inner.high * count) };
  },
  averagePool: (node, of) => {
    const x = of(node.inputs[0]);
    if (x === null) return null;
    const { divisor } = averageOf(node);
    return {
      scale: x.scale / divisor,
      low: Math.min(0, x.low * divisor),
      high: Math.max(0, x.high * divisor),
    };
  },
  binary: ({ inputs: [x, y], attrs: { fn } }, of) => {
    const [a, b] = [of(x), of(y)];
    return a === null || b === null || !isComparison(fn) ? null : joined(a, b, fn);
  },
  concat: ({ inputs }, of) => {
    const parts = inputs.map(of);
    const first = parts[0] ?? null;
    if (first === null || parts.some((p) => p?.scale !== first.scale)) return null;
    const low = parts.reduce((least, p) => Math.min(least, p?.low ?? 0), first.low);
    const high = parts.reduce((most, p) => Math.max(most, p?.high ?? 0), first.high);
    return { scale: first.scale, low, high };
  },
};

/** The lattice of a value that is made of levels without rounding again; null for every other value. */
export const latticeOf = fold(table);
