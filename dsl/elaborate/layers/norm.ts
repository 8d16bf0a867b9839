import { floats, item, type Shape, sizeOf, type Weight } from "../../../compiler/ir/core/index.ts";
import {
  makeTensor,
  neighbourCount,
  neighbours,
  type TensorNode,
} from "../../../compiler/ir/tensor/index.ts";
import { startingAt } from "../init.ts";
import { count, distance, real } from "../kinds.ts";
import { itemOfOption, optional, required, signature } from "../options.ts";
import { takeTable } from "../shapes.ts";
import { float32 } from "./activation.ts";
import { givenOrNone, givenWeight } from "./given.ts";
import { type Flow, fromWeights, type Layer, originsOf, parameter, type Site, shapeOfFlow } from "./layer.ts";
import { groupsFit } from "./linear.ts";

/** weight (x - running_mean) / sqrt(running_var + eps) + bias per channel. */
const batchNorm: Layer = {
  signature: signature("batch_norm", ["eps"]),
  counted: "bn",
  build: (site, input) => {
    const epsilon = optional(site.options, "eps", distance, 1e-5);
    if (epsilon === null) return null;
    const channels = shapeOfFlow(input).slice(0, 1);
    const attrs = {
      scale: parameter(site, "weight", channels, fromWeights(startingAt(1))),
      shift: parameter(site, "bias", channels, fromWeights(startingAt(0))),
      mean: parameter(site, "running_mean", channels, fromWeights(startingAt(0))),
      variance: parameter(site, "running_var", channels, fromWeights(startingAt(1))),
      epsilon: float32(epsilon),
    };
    return makeTensor("batchNorm", [input.node], attrs, originsOf(site));
  },
};

const ones = (stage: string, shape: Shape): Weight =>
  floats(`${stage}.one`, shape, new Float64Array(sizeOf(shape)).fill(1), "f32");

/** Scale and shift after a norm; each may be `none`. */
const scaled = (site: Site, node: TensorNode, shape: Shape): TensorNode => {
  const scale = givenOrNone(site, "weight", "weight", shape, startingAt(1));
  const shift = givenOrNone(site, "bias", "bias", shape, startingAt(0));
  if (scale === null && shift === null) return node;
  return makeTensor("affine", [node], { scale: scale ?? ones(site.stage, [1]), shift }, originsOf(site));
};

const normalized = (site: Site, node: TensorNode, axes: readonly number[], epsilon: number): TensorNode =>
  makeTensor(
    "normalize",
    [node],
    { axes, center: true, norm: "rms", epsilon: float32(epsilon) },
    originsOf(site),
  );

const affine = ["eps", "weight", "bias"];

/** Mean 0 and variance 1 over the whole sample. */
const layerNorm: Layer = {
  signature: signature("layer_norm", [], affine),
  counted: "layer_norm",
  build: (site, input) => {
    const epsilon = optional(site.options, "eps", distance, 1e-5);
    if (epsilon === null) return null;
    const shape = shapeOfFlow(input);
    return scaled(site, normalized(site, input.node, [...shape.keys()], epsilon), shape);
  },
};

const reshaped = (site: Site, node: TensorNode, shape: Shape): TensorNode =>
  makeTensor("reshape", [node], { shape }, originsOf(site));

/** Mean 0 and variance 1 over each group of channels. */
const grouped = (site: Site, input: Flow, groups: number): TensorNode | null => {
  const epsilon = optional(site.options, "eps", distance, 1e-5);
  const shape = shapeOfFlow(input);
  const channels = item(shape, 0);
  if (epsilon === null || !groupsFit(site, groups, channels)) return null;
  const rows = reshaped(site, input.node, [groups, sizeOf(shape) / groups]);
  return scaled(site, reshaped(site, normalized(site, rows, [1], epsilon), shape), [channels]);
};

const groupNorm: Layer = {
  signature: signature("group_norm", ["groups"], ["groups", ...affine]),
  counted: "group_norm",
  build: (site, input) => {
    const groups = required(site.options, "groups", count);
    return groups === null ? null : grouped(site, input, groups);
  },
};

/** A group norm with a group for each channel. */
const instanceNorm: Layer = {
  signature: signature("instance_norm", [], affine),
  counted: "instance_norm",
  build: (site, input) => grouped(site, input, item(shapeOfFlow(input), 0)),
};

const constant = (site: Site, name: string, value: number, shape: Shape): TensorNode => {
  const held = floats(
    `${site.stage}.${name}`,
    shape.map(() => 1),
    Float64Array.of(float32(value)),
    "f32",
  );
  const one = makeTensor("constant", [], { value: held }, originsOf(site));
  return makeTensor("expand", [one], { shape }, originsOf(site));
};

/** x / (bias + alpha / size * sum of squares over `size` channels) ^ beta (Krizhevsky et al. 2012, as ONNX has it). */
const lrn: Layer = {
  signature: signature("lrn", ["size"], ["size", "alpha", "beta", "bias"]),
  counted: "lrn",
  build: (site, input) => {
    const size = required(site.options, "size", count);
    const alpha = optional(site.options, "alpha", real, 1e-4);
    const beta = optional(site.options, "beta", real, 0.75);
    const bias = optional(site.options, "bias", real, 1);
    if (size === null || alpha === null || beta === null || bias === null) return null;
    const shape = shapeOfFlow(input);
    const channels = item(shape, 0);
    const table = [channels, neighbourCount(channels, size)];
    if (!takeTable(site.context, table, site.span)) return null;
    const at = originsOf(site);
    const square = makeTensor("binary", [input.node, input.node], { fn: "multiply" }, at);
    const near = neighbours(channels, size, float32(alpha / size));
    const sum = makeTensor("resample", [square], { axis: 0, ...near }, at);
    const shift = floats(`${site.stage}.bias`, [1], Float64Array.of(float32(bias)), "f32");
    const raised = makeTensor("affine", [sum], { scale: ones(site.stage, [1]), shift }, at);
    const power = constant(site, "beta", beta, shape);
    const by = makeTensor("binary", [raised, power], { fn: "power" }, at);
    return makeTensor("binary", [input.node, by], { fn: "divide" }, at);
  },
};

/** A number, a `param` of one number a channel, or `stored`. */
const scale: Layer = {
  signature: signature("scale", ["factor"]),
  counted: "scale",
  build: (site, input) => {
    const given = itemOfOption(site.options, "factor");
    const number = given?.kind === "number" ? required(site.options, "factor", real) : null;
    if (given?.kind === "number" && number === null) return null;
    const channels = shapeOfFlow(input).slice(0, 1);
    const factor =
      number === null
        ? givenWeight(site, "factor", "weight", channels, startingAt(1))
        : floats(`${site.stage}.factor`, [1], Float64Array.of(float32(number)), "f32");
    return factor === null
      ? null
      : makeTensor("affine", [input.node], { scale: factor, shift: null }, originsOf(site));
  },
};

export const norms: readonly Layer[] = [batchNorm, layerNorm, groupNorm, instanceNorm, lrn, scale];
