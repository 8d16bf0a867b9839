import type { Shape, Weight } from "../../../../ir/core/index.ts";
import { neighbourCount, neighbours, type TensorNode } from "../../../../ir/tensor/index.ts";
import { floatOf, intOf } from "../attributes.ts";
import { axisOf, bounded, onAxes, perSample, settledAs } from "../forms.ts";
import {
  type Importer,
  optionalAt,
  type Site,
  valueAt,
  vectorOf,
  weightAt,
  wrongAttribute,
  wrongShape,
} from "../site.ts";
import { constant, type Value, wholeShape } from "../value.ts";
import { single } from "../weights.ts";
import { combined, plus, times } from "./arithmetic.ts";
import { reduced } from "./reduce.ts";

const behind = (shape: Shape, axis: number): readonly number[] =>
  shape.flatMap((_, a) => (a >= axis ? [a] : []));

/** Values over their root mean square, less their mean when centred, along axes of the whole shape. */
const normalized = (
  site: Site,
  value: Value,
  axes: readonly number[],
  center: boolean,
  epsilon: number,
): Value => {
  const on = onAxes(site, value, axes);
  const node = site.make("normalize", [on.node], { axes: on.axes, center, norm: "rms", epsilon });
  return settledAs(site, node, on.lead, value.element);
};

const scaledBy = (site: Site, value: Value, scale: Value | null, shift: Value | null): Value => {
  const scaled = scale === null ? value : times(site, value, scale);
  return shift === null ? scaled : plus(site, scaled, shift);
};

/** The mean over axes, and one over the deviation from it: the second and third output. */
const statistics = (site: Site, value: Value, axes: readonly number[], epsilon: number): readonly Value[] => {
  const mean = reduced(site, value, "mean", axes, true);
  const off = combined(site, "subtract", value, mean);
  const variance = reduced(site, combined(site, "multiply", off, off), "mean", axes, true);
  const wide = plus(site, variance, constant(single("epsilon", epsilon), "FLOAT"));
  const half = constant(single("half", -0.5), "FLOAT");
  return [mean, combined(site, "power", wide, half)];
};

const layerNorm = (center: boolean): Importer => ({
  inputs: [1, 3],
  attributes: ["axis", "epsilon", "stash_type"],
  run: (site) => {
    const value = valueAt(site, 0);
    const shape = wholeShape(value);
    const axes = behind(shape, axisOf(site, intOf(site, "axis", -1), shape.length));
    const epsilon = floatOf(site, "epsilon", 1e-5);
    const norm = normalized(site, value, axes, center, epsilon);
    const y = scaledBy(site, norm, optionalAt(site, 1), optionalAt(site, 2));
    return site.node.outputs.length > 1 && center ? [y, ...statistics(site, value, axes, epsilon)] : y;
  },
});

const channelsOf = (site: Site, x: TensorNode): number =>
  x.type.shape[0] ?? wrongShape(site, "an axis of channels behind the batch is needed");

const perChannel = (site: Site, x: TensorNode, index: number, role: string): Weight =>
  vectorOf(site, weightAt(site, index), channelsOf(site, x), role);

const instanceNorm: Importer = {
  inputs: [3, 3],
  attributes: ["epsilon", "consumed_inputs"],
  run: (site) =>
    perSample(site, valueAt(site, 0), (x) => {
      const axes = behind(x.type.shape, 1);
      const epsilon = floatOf(site, "epsilon", 1e-5);
      const norm = site.make("normalize", [x], { axes, center: true, norm: "rms", epsilon });
      const [scale, shift] = [perChannel(site, x, 1, "scale"), perChannel(site, x, 2, "bias")];
      return site.make("affine", [norm], { scale, shift });
    }),
};

/** Scale and bias are per group before opset 21, per channel since. */
const groupNorm: Importer = {
  inputs: [3, 3],
  attributes: ["epsilon", "num_groups", "stash_type"],
  run: (site) =>
    perSample(site, valueAt(site, 0), (x) => {
      const { shape } = x.type;
      const channels = channelsOf(site, x);
      const groups = intOf(site, "num_groups", 1);
      if (!(groups >= 1 && channels % groups === 0))
        return wrongAttribute(
          site,
          "num_groups",
          `it is ${groups}, which does not divide ${channels} channels`,
        );
      const size = shape.reduce((product, extent) => product * extent, 1);
      const rows = site.make("reshape", [x], { shape: [groups, size / groups] });
      const epsilon = floatOf(site, "epsilon", 1e-5);
      const norm = site.make("normalize", [rows], { axes: [1], center: true, norm: "rms", epsilon });
      const late = site.opset >= 21;
      const affine = (node: TensorNode): TensorNode =>
        site.make("affine", [node], {
          scale: perChannel(site, node, 1, "scale"),
          shift: perChannel(site, node, 2, "bias"),
        });
      const early = late ? norm : affine(norm);
      const back = site.make("reshape", [early], { shape });
      return late ? affine(back) : back;
    }),
};

const lpNorm: Importer = {
  inputs: [1, 1],
  attributes: ["axis", "p"],
  run: (site) => {
    const value = valueAt(site, 0);
    const axis = axisOf(site, intOf(site, "axis", -1), wholeShape(value).length);
    const p = intOf(site, "p", 2);
    if (p !== 1 && p !== 2) return wrongAttribute(site, "p", `it is ${p}, 1 or 2 is needed`);
    const on = onAxes(site, value, [axis]);
    const attrs = { axes: on.axes, center: false, epsilon: 0 };
    const node = site.make("normalize", [on.node], { ...attrs, norm: p === 1 ? "l1" : "l2" });
    return settledAs(site, node, on.lead, value.element);
  },
};

/** x / (bias + alpha / size * sum of squares over neighbouring channels)^beta */
const localResponse: Importer = {
  inputs: [1, 1],
  attributes: ["alpha", "beta", "bias", "size"],
  run: (site) => {
    const value = valueAt(site, 0);
    const channels = wholeShape(value)[1] ?? 1;
    const size = intOf(site, "size", 1);
    if (!(size >= 1 && size <= 65536)) return wrongAttribute(site, "size", `it is ${size}`);
    const on = onAxes(site, combined(site, "multiply", value, value), [1]);
    bounded(site, [channels, neighbourCount(channels, size)]);
    const sums = site.make("resample", [on.node], {
      axis: on.axes[0] ?? 0,
      ...neighbours(channels, size, 1),
    });
    const sum = settledAs(site, sums, on.lead, value.element);
    const [alpha, beta, bias] = [
      floatOf(site, "alpha", 1e-4),
      floatOf(site, "beta", 0.75),
      floatOf(site, "bias", 1),
    ];
    const scaled = times(site, sum, constant(single("factor", alpha / size), "FLOAT"));
    const wide = plus(site, scaled, constant(single("bias", bias), "FLOAT"));
    const root = combined(site, "power", wide, constant(single("beta", beta), "FLOAT"));
    return combined(site, "divide", value, root);
  },
};

/** Normalisations, by operator. */
export const norms: Readonly<Record<string, Importer>> = {
  GroupNormalization: groupNorm,
  InstanceNormalization: instanceNorm,
  LRN: localResponse,
  LayerNormalization: layerNorm(true),
  LpNormalization: lpNorm,
  RMSNormalization: layerNorm(false),
};
