import { quoteName } from "../../../../diagnostics/index.ts";
import { floats, item, type Shape, weight } from "../../../../ir/core/index.ts";
import { limits } from "../../decode/limits.ts";
import { flagOf, floatOf, intsOf, textOf } from "../attributes.ts";
import { axisOf, bounded, onAxes, settledAs } from "../forms.ts";
import {
  type Importer,
  integersAt,
  numbersAt,
  type Site,
  spend,
  valueAt,
  wrongAttribute,
  wrongShape,
} from "../site.ts";
import { constant, type Value, wholeShape } from "../value.ts";
import { plus } from "./arithmetic.ts";
import {
  type Coordinates,
  coordinates,
  type Interpolation,
  type Resized,
  reachOf,
  tapsOf,
} from "./resize-taps.ts";

const wordOf = <W extends string>(site: Site, name: string, fallback: W, known: readonly W[]): W => {
  const found = textOf(site, name, fallback);
  const word = known.find((one) => one === found);
  return (
    word ?? wrongAttribute(site, name, `it is "${quoteName(found)}", one of ${known.join(", ")} is needed`)
  );
};

const interpolationOf = (site: Site): Interpolation => ({
  mode: wordOf(site, "mode", "nearest", ["nearest", "linear", "cubic"]),
  nearest:
    site.opset < 11
      ? "floor"
      : wordOf(site, "nearest_mode", "round_prefer_floor", [
          "round_prefer_floor",
          "round_prefer_ceil",
          "floor",
          "ceil",
        ]),
  cubic: floatOf(site, "cubic_coeff_a", -0.75),
  excludeOutside: flagOf(site, "exclude_outside", false),
  antialias: flagOf(site, "antialias", false),
});

const coordinatesOf = (site: Site): Coordinates =>
  site.opset < 11 ? "asymmetric" : wordOf(site, "coordinate_transformation_mode", "half_pixel", coordinates);

const present = (numbers: readonly number[] | null): readonly number[] | null =>
  numbers === null || numbers.length === 0 ? null : numbers;

/** Scales are an attribute in opset 7, the second input up to opset 10, the third since; sizes the fourth. */
const requestOf = (site: Site) => {
  const attribute = site.node.attributes.get("scales");
  const stated = attribute?.kind === "floats" ? attribute.value : null;
  const scales = stated ?? present(numbersAt(site, site.opset < 11 ? 1 : 2));
  return { scales, sizes: present(integersAt(site, 3)), roi: present(numbersAt(site, 1)) };
};

/** One scale for all axes, so that none is larger (or none smaller) than asked. */
const kept = (
  site: Site,
  shape: Shape,
  axes: readonly number[],
  sizes: readonly number[],
): readonly Resized[] => {
  const policy = wordOf(site, "keep_aspect_ratio_policy", "stretch", [
    "stretch",
    "not_larger",
    "not_smaller",
  ]);
  const own = axes.map((axis, i) => item(sizes, i) / item(shape, axis));
  const one = policy === "not_larger" ? Math.min(...own) : Math.max(...own);
  return axes.map((axis, i) => {
    const from = item(shape, axis);
    if (policy === "stretch") return { axis, from, to: item(sizes, i), scale: item(own, i), roi: [0, 1] };
    return { axis, from, to: Math.floor(one * from + 0.5), scale: one, roi: [0, 1] };
  });
};

const resizedAxes = (site: Site, shape: Shape): readonly Resized[] => {
  const { scales, sizes, roi } = requestOf(site);
  const all = shape.map((_, axis) => axis);
  const axes = (intsOf(site, "axes") ?? all).map((axis) => axisOf(site, axis, shape.length, "axes"));
  const stated = sizes ?? scales ?? [];
  if (stated.length !== axes.length)
    return wrongShape(site, `${stated.length} scales or sizes are given for ${axes.length} axes`);
  if (stated.some((n) => !(n > 0 && n <= limits.extent)))
    return wrongShape(site, "a scale or size is not positive");
  const plain =
    sizes !== null
      ? kept(site, shape, axes, sizes)
      : axes.map((axis, i): Resized => {
          const [from, scale] = [item(shape, axis), item(stated, i)];
          return { axis, from, to: Math.floor(from * scale), scale, roi: [0, 1] };
        });
  if (coordinatesOf(site) !== "tf_crop_and_resize" || roi === null) return plain;
  return plain.map((one, i) => ({ ...one, roi: [item(roi, i), item(roi, axes.length + i)] }));
};

/** Every axis is resampled alone: all kernels of ONNX are products of kernels of one axis. */
const resized = (site: Site): Value => {
  const value = valueAt(site, 0);
  const shape = wholeShape(value);
  const moved = resizedAxes(site, shape).filter(
    ({ from, to, roi }) => from !== to || roi[0] !== 0 || roi[1] !== 1,
  );
  bounded(
    site,
    shape.map((extent, axis) => moved.find((one) => one.axis === axis)?.to ?? extent),
  );
  const how = interpolationOf(site);
  const on = onAxes(
    site,
    value,
    moved.map(({ axis }) => axis),
  );
  const outside = floatOf(site, "extrapolation_value", 0);
  for (const { to, scale } of moved) spend(site, "elements", 16 * to * reachOf(how, scale));
  return moved.reduce((sum: Value, one, i) => {
    const { index, taps, count, away } = tapsOf(one, coordinatesOf(site), how);
    const node = sum === value ? on.node : onAxes(site, sum, on.lead ? [] : [0]).node;
    const made = site.make("resample", [node], {
      axis: item(on.axes, i),
      index: weight({ name: "index", shape: [one.to, count], dtype: "i64", data: index }),
      taps: floats("taps", [one.to, count], taps),
    });
    const result = settledAs(site, made, on.lead, value.element);
    if (outside === 0 || away.every((far) => !far)) return result;
    const wide = Array.from({ length: shape.length - one.axis - 1 }, () => 1);
    const fill = floats(
      "outside",
      [one.to, ...wide],
      Float64Array.from(away, (far) => (far ? outside : 0)),
    );
    return plus(site, result, constant(fill, "FLOAT"));
  }, value);
};

const resize: Importer = {
  inputs: [1, 4],
  attributes: [
    ...["antialias", "axes", "coordinate_transformation_mode", "cubic_coeff_a", "exclude_outside"],
    ...["extrapolation_value", "keep_aspect_ratio_policy", "mode", "nearest_mode"],
  ],
  run: resized,
};

const upsample: Importer = { inputs: [1, 2], attributes: ["mode", "scales"], run: resized };

/** Changes of resolution, by operator. */
export const resizes: Readonly<Record<string, Importer>> = { Resize: resize, Upsample: upsample };
