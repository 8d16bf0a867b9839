import { quoteName } from "../../../../diagnostics/index.ts";
import type { Scalar } from "../../../../ir/tensor/index.ts";
import { boundOf, floatOf, textOf } from "../attributes.ts";
import { type Importer, numbersAt, type Site, valueAt, wrongAttribute, wrongShape } from "../site.ts";
import { mapped } from "./mapped.ts";

/** A rule for a function of one number. `attributes` are those that `fn` reads. */
const scalarOp = (attributes: readonly string[], fn: (site: Site) => Scalar): Importer => ({
  inputs: [1, 1],
  // Old exporters state on which memory BatchNormalization's neighbours wrote their results.
  attributes: [...attributes, "consumed_inputs"],
  run: (site) => mapped(site, valueAt(site, 0), (x) => site.make("unary", [x], { fn: fn(site) })),
});

const plain = (fn: Scalar): Importer => scalarOp([], () => fn);

const gelu = (site: Site): Scalar => {
  const kind = textOf(site, "approximate", "none");
  if (kind !== "none" && kind !== "tanh")
    return wrongAttribute(site, "approximate", `it is "${quoteName(kind)}", none or tanh is needed`);
  return { kind: "gelu", tanh: kind === "tanh" };
};

const boundAt = (site: Site, index: number, fallback: number): number => {
  const numbers = numbersAt(site, index);
  if (numbers === null) return fallback;
  const [bound, ...others] = numbers;
  if (bound === undefined || others.length > 0) return wrongShape(site, `bound ${index} is no single number`);
  return Number.isNaN(bound) ? wrongAttribute(site, index === 1 ? "min" : "max", "it is no number") : bound;
};

/** Bounds are attributes before opset 11, inputs since. */
const clip: Importer = {
  inputs: [1, 3],
  attributes: ["min", "max", "consumed_inputs"],
  run: (site) => {
    const low = boundAt(site, 1, boundOf(site, "min", -Infinity));
    const high = boundAt(site, 2, boundOf(site, "max", Infinity));
    // Where the bounds cross, ONNX gives the upper one.
    const fn: Scalar = { kind: "clip", low: Math.min(low, high), high };
    return mapped(site, valueAt(site, 0), (x) => site.make("unary", [x], { fn }));
  },
};

/** Functions of one number, by operator. */
export const activations: Readonly<Record<string, Importer>> = {
  Abs: plain({ kind: "abs" }),
  Ceil: plain({ kind: "ceil" }),
  Celu: scalarOp(["alpha"], (site) => ({ kind: "celu", alpha: floatOf(site, "alpha", 1) })),
  Clip: clip,
  Cos: plain({ kind: "cos" }),
  Elu: scalarOp(["alpha"], (site) => ({ kind: "elu", alpha: floatOf(site, "alpha", 1) })),
  Erf: plain({ kind: "erf" }),
  Exp: plain({ kind: "exp" }),
  Floor: plain({ kind: "floor" }),
  Gelu: scalarOp(["approximate"], gelu),
  HardSigmoid: scalarOp(["alpha", "beta"], (site) => ({
    kind: "hardSigmoid",
    slope: floatOf(site, "alpha", 0.2),
    offset: floatOf(site, "beta", 0.5),
  })),
  HardSwish: plain({ kind: "hardSwish" }),
  LeakyRelu: scalarOp(["alpha"], (site) => ({ kind: "leakyRelu", slope: floatOf(site, "alpha", 0.01) })),
  Log: plain({ kind: "log" }),
  Mish: plain({ kind: "mish" }),
  Neg: plain({ kind: "negate" }),
  Not: {
    inputs: [1, 1],
    attributes: [],
    run: (site) =>
      mapped(site, valueAt(site, 0), (x) => site.make("unary", [x], { fn: { kind: "not" } }), "BOOL"),
  },
  Reciprocal: plain({ kind: "reciprocal" }),
  Relu: plain({ kind: "relu" }),
  Round: plain({ kind: "round" }),
  Selu: scalarOp(["alpha", "gamma"], (site) => ({
    kind: "selu",
    alpha: floatOf(site, "alpha", 1.6732632423543772),
    gamma: floatOf(site, "gamma", 1.0507009873554805),
  })),
  Sigmoid: plain({ kind: "sigmoid" }),
  Sign: plain({ kind: "sign" }),
  Sin: plain({ kind: "sin" }),
  Softplus: plain({ kind: "softplus" }),
  Softsign: plain({ kind: "softsign" }),
  Sqrt: plain({ kind: "sqrt" }),
  Swish: scalarOp(["alpha"], (site) => ({ kind: "swish", beta: floatOf(site, "alpha", 1) })),
  Tanh: plain({ kind: "tanh" }),
  ThresholdedRelu: scalarOp(["alpha"], (site) => ({
    kind: "thresholdedRelu",
    threshold: floatOf(site, "alpha", 1),
  })),
};
