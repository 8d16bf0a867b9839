import { item, type Shape, sameShape, sizeOf, type Weight } from "../../../../ir/core/index.ts";
import type { TensorNode } from "../../../../ir/tensor/index.ts";
import { intOf, textOf } from "../attributes.ts";
import { perSample } from "../forms.ts";
import {
  type Importer,
  optionalWeightAt,
  type Site,
  valueAt,
  vectorOf,
  weightAt,
  wrongAttribute,
  wrongShape,
} from "../site.ts";
import { boundWindows, extentsOf, slidingOf } from "../window.ts";

const attributes = ["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"];

interface Layer {
  readonly weight: Weight;
  readonly bias: Weight | null;
  readonly groups: number;
  readonly kernel: Shape;
}

/** Weights, bias and groups; `outputs` gives the number of output channels. */
const layerOf = (site: Site, x: TensorNode, outputs: (weight: Weight, groups: number) => number): Layer => {
  const weight = weightAt(site, 1);
  const { shape } = x.type;
  if (shape.length < 2 || weight.shape.length !== shape.length + 1)
    wrongShape(
      site,
      `weights of rank ${weight.shape.length} do not slide over an input of rank ${shape.length + 1}`,
    );
  const kernel = weight.shape.slice(2);
  if (sizeOf(weight.shape) === 0) wrongShape(site, "the weights are empty");
  const stated = extentsOf(site, "kernel_shape", kernel.length, 1);
  if (stated !== null && !sameShape(stated, kernel))
    wrongAttribute(site, "kernel_shape", `it is ${stated.join("x")}, the weights are ${kernel.join("x")}`);
  const groups = intOf(site, "group", 1);
  if (groups < 1) wrongAttribute(site, "group", `it is ${groups}, at least 1 is needed`);
  const bias = optionalWeightAt(site, 2);
  if (bias !== null) vectorOf(site, bias, outputs(weight, groups), "bias");
  return { weight, bias, groups, kernel };
};

/** Conv of any rank: [C, k...] to [O, k'...]. */
export const conv: Importer = {
  inputs: [2, 3],
  attributes,
  run: (site) =>
    perSample(site, valueAt(site, 0), (x) => {
      const { kernel, ...layer } = layerOf(site, x, (weight) => item(weight.shape, 0));
      const sliding = slidingOf(site, x.type.shape.slice(1), kernel);
      const y = site.make("conv", [x], { ...layer, ...sliding });
      boundWindows(site, y.type.shape.slice(1), kernel);
      return y;
    }),
};

interface Axis {
  readonly from: number;
  readonly stride: number;
  readonly reach: number;
  readonly outputPad: number;
}

/** Pads that give a stated extent; an odd one goes behind unless the mode is SAME_UPPER. */
const padsFor = ({ from, stride, reach, outputPad }: Axis, to: number, upper: boolean) => {
  const total = stride * (from - 1) + outputPad + reach - to;
  const half = Math.trunc(total / 2);
  return upper ? ([half, total - half] as const) : ([total - half, half] as const);
};

/** Pads that `output_shape` or `auto_pad` imply, else those of `pads`. */
const transposedPads = (
  site: Site,
  axes: readonly Axis[],
  stated: readonly (readonly [number, number])[],
) => {
  const shape = extentsOf(site, "output_shape", axes.length, 1);
  const mode = textOf(site, "auto_pad", "NOTSET");
  const same = mode === "SAME_UPPER" || mode === "SAME_LOWER";
  if (shape === null && !same) return stated;
  return axes.map((axis, i) => padsFor(axis, shape?.[i] ?? axis.from * axis.stride, mode !== "SAME_LOWER"));
};

const grown = (
  { from, stride, reach, outputPad }: Axis,
  [before, after]: readonly [number, number],
): number => stride * (from - 1) + outputPad + reach - before - after;

const transposed = (site: Site, x: TensorNode): TensorNode => {
  const { kernel, ...layer } = layerOf(site, x, (weight, groups) => item(weight.shape, 1) * groups);
  const space = x.type.shape.slice(1);
  const sliding = slidingOf(site, space, kernel);
  const extra = extentsOf(site, "output_padding", kernel.length, 0) ?? [];
  const axes = space.map((from, i) => ({
    from,
    stride: sliding.strides[i] ?? 1,
    reach: (sliding.dilations[i] ?? 1) * (item(kernel, i) - 1) + 1,
    outputPad: extra[i] ?? 0,
  }));
  const pads = transposedPads(site, axes, sliding.pads);
  const to = axes.map((axis, i) => grown(axis, pads[i] ?? [0, 0]));
  boundWindows(site, to, kernel);
  return site.make("convTranspose", [x], { ...layer, ...sliding, pads, outputPads: extra });
};

export const convTranspose: Importer = {
  inputs: [2, 3],
  attributes: [...attributes, "output_padding", "output_shape"],
  run: (site) => perSample(site, valueAt(site, 0), (x) => transposed(site, x)),
};
