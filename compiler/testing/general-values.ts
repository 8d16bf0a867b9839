import { item, type Scalar, sameShape } from "../ir/index.ts";
import {
  asReal,
  axisOf,
  constantOf,
  type GeneralSite,
  type GeneralStep,
  inBetween,
  ofRank,
  oneOf,
} from "./general-site.ts";

/** Those that the chains of layers do not draw; none of them overflows on -2..2. */
const scalars: readonly Scalar[] = [
  { kind: "leakyRelu", slope: 0.25 },
  { kind: "thresholdedRelu", threshold: 0.5 },
  { kind: "elu", alpha: 1 },
  { kind: "selu", alpha: 1.67, gamma: 1.05 },
  { kind: "celu", alpha: 2 },
  { kind: "softplus" },
  { kind: "softsign" },
  { kind: "sigmoid" },
  { kind: "hardSigmoid", slope: 0.2, offset: 0.5 },
  { kind: "tanh" },
  { kind: "hardSwish" },
  { kind: "swish", beta: 1 },
  { kind: "mish" },
  { kind: "gelu", tanh: false },
  { kind: "gelu", tanh: true },
  { kind: "erf" },
  { kind: "exp" },
  { kind: "sin" },
  { kind: "cos" },
  { kind: "abs" },
  { kind: "negate" },
  { kind: "sign" },
  { kind: "floor" },
  { kind: "ceil" },
  { kind: "round" },
  { kind: "not" },
];

/** Those that need positive numbers. */
const positive: readonly Scalar[] = [{ kind: "log" }, { kind: "sqrt" }, { kind: "reciprocal" }];

export const scalarStep: GeneralStep = (site, x) =>
  site.pick(8) === 0
    ? site.make("unary", [inBetween(site, x, 0.5, 2)], { fn: oneOf(site, positive) })
    : asReal(site, site.make("unary", [inBetween(site, x, -2, 2)], { fn: oneOf(site, scalars) }));

const free = [
  ...(["subtract", "multiply", "minimum", "maximum", "equal", "less", "lessEqual"] as const),
  ...(["and", "or", "xor"] as const),
];
const guarded = ["divide", "power", "modulo", "remainder"] as const;

/** Divisors are no zero and exponents are whole and positive. */
export const binaryStep: GeneralStep = (site, x, y) => {
  if (site.pick(4) > 0) {
    const other = sameShape(x.type.shape, y.type.shape) ? y : constantOf(site, x.type.shape, [-1, 0, 0.5, 1]);
    return asReal(site, site.make("binary", [x, other], { fn: oneOf(site, free) }));
  }
  const fn = oneOf(site, guarded);
  const other = constantOf(site, x.type.shape, fn === "power" ? [1, 2] : [-1, -0.5, 0.5, 2]);
  return site.make("binary", [x, other], { fn });
};

export const selectStep: GeneralStep = (site, x, y) => {
  const other = sameShape(x.type.shape, y.type.shape) ? y : constantOf(site, x.type.shape, [-1, 0.5]);
  const picks = site.make("binary", [x, other], { fn: "less" });
  return site.make("select", [picks, x, other], {});
};

const storages = [
  ...(["f32", "f16", "bf16", "i64", "i32", "i16", "i8", "i4"] as const),
  ...(["u64", "u32", "u16", "u8", "u4", "bool"] as const),
];

export const castStep: GeneralStep = (site, x) =>
  asReal(site, site.make("cast", [x], { to: oneOf(site, storages) }));

export const softmaxStep: GeneralStep = (site, x) =>
  site.make("softmax", [x], { axis: axisOf(site, x), log: site.pick(2) === 1 });

/** Some axes, at least one, in rising order. */
const someAxes = (site: GeneralSite, rank: number): readonly number[] => {
  const first = site.pick(rank);
  return Array.from({ length: rank }, (_, axis) => axis).filter(
    (axis) => axis === first || site.pick(3) === 0,
  );
};

export const normalizeStep: GeneralStep = (site, x) =>
  site.make("normalize", [x], {
    axes: someAxes(site, x.type.shape.length),
    center: site.pick(2) === 0,
    norm: oneOf(site, ["l1", "l2", "rms"]),
    epsilon: 1 / 1024,
  });

const reductions = [
  ...(["sum", "mean", "max", "min", "product"] as const),
  ...(["l1", "l2", "sumSquare", "logSum", "logSumExp"] as const),
];

/** One axis is left at least. */
export const reduceStep: GeneralStep = (site, x) => {
  const fn = oneOf(site, reductions);
  const axes = someAxes(site, x.type.shape.length);
  const from = fn === "logSum" ? inBetween(site, x, 0.5, 2) : x;
  const keep = axes.length === x.type.shape.length || site.pick(2) === 0;
  return site.make("reduce", [from], { fn, axes, keep });
};

export const argmaxStep: GeneralStep = (site, x) =>
  asReal(
    site,
    site.make("argmax", [x], {
      axis: axisOf(site, x),
      lowest: site.pick(2) === 1,
      last: site.pick(2) === 1,
      keep: x.type.shape.length === 1 || site.pick(2) === 1,
    }),
  );

export const topKStep: GeneralStep = (site, x) => {
  const axis = axisOf(site, x);
  const k = 1 + site.pick(item(x.type.shape, axis));
  const emit = oneOf(site, ["values", "indices"] as const);
  return asReal(site, site.make("topK", [x], { k, axis, lowest: site.pick(2) === 1, emit }));
};

/** x times its own transpose. */
export const matmulStep: GeneralStep = (site, x) => {
  const rows = x.type.shape.length < 2 ? ofRank(site, x, 2) : x;
  const rank = rows.type.shape.length;
  const order = [...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2];
  return site.make("matmul", [rows, site.make("transpose", [rows], { order })], {});
};
