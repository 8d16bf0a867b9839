import {
  floats,
  item,
  type Make,
  type NodeOf,
  type Rules,
  rewrite,
  type Site,
  sizeOf,
  type Tensor,
  type TensorNode,
  tensorLevel,
  valuesOf,
} from "../../ir/index.ts";
import { definePass } from "../../pass/index.ts";
import { untilSettled } from "./fixpoint.ts";

// Finds activations that round by themselves, written as arithmetic: y = lam floor(L clip(x / lam, 0, 1) + 0.5) / L
// (QCFS, Bu et al. 2022, with L and lam learned), and quantizers exported as Div, Round, Clip, Mul.
//
// before:
//   tensor "t" {
//     weight inverse : f64[1] = [0.5]
//     weight l : f64[1] = [8]
//     weight half : f64[1] = [0.5]
//     weight step : f64[1] = [0.25]
//     x = input(name="x", shape=[2]) : f32(shape=[2]) @ "x"
//     ratio = affine(x, scale=inverse) : f32(shape=[2]) @ "ratio"
//     clip = unary(ratio, fn=clip(low=0, high=1)) : f32(shape=[2]) @ "clip"
//     level = affine(clip, scale=l, shift=half) : f32(shape=[2]) @ "level"
//     floor = unary(level, fn=floor) : f32(shape=[2]) @ "floor"
//     out = affine(floor, scale=step) : f32(shape=[2]) @ "out"
//     output "y" = out
//   }
// after:
//   tensor "t" {
//     weight inverse : f64[1] = [0.5]
//     weight l : f64[1] = [8]
//     weight half : f64[1] = [0]
//     x = input(name="x", shape=[2]) : f32(shape=[2]) @ "x"
//     ratio = affine(x, scale=inverse) : f32(shape=[2]) @ "ratio"
//     level = affine(ratio, scale=l, shift=half) : f32(shape=[2]) @ "level" + "clip"
//     floor = quantize(level, scale=[1], zero=[0], low=0, high=8, round=up) : i64(shape=[2]) @ "floor"
//     floor_2 = dequantize(floor, scale=[0.25], zero=[0]) : f32(shape=[2]) @ "floor" + "out"
//     output "y" = floor_2
//   }
//
// floor(a clip(x, l, u) + b) = clip(floor(a x + b), floor(a l + b), floor(a u + b)) for a > 0, and floor(z) is z - 0.5
// rounded half up. Conditions: one factor and one term for all elements; the bounds are finite; a value inside the
// chain has no other reader. The level counts steps, so the factors in front are left to canonicalize.

type Unary = NodeOf<Tensor, "unary">;

/** Scale and shift of an affine with one number each; null for others. */
const scalarParts = (node: TensorNode): readonly [scale: number, shift: number] | null => {
  if (node.op !== "affine") return null;
  const { scale, shift } = node.attrs;
  if (sizeOf(scale.shape) !== 1 || (shift !== null && sizeOf(shift.shape) !== 1)) return null;
  const factor = item(valuesOf(scale), 0);
  return factor > 0 ? [factor, shift === null ? 0 : item(valuesOf(shift), 0)] : null;
};

/** What is clipped before a rounding: affines behind the clip, last first, and the bounds that they move. */
interface Chain {
  readonly clipped: Unary;
  readonly outer: readonly NodeOf<Tensor, "affine">[];
  readonly low: number;
  readonly high: number;
}

const chainBefore = (value: TensorNode, uses: Site<Tensor>["uses"]): Chain | null => {
  if (uses(value) > 1) return null;
  if (value.op === "unary" && value.attrs.fn.kind === "clip") {
    const { low, high } = value.attrs.fn;
    return { clipped: value, outer: [], low, high };
  }
  const parts = scalarParts(value);
  if (value.op !== "affine" || parts === null) return null;
  const inner = chainBefore(value.inputs[0], uses);
  if (inner === null) return null;
  const [scale, shift] = parts;
  const moved = (bound: number): number => scale * bound + shift;
  return { ...inner, outer: [value, ...inner.outer], low: moved(inner.low), high: moved(inner.high) };
};

