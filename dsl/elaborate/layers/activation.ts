import { sizeOf } from "../../../compiler/ir/core/index.ts";
import { makeTensor, type Scalar } from "../../../compiler/ir/tensor/index.ts";
import { optionFaults } from "../../diagnostics/option.ts";
import { placeOf, report } from "../context.ts";
import { distance, real } from "../kinds.ts";
import { optional, required, type Signature, signature, spanOfOption } from "../options.ts";
import { type Layer, originsOf, parameter, type Site, shapeOfFlow } from "./layer.ts";

/** Numbers of a layer become float32, as in the file formats that networks come from. */
const float32 = (value: number): number => Math.fround(value);

const scalarLayer = (of: Signature, fn: (site: Site) => Scalar | null): Layer => ({
  signature: of,
  counted: of.owner,
  build: (site, input) => {
    const made = fn(site);
    return made === null ? null : makeTensor("unary", [input.node], { fn: made }, originsOf(site));
  },
});

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

export const relu = scalarLayer(signature("relu", []), () => ({ kind: "relu" }));
export const relu6 = scalarLayer(signature("relu6", []), () => ({ kind: "clip", low: 0, high: 6 }));
export const clip = scalarLayer(signature("clip", ["low", "high"], ["low", "high"]), clipOf);
export const leakyRelu = scalarLayer(signature("leaky_relu", ["slope"]), leakyOf);
export const sigmoid = scalarLayer(signature("sigmoid", []), () => ({ kind: "sigmoid" }));
export const tanh = scalarLayer(signature("tanh", []), () => ({ kind: "tanh" }));

/** Over the channels, at each place. */
export const softmax: Layer = {
  signature: signature("softmax", []),
  counted: "softmax",
  build: (site, input) => makeTensor("softmax", [input.node], { axis: 0 }, originsOf(site)),
};

export const flatten: Layer = {
  signature: signature("flatten", []),
  counted: "flatten",
  build: (site, input) =>
    makeTensor("reshape", [input.node], { shape: [sizeOf(shapeOfFlow(input))] }, originsOf(site)),
};

/** weight (x - running_mean) / sqrt(running_var + eps) + bias per channel. */
export const batchNorm: Layer = {
  signature: signature("batch_norm", ["eps"]),
  counted: "bn",
  build: (site, input) => {
    const epsilon = optional(site.options, "eps", distance, 1e-5);
    if (epsilon === null) return null;
    const channels = shapeOfFlow(input).slice(0, 1);
    const attrs = {
      scale: parameter(site, "weight", channels),
      shift: parameter(site, "bias", channels),
      mean: parameter(site, "running_mean", channels),
      variance: parameter(site, "running_var", channels),
      epsilon: float32(epsilon),
    };
    return makeTensor("batchNorm", [input.node], attrs, originsOf(site));
  },
};
