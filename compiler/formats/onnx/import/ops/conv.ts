import { item, sameShape, sizeOf } from "../../../../ir/core/index.ts";
import { intOf } from "../attributes.ts";
import {
  computedAt,
  type Importer,
  optionalWeightAt,
  vectorOf,
  weightAt,
  wrongAttribute,
  wrongShape,
} from "../site.ts";
import { computed } from "../value.ts";
import { boundWindows, extentsOf, slidingOf } from "../window.ts";

/** Conv of any rank: [C, k...] to [O, k'...]. */
export const conv: Importer = {
  inputs: [2, 3],
  attributes: ["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"],
  run: (site) => {
    const x = computedAt(site, 0);
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
    if (bias !== null) vectorOf(site, bias, item(weight.shape, 0), "bias");
    const sliding = slidingOf(site, shape.slice(1), kernel);
    const y = site.make("conv", [x], { weight, bias, groups, ...sliding });
    boundWindows(site, y.type.shape.slice(1), kernel);
    return computed(y);
  },
};
