import { item, type Shape, sameShape, sizeOf } from "../../../../ir/core/index.ts";
import { flagOf, intOf, intsOf } from "../attributes.ts";
import {
  type Importer,
  optionalAt,
  type Site,
  settingAt,
  valueAt,
  wrongAttribute,
  wrongBatch,
  wrongShape,
} from "../site.ts";
import { axisFrom, computed, constant, type Value, wholeShape } from "../value.ts";
import { reshapedWeight } from "../weights.ts";

const show = (shape: Shape): string => `[${shape.join(", ")}]`;

/** Input 0 in another whole shape of the same size; a computed value keeps its leading 1. */
const inShape = (site: Site, to: Shape): Value => {
  const value = valueAt(site, 0);
  const from = wholeShape(value);
  if (sizeOf(from) !== sizeOf(to)) return wrongShape(site, `${show(from)} does not reshape to ${show(to)}`);
  if (value.kind === "constant")
    return constant(site.derive(value.weight, `reshape ${show(to)}`, (w) => reshapedWeight(w, to)));
  if (to[0] !== 1) return wrongBatch(site, `${show(from)} becomes ${show(to)} for a batch of one`);
  if (sameShape(from, to)) return value;
  return computed(site.make("reshape", [value.node], { shape: to.slice(1) }));
};

/** Integers of a constant input, of an attribute, or null when neither is there. */
const integersOf = (site: Site, index: number, attribute: string): readonly number[] | null => {
  if (optionalAt(site, index) === null) return intsOf(site, attribute);
  return Array.from(settingAt(site, index).stored());
};

/** 0 copies the extent of the source (unless `allowzero`), one -1 takes what is left. */
const targetOf = (site: Site, from: Shape, stated: readonly number[]): Shape => {
  const allowZero = flagOf(site, "allowzero", false);
  const copied = stated.map((extent, axis) => (extent === 0 && !allowZero ? (from[axis] ?? -2) : extent));
  const wrong = copied.findIndex((extent) => !(Number.isInteger(extent) && extent >= -1));
  if (wrong >= 0) return wrongShape(site, `entry ${wrong} of the new shape ${show(stated)} is not valid`);
  const open = copied.filter((extent) => extent === -1).length;
  if (open > 1) return wrongShape(site, `the new shape ${show(stated)} has ${open} open extents`);
  const rest = sizeOf(copied.filter((extent) => extent !== -1));
  return copied.map((extent) => (extent === -1 ? sizeOf(from) / rest : extent));
};

export const reshape: Importer = {
  inputs: [2, 2],
  attributes: ["allowzero"],
  run: (site) => {
    const stated = Array.from(settingAt(site, 1).stored());
    return inShape(site, targetOf(site, wholeShape(valueAt(site, 0)), stated));
  },
};

export const flatten: Importer = {
  inputs: [1, 1],
  attributes: ["axis"],
  run: (site) => {
    const from = wholeShape(valueAt(site, 0));
    const stated = intOf(site, "axis", 1);
    const axis = stated < 0 ? stated + from.length : stated;
    if (axis < 0 || axis > from.length)
      return wrongAttribute(site, "axis", `it is ${stated}, the input has ${from.length} axes`);
    return inShape(site, [sizeOf(from.slice(0, axis)), sizeOf(from.slice(axis))]);
  },
};

const axesWithin = (site: Site, stated: readonly number[], rank: number): readonly number[] => {
  const axes = stated.map(
    (axis) => axisFrom(axis, rank) ?? wrongAttribute(site, "axes", `axis ${axis} is outside ${rank} axes`),
  );
  if (new Set(axes).size !== axes.length)
    return wrongAttribute(site, "axes", `an axis stands twice in ${show(stated)}`);
  return axes;
};

/** Without axes: all of extent 1. The axes are an attribute before opset 13, an input since. */
export const squeeze: Importer = {
  inputs: [1, 2],
  attributes: ["axes"],
  run: (site) => {
    const from = wholeShape(valueAt(site, 0));
    const stated = integersOf(site, 1, "axes");
    const axes = stated === null ? null : axesWithin(site, stated, from.length);
    const wide = axes?.find((axis) => item(from, axis) !== 1);
    if (wide !== undefined) return wrongAttribute(site, "axes", `axis ${wide} of ${show(from)} is not 1`);
    return inShape(
      site,
      from.filter((extent, axis) => (axes === null ? extent !== 1 : !axes.includes(axis))),
    );
  },
};

export const unsqueeze: Importer = {
  inputs: [1, 2],
  attributes: ["axes"],
  run: (site) => {
    const from = wholeShape(valueAt(site, 0));
    const stated = integersOf(site, 1, "axes") ?? wrongAttribute(site, "axes", "it is missing");
    const rank = from.length + stated.length;
    const axes = axesWithin(site, stated, rank);
    const rest = [...from];
    return inShape(
      site,
      Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (rest.shift() ?? 1))),
    );
  },
};