/** The affines of a chain on what the clip read, plus a term. */
const withoutClip = ({ clipped, outer }: Chain, term: number, make: Make<Tensor>): TensorNode => {
  const [x] = clipped.inputs;
  const moved = outer.reduceRight<TensorNode>(
    (inner, node) => make("affine", [inner], node.attrs, [...node.origins, ...clipped.origins]),
    x,
  );
  return term === 0 ? moved : shifted(moved, term, make);
};

const shifted = (x: TensorNode, term: number, make: Make<Tensor>): TensorNode => {
  const parts = scalarParts(x);
  const one = (name: string, value: number) => floats(name, [1], Float64Array.of(value));
  if (x.op !== "affine" || parts === null)
    return make("affine", [x], { scale: one("one", 1), shift: one("half", term) }, x.origins);
  const { scale, shift } = x.attrs;
  return make("affine", x.inputs, { scale, shift: one(shift?.name ?? "half", parts[1] + term) }, x.origins);
};

const mostLevels = 1 << 16;

const unit = { scale: [1], zero: [0], axis: 0 };

/** Rounded numbers, if there are at least two and not more than a table may have. */
const roundedTo = (
  x: TensorNode,
  low: number,
  high: number,
  round: "even" | "up" | "floor",
  make: Make<Tensor>,
): TensorNode | null => {
  if (!(low < high && high - low <= mostLevels)) return null;
  return make("dequantize", [make("quantize", [x], { ...unit, low, high, round })], unit);
};

/** Half to even. */
const nearest = (x: number): number => {
  const floor = Math.floor(x);
  const part = x - floor;
  return part < 0.5 || (part === 0.5 && floor % 2 === 0) ? floor : floor + 1;
};

const roundingAfterClip = (node: Unary, { make, uses }: Site<Tensor>): TensorNode | null => {
  const chain = chainBefore(node.inputs[0], uses);
  if (chain === null) return null;
  const { low, high } = chain;
  if (node.attrs.fn.kind === "round")
    return roundedTo(withoutClip(chain, 0, make), nearest(low), nearest(high), "even", make);
  const [last] = chain.outer;
  // floor(s x + 1/2) is how a rounding up computes; any other floor stays one, since x - 1/2 may not be a double.
  const half = last !== undefined && scalarParts(last)?.[1] === 0.5;
  const inner = withoutClip(chain, half ? -0.5 : 0, make);
  return roundedTo(inner, Math.floor(low), Math.floor(high), half ? "up" : "floor", make);
};

/** clip(round(x), l, u) with whole bounds. */
const roundingBeforeClip = (node: Unary, { make, uses }: Site<Tensor>): TensorNode | null => {
  const [before] = node.inputs;
  const { fn } = node.attrs;
  if (fn.kind !== "clip" || before.op !== "unary" || uses(before) > 1) return null;
  if (!Number.isInteger(fn.low) || !Number.isInteger(fn.high)) return null;
  const [x] = before.inputs;
  if (before.attrs.fn.kind === "round") return roundedTo(x, fn.low, fn.high, "even", make);
  return before.attrs.fn.kind === "floor" ? roundedTo(x, fn.low, fn.high, "floor", make) : null;
};

const rules: Rules<Tensor> = {
  unary: (node, site) => {
    const { kind } = node.attrs.fn;
    if (kind === "floor" || kind === "round") return roundingAfterClip(node, site);
    return kind === "clip" ? roundingBeforeClip(node, site) : null;
  },
  // (q s) g = q (s g)
  affine: (node, { make, uses }) => {
    const [levels] = node.inputs;
    const parts = scalarParts(node);
    if (levels.op !== "dequantize" || uses(levels) > 1 || parts === null || parts[1] !== 0) return null;
    const scale = levels.attrs.scale.map((s) => s * parts[0]);
    return make("dequantize", levels.inputs, { ...levels.attrs, scale }, [
      ...levels.origins,
      ...node.origins,
    ]);
  },
};

export const recognizeSteps = definePass({
  name: "recognize-steps",
  level: "tensor",
  summary: "Finds activations that clip and round by themselves, and keeps their levels and steps.",
  contract: { kind: "exact" },
  idempotent: true,
  options: {},
  run: (graph) => untilSettled(graph, (current) => rewrite(tensorLevel, current, rules)),
});
