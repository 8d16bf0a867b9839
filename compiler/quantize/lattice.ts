import { fold, item, type PerOp } from "../ir/core/index.ts";
import { forGeneralOps, type Tensor } from "../ir/tensor/index.ts";
import { averageOf } from "./average-pool.ts";

/** Values that are whole multiples of `scale`, and the least and greatest multiple. */
export interface Lattice {
  readonly scale: number;
  readonly low: number;
  readonly high: number;
}

const none = (): Lattice | null => null;

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
