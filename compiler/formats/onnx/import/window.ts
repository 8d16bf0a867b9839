import { quoteName } from "../../../diagnostics/index.ts";
import { item, type Shape, sizeOf } from "../../../ir/core/index.ts";
import type { Sliding } from "../../../ir/linear/index.ts";
import { limits } from "../decode/limits.ts";
import { intsOf, textOf } from "./attributes.ts";
import { type Site, tooLarge, wrongAttribute } from "./site.ts";

type Pad = readonly [number, number];

/** One integer an axis, each at least `least`; null when the attribute is left out. */
export const extentsOf = (
  site: Site,
  name: string,
  count: number,
  least: number,
): readonly number[] | null => {
  const list = intsOf(site, name);
  if (list === null) return null;
  if (list.length !== count)
    return wrongAttribute(site, name, `it has ${list.length} entries, ${count} are needed`);
  const at = list.findIndex((n) => !(n >= least && n <= limits.extent));
  if (at >= 0)
    return wrongAttribute(
      site,
      name,
      `entry ${at} is ${item(list, at)}, ${least} to ${limits.extent} is needed`,
    );
  return list;
};

/** Padding after which the output has ceil(extent / stride) places; an odd one goes behind (or before, `lower`). */
const samePad = (extent: number, reach: number, stride: number, lower: boolean): Pad => {
  const places = Math.ceil(extent / stride);
  const total = Math.max(0, (places - 1) * stride + reach - extent);
  const less = Math.floor(total / 2);
  return lower ? [total - less, less] : [less, total - less];
};

const explicitPads = (site: Site, rank: number): readonly Pad[] => {
  const list = extentsOf(site, "pads", 2 * rank, 0) ?? Array.from({ length: 2 * rank }, () => 0);
  return Array.from({ length: rank }, (_, axis) => [item(list, axis), item(list, rank + axis)]);
};

const padsOf = (
  site: Site,
  space: Shape,
  reach: readonly number[],
  strides: readonly number[],
): readonly Pad[] => {
  const mode = textOf(site, "auto_pad", "NOTSET");
  switch (mode) {
    case "NOTSET":
    case "":
      return explicitPads(site, space.length);
    case "VALID":
      return space.map(() => [0, 0]);
    case "SAME_UPPER":
    case "SAME_LOWER":
      return space.map((extent, axis) =>
        samePad(extent, item(reach, axis), item(strides, axis), mode === "SAME_LOWER"),
      );
    default:
      return wrongAttribute(
        site,
        "auto_pad",
        `it is "${quoteName(mode)}", one of NOTSET, VALID, SAME_UPPER, SAME_LOWER is needed`,
      );
  }
};

const orPlain = (list: readonly number[]): readonly number[] => (list.every((n) => n === 1) ? [] : list);

/** Strides, dilations and pads of a node that slides `kernel` over `space`, auto_pad resolved. */
export const slidingOf = (site: Site, space: Shape, kernel: Shape): Sliding => {
  const ones = space.map(() => 1);
  const strides = extentsOf(site, "strides", space.length, 1) ?? ones;
  const dilations = extentsOf(site, "dilations", space.length, 1) ?? ones;
  const reach = kernel.map((extent, axis) => item(dilations, axis) * (extent - 1) + 1);
  const pads = padsOf(site, space, reach, strides);
  return {
    strides: orPlain(strides),
    dilations: orPlain(dilations),
    pads: pads.every(([before, after]) => before === 0 && after === 0) ? [] : pads,
  };
};

/** Runs list what each window reads; that list is bounded like a tensor. */
export const boundWindows = (site: Site, to: Shape, kernel: Shape): void => {
  const entries = sizeOf(to) * sizeOf(kernel);
  if (entries > limits.elements) tooLarge(site, "window positions", entries, limits.elements);
};
