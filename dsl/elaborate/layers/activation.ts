import { makeTensor, type Scalar } from "../../../compiler/ir/tensor/index.ts";
import { optionFaults } from "../../diagnostics/option.ts";
import { placeOf, report } from "../context.ts";
import { startingAt } from "../init.ts";
import { levels, real, word } from "../kinds.ts";
import { optional, required, type Signature, signature, spanOfOption } from "../options.ts";
import { givenWeight } from "./given.ts";
import { type Layer, originsOf, type Site, shapeOfFlow } from "./layer.ts";

/** Numbers of a layer become float32, as in the file formats that networks come from. */
export const float32 = (value: number): number => Math.fround(value);

const scalarLayer = (of: Signature, fn: (site: Site) => Scalar | null): Layer => ({
  signature: of,
  counted: of.owner,
  build: (site, input) => {
    const made = fn(site);
    return made === null ? null : makeTensor("unary", [input.node], { fn: made }, originsOf(site));
  },
});

const plain = (name: string, fn: Scalar): Layer => scalarLayer(signature(name, []), () => fn);

const clipOf = (site: Site): Scalar | null => {
  const low = required(site.options, "low", real);
  const high = required(site.options, "high", real);
  if (low === null || high === null) return null;
  if (low < high) return { kind: "clip", low: float32(low), high: float32(high) };
  const { context, options, span } = site;
  const holes = { owner: "clip", name: "high", says: `above ${low}`, remedy: "write the lower bound first" };
  return report(
    context,
    optionFaults.report("type", placeOf(context, spanOfOption(options, "high") ?? span), holes),
  );
};

const leakyOf = (site: Site): Scalar | null => {
  const slope = required(site.options, "slope", real);
  return slope === null ? null : { kind: "leakyRelu", slope: float32(slope) };
};

const eluOf = (site: Site): Scalar | null => {
  const alpha = optional(site.options, "alpha", real, 1);
  return alpha === null ? null : { kind: "elu", alpha: float32(alpha) };
};

const geluOf = (site: Site): Scalar | null => {
  const rule = optional(site.options, "approximate", word("none", "tanh"), "none");
  return rule === null ? null : { kind: "gelu", tanh: rule === "tanh" };
};

/** One slope a channel; they start at 1/4 (He et al. 2015, section 2.1). */
const prelu: Layer = {
  signature: signature("prelu", [], ["weight"]),
  counted: "prelu",
  build: (site, input) => {
    const slope = givenWeight(site, "weight", "weight", shapeOfFlow(input).slice(0, 1), startingAt(0.25));
    return slope === null ? null : makeTensor("prelu", [input.node], { slope }, originsOf(site));
  },
};

/** max / levels times round(levels x / max), ties up, from 0 to max. */
const quantRelu: Layer = {
  signature: signature("quant_relu", ["levels", "max"], ["levels", "max"]),
  counted: "quant_relu",
  build: (site, input) => {
    const count = required(site.options, "levels", levels);
    const max = required(site.options, "max", real);
    if (count === null || max === null) return null;
    const grid = { scale: [float32(max / count)], zero: [0], axis: 0 };
    const attrs = { ...grid, low: 0, high: count, round: "up" } as const;
    const rounded = makeTensor("quantize", [input.node], attrs, originsOf(site));
    return makeTensor("dequantize", [rounded], grid, originsOf(site));
  },
};

/** Over the channels, at each place. */
const softmax: Layer = {
  signature: signature("softmax", []),
  counted: "softmax",
  build: (site, input) => makeTensor("softmax", [input.node], { axis: 0 }, originsOf(site)),
};

/** Functions of one value. `hard_sigmoid` is clip(x / 6 + 1 / 2, 0, 1) (Howard et al. 2019). */
export const activations: readonly Layer[] = [
  plain("relu", { kind: "relu" }),
  plain("relu6", { kind: "clip", low: 0, high: 6 }),
  plain("abs", { kind: "abs" }),
  plain("sigmoid", { kind: "sigmoid" }),
  plain("hard_sigmoid", { kind: "hardSigmoid", slope: float32(1 / 6), offset: 0.5 }),
  plain("tanh", { kind: "tanh" }),
  plain("silu", { kind: "swish", beta: 1 }),
  plain("hard_swish", { kind: "hardSwish" }),
  plain("softplus", { kind: "softplus" }),
  scalarLayer(signature("gelu", [], ["approximate"]), geluOf),
  scalarLayer(signature("elu", ["alpha"]), eluOf),
  scalarLayer(signature("clip", ["low", "high"], ["low", "high"]), clipOf),
  scalarLayer(signature("leaky_relu", ["slope"]), leakyOf),
  prelu,
  quantRelu,
  softmax,
];
