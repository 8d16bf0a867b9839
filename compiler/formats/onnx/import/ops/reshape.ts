import { item, type Shape, showShape, sizeOf } from "../../../../ir/core/index.ts";
import { flagOf, intOf, intsOf } from "../attributes.ts";
import { axesOf, reshaped } from "../forms.ts";
import {
  type Importer,
  integersAt,
  optionalAt,
  type Site,
  valueAt,
  wrongAttribute,
  wrongShape,
} from "../site.ts";
import { type Value, wholeShape } from "../value.ts";

const inShape = (site: Site, to: Shape): Value => reshaped(site, valueAt(site, 0), to);

/** Integers of a constant input, of an attribute, or null when neither is there. */
export const integersOf = (site: Site, index: number, attribute: string): readonly number[] | null =>
  optionalAt(site, index) === null ? intsOf(site, attribute) : integersAt(site, index);

/** 0 copies the extent of the source (unless `allowzero`), one -1 takes what is left. */
const targetOf = (site: Site, from: Shape, stated: readonly number[]): Shape => {
  const allowZero = flagOf(site, "allowzero", false);
  const copied = stated.map((extent, axis) => (extent === 0 && !allowZero ? (from[axis] ?? -2) : extent));
  const wrong = copied.findIndex((extent) => !(Number.isInteger(extent) && extent >= -1));
  if (wrong >= 0)
    return wrongShape(site, `entry ${wrong} of the new shape ${showShape(stated)} is not valid`);
  const open = copied.filter((extent) => extent === -1).length;
  if (open > 1) return wrongShape(site, `the new shape ${showShape(stated)} has ${open} open extents`);
  const rest = sizeOf(copied.filter((extent) => extent !== -1));
  if (open === 1 && (rest === 0 || sizeOf(from) % rest !== 0))
    return wrongShape(site, `${showShape(from)} does not divide into ${showShape(stated)}`);
  return copied.map((extent) => (extent === -1 ? sizeOf(from) / rest : extent));
};

/** The new shape is an attribute before opset 5, an input since. */
export const reshape: Importer = {
  inputs: [1, 2],
  attributes: ["allowzero", "shape", "consumed_inputs"],
  run: (site) => {
    const stated = integersOf(site, 1, "shape") ?? wrongAttribute(site, "shape", "it is missing");
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

/** Without axes: all of extent 1. The axes are an attribute before opset 13, an input since. */
export const squeeze: Importer = {
  inputs: [1, 2],
  attributes: ["axes"],
  run: (site) => {
    const from = wholeShape(valueAt(site, 0));
    const stated = integersOf(site, 1, "axes");
    const axes = stated === null ? null : axesOf(site, stated, from.length);
    const wide = axes?.find((axis) => item(from, axis) !== 1);
    if (wide !== undefined)
      return wrongAttribute(site, "axes", `axis ${wide} of ${showShape(from)} is not 1`);
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
    const axes = axesOf(site, stated, rank);
    const rest = [...from];
    return inShape(
      site,
      Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (rest.shift() ?? 1))),
    );
  },
};
