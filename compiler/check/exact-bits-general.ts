import { unreachable } from "../diagnostics/index.ts";
import { type GeneralOp, item, type NodeOf, type PerOp, sizeOf, type Tensor, valuesOf } from "../ir/index.ts";
import {
  type Bits,
  bitsOfNumbers,
  bitsOfWeight,
  either,
  endless,
  plus,
  summed,
  times,
  wholeBits,
} from "./bits.ts";

type Of = (input: NodeOf<Tensor, keyof Tensor["ops"]>) => Bits;

const afterBinary = ({ inputs: [a, b], attrs: { fn } }: NodeOf<Tensor, "binary">, of: Of): Bits => {
  const [x, y] = [of(a), of(b)];
  switch (fn) {
    case "subtract":
      return plus(x, y);
    case "multiply":
      return times(x, y);
    case "minimum":
    case "maximum":
    case "modulo":
    case "remainder":
      return either(x, y);
    case "equal":
    case "less":
    case "lessEqual":
    case "and":
    case "or":
    case "xor":
      return wholeBits(1);
    case "divide":
    case "power":
      return endless;
    default:
      return unreachable(fn);
  }
};

/** Storage only takes bits away, but a negative number wraps to the greatest ones of an unsigned type. */
const afterCast = ({ inputs: [x], attrs: { to } }: NodeOf<Tensor, "cast">, of: Of): Bits => {
  const { whole, fraction } = of(x);
  if (to === "bool") return wholeBits(1);
  if (to === "u64") return endless;
  if (to === "f32" || to === "f16" || to === "bf16") return { whole: whole + 1, fraction };
  return { whole: to.startsWith("u") ? 32 : whole, fraction: 0 };
};

const afterReduce = (node: NodeOf<Tensor, "reduce">, of: Of): Bits => {
  const [input] = node.inputs;
  const x = of(input);
  const count = sizeOf(node.attrs.axes.map((axis) => item(input.type.shape, axis)));
  switch (node.attrs.fn) {
    case "max":
    case "min":
      return x;
    case "sum":
    case "l1":
      return summed(x, count);
    case "sumSquare":
      return summed(times(x, x), count);
    case "product":
      return { whole: x.whole * count, fraction: x.fraction * count };
    case "mean":
      return Number.isInteger(Math.log2(count)) ? { ...x, fraction: x.fraction + Math.log2(count) } : endless;
    case "l2":
    case "logSum":
    case "logSumExp":
      return endless;
    default:
      return unreachable(node.attrs.fn);
  }
};

/** Sums of all taps together: more than any result adds. */
const spread = (x: Bits, taps: Bits, values: Float64Array): Bits => ({
  whole: x.whole + wholeBits(values.reduce((sum, tap) => sum + Math.abs(tap), 0)).whole,
  fraction: x.fraction + taps.fraction,
});

const afterScatter = ({ inputs: [x, , updates], attrs }: NodeOf<Tensor, "scatter">, of: Of): Bits => {
  const most = either(of(x), of(updates));
  if (attrs.combine === "multiply") return endless;
  return attrs.combine === "add" ? summed(most, 1 + sizeOf(updates.type.shape)) : most;
};

/** Bits of the values of general ops whose inputs are exact. */
export const generalBits: Pick<PerOp<Tensor, Bits>, GeneralOp> = {
  argmax: ({ inputs: [x], attrs: { axis } }) => wholeBits(item(x.type.shape, axis)),
  binary: afterBinary,
  cast: afterCast,
  convTranspose: ({ inputs: [x], attrs: { weight, bias } }, of) =>
    plus(spread(of(x), bitsOfWeight(weight), valuesOf(weight)), bitsOfWeight(bias)),
  expand: ({ inputs: [x] }, of) => of(x),
  gather: ({ inputs: [x] }, of) => of(x),
  matmul: ({ inputs: [x, y] }, of) => summed(times(of(x), of(y)), x.type.shape[x.type.shape.length - 1] ?? 1),
  normalize: () => endless,
  pad: ({ inputs: [x], attrs: { value } }, of) => either(of(x), bitsOfNumbers([value])),
  prelu: ({ inputs: [x], attrs: { slope } }, of) => times(of(x), bitsOfWeight(slope)),
  recurrent: () => endless,
  reduce: afterReduce,
  resample: ({ inputs: [x], attrs: { taps } }, of) => spread(of(x), bitsOfWeight(taps), valuesOf(taps)),
  scatter: afterScatter,
  select: ({ inputs: [, x, y] }, of) => either(of(x), of(y)),
  slice: ({ inputs: [x] }, of) => of(x),
  steps: ({ attrs: { thresholds, low } }) => wholeBits(Math.abs(low) + (thresholds.shape[1] ?? 0)),
  topK: ({ inputs: [x], attrs: { axis, emit } }, of) =>
    emit === "values" ? of(x) : wholeBits(item(x.type.shape, axis)),
};
