import { item, type Shape } from "../../../../ir/core/index.ts";
import { flagOf } from "../attributes.ts";
import { computedAt, type Importer, type Site, wrongAttribute, wrongShape } from "../site.ts";
import { computed } from "../value.ts";
import { boundWindows, extentsOf, slidingOf } from "../window.ts";

const window = ["auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "strides"];

const windowOf = (site: Site, space: Shape) => {
  if (space.length === 0) wrongShape(site, "a pool needs at least one axis behind batch and channels");
  const kernel = extentsOf(site, "kernel_shape", space.length, 1);
  if (kernel === null) return wrongAttribute(site, "kernel_shape", "it is missing");
  const sliding = slidingOf(site, space, kernel);
  sliding.pads.forEach(([before, after], axis) => {
    const reach = (sliding.dilations[axis] ?? 1) * (item(kernel, axis) - 1) + 1;
    if (before >= reach || after >= reach)
      wrongAttribute(
        site,
        "pads",
        `${Math.max(before, after)} on axis ${axis}; a window of ${reach} would read padding only`,
      );
  });
  return { kernel, ...sliding, ceil: flagOf(site, "ceil_mode", false) };
};

const spaceOf = (site: Site): Shape => computedAt(site, 0).type.shape.slice(1);

export const maxPool: Importer = {
  inputs: [1, 1],
  // storage_order is about the second output, which is not read.
  attributes: [...window, "storage_order"],
  run: (site) => {
    const attrs = windowOf(site, spaceOf(site));
    const y = site.make("maxPool", [computedAt(site, 0)], attrs);
    boundWindows(site, y.type.shape.slice(1), attrs.kernel);
    return computed(y);
  },
};

export const averagePool: Importer = {
  inputs: [1, 1],
  attributes: [...window, "count_include_pad"],
  run: (site) => {
    const attrs = windowOf(site, spaceOf(site));
    const countPads = flagOf(site, "count_include_pad", false);
    const y = site.make("averagePool", [computedAt(site, 0)], { ...attrs, countPads });
    boundWindows(site, y.type.shape.slice(1), attrs.kernel);
    return computed(y);
  },
};

const wholeMap = (op: "maxPool" | "averagePool"): Importer => ({
  inputs: [1, 1],
  attributes: [],
  run: (site) => {
    const kernel = spaceOf(site);
    if (kernel.length === 0) wrongShape(site, "a pool needs at least one axis behind batch and channels");
    return computed(site.make(op, [computedAt(site, 0)], { kernel }));
  },
});

export const globalAveragePool = wholeMap("averagePool");
export const globalMaxPool = wholeMap("maxPool");
