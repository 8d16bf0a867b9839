import { item, type Shape, showShape, sizeOf, type Weight } from "../../../compiler/ir/core/index.ts";
import { makeTensor } from "../../../compiler/ir/tensor/index.ts";
import { shapeFaults } from "../../diagnostics/shape.ts";
import { placeOf, report } from "../context.ts";
import { showCount } from "../count.ts";
import { drawnBy, type Fans, fansOf, startingAt } from "../init.ts";
import { count, size } from "../kinds.ts";
import { withDelays } from "../native/delays.ts";
import { optional, required, signature, spanOfOption } from "../options.ts";
import { givenOrNone, givenWeight } from "./given.ts";
import { type Flow, type Layer, originsOf, type Site, shapeOfFlow } from "./layer.ts";
import { sparseWeight } from "./sparse.ts";
import { windowOf } from "./window.ts";

export const synapses = ["weight", "bias", "sparse", "delays"];

/** Of these, what only `dense`, `conv` and `depthwise` build. */
export const unbuilt = ["delays"];

export const window = ["kernel", "stride", "pad", "dilation"];

/** Weights and bias of a layer, or null where one of them has a fault. */
export const synapsesOf = (
  site: Site,
  shape: Shape,
  bias: Shape,
  fans: Fans,
): { readonly weight: Weight; readonly bias: Weight | null } | null => {
  const before = givenWeight(site, "weight", "weight", shape, drawnBy(fans));
  const weight = before === null ? null : sparseWeight(site, before);
  const added = givenOrNone(site, "bias", "bias", bias, startingAt(0, fans));
  return weight === null ? null : { weight, bias: added };
};

/** Fans of a window from some channels to others. */
export const fieldFans = (from: number, to: number, kernel: readonly number[]): Fans => ({
  into: from * sizeOf(kernel),
  out: to * sizeOf(kernel),
});

export const groupsFit = (site: Site, groups: number, channels: number): boolean => {
  if (channels % groups === 0) return true;
  const span = spanOfOption(site.options, "groups") ?? site.span;
  const remedy = `write a divisor of ${channels}`;
  report(
    site.context,
    shapeFaults.report("groups", placeOf(site.context, span), { groups, channels, remedy }),
  );
  return false;
};

const buildConv = (site: Site, input: Flow) => {
  const channels = required(site.options, "channels", count);
  const kernel = required(site.options, "kernel", size);
  const groups = optional(site.options, "groups", count, 1);
  if (channels === null || kernel === null || groups === null) return null;
  const sliding = windowOf(site, input, kernel, "conv", { stride: 1, pad: "same" });
  const from = item(shapeOfFlow(input), 0);
  if (sliding === null || !groupsFit(site, groups, from) || !groupsFit(site, groups, channels)) return null;
  const { strides, dilations, pads } = sliding;
  const fans = fieldFans(from / groups, channels / groups, kernel);
  const made = synapsesOf(site, [channels, from / groups, ...kernel], [channels], fans);
  if (made === null) return null;
  return makeTensor("conv", [input.node], { ...made, strides, dilations, pads, groups }, originsOf(site));
};

/** y[o, p] = sum over channels and window of W x, plus b; weights [channels, in / groups, kernel]. */
export const conv: Layer = {
  signature: signature("conv", ["channels", "kernel"], [...window, "groups", ...synapses]),
  counted: "conv",
  build: withDelays(buildConv),
};

const buildDepthwise = (site: Site, input: Flow) => {
  const kernel = required(site.options, "kernel", size);
  const multiplier = optional(site.options, "multiplier", count, 1);
  if (kernel === null || multiplier === null) return null;
  const sliding = windowOf(site, input, kernel, "depthwise conv", { stride: 1, pad: "same" });
  if (sliding === null) return null;
  const groups = item(shapeOfFlow(input), 0);
  const channels = groups * multiplier;
  const { strides, dilations, pads } = sliding;
  const made = synapsesOf(site, [channels, 1, ...kernel], [channels], fieldFans(1, multiplier, kernel));
  if (made === null) return null;
  return makeTensor("conv", [input.node], { ...made, strides, dilations, pads, groups }, originsOf(site));
};

/** One filter a channel: a conv in as many groups as there are channels. */
export const depthwise: Layer = {
  signature: signature("depthwise", ["kernel"], [...window, "multiplier", ...synapses]),
  counted: "depthwise",
  build: withDelays(buildDepthwise),
};

const vectorRemedy = (shape: readonly number[]): string => {
  const flat = `\`flatten\` (${showCount(sizeOf(shape))} values)`;
  return shape.length < 3
    ? `put ${flat} before it`
    : `put ${flat} or \`global_avg_pool\` (${shape[0]} values) before it`;
};

const buildDense = (site: Site, input: Flow) => {
  const units = required(site.options, "units", count);
  if (units === null) return null;
  const shape = shapeOfFlow(input);
  if (shape.length !== 1) {
    const holes = { found: showShape(shape), remedy: vectorRemedy(shape) };
    return report(site.context, shapeFaults.report("dense", placeOf(site.context, site.word), holes));
  }
  const weights = [units, item(shape, 0)];
  const made = synapsesOf(site, weights, [units], fansOf(weights));
  return made === null ? null : makeTensor("dense", [input.node], made, originsOf(site));
};

/** y = W x + b on a vector; weights [units, in]. */
export const dense: Layer = {
  signature: signature("dense", ["units"], synapses),
  counted: "dense",
  build: withDelays(buildDense),
};
