import { quoteName } from "../../../../diagnostics/index.ts";
import { item, type Shape, sizeOf, weight } from "../../../../ir/core/index.ts";
import { boundOf, intOf, textOf } from "../attributes.ts";
import {
  axisOf,
  bounded,
  broadcastShape,
  expandTo,
  onAxes,
  reshaped,
  settled,
  settledAs,
  whole,
} from "../forms.ts";
import {
  type Importer,
  integersAt,
  numbersAt,
  optionalAt,
  type Site,
  valueAt,
  wrongAttribute,
  wrongShape,
  wrongValue,
} from "../site.ts";
import { constant, type Value, wholeShape } from "../value.ts";
import { integersOf } from "./reshape.ts";

const integers = (site: Site, shape: Shape, data: readonly number[]): Value =>
  constant(weight({ name: site.name, shape, dtype: "i64", data: Float64Array.from(data) }));

/** A bound counted from the end when negative, inside 0 to the rank. */
const within = (stated: number, rank: number): number =>
  Math.min(rank, Math.max(0, stated < 0 ? stated + rank : stated));

/** The extents, or those from `start` to before `end`; known while the model is read. */
const shapeOf: Importer = {
  inputs: [1, 1],
  attributes: ["start", "end"],
  run: (site) => {
    const shape = wholeShape(valueAt(site, 0));
    const start = within(intOf(site, "start", 0), shape.length);
    const part = shape.slice(start, within(intOf(site, "end", shape.length), shape.length));
    return integers(site, [part.length], part);
  },
};

const size: Importer = {
  inputs: [1, 1],
  attributes: [],
  run: (site) => integers(site, [], [sizeOf(wholeShape(valueAt(site, 0)))]),
};

/** A value repeated along axes of extent 1, and along new axes in front. */
const expanded = (site: Site, value: Value, stated: Shape): Value => {
  const shape = bounded(site, broadcastShape(site, [wholeShape(value), stated]));
  return settled(site, expandTo(site, whole(site, value), shape), value.element);
};

const expand: Importer = {
  inputs: [2, 2],
  attributes: [],
  run: (site) => expanded(site, valueAt(site, 0), bounded(site, integersAt(site, 1) ?? [])),
};

/** Copies of the whole value along every axis: an axis of repeats in front of each. */
const tile: Importer = {
  inputs: [2, 2],
  attributes: [],
  run: (site) => {
    const value = valueAt(site, 0);
    const shape = wholeShape(value);
    const repeats = integersAt(site, 1) ?? [];
    if (repeats.length !== shape.length) return wrongShape(site, `${repeats.length} repeats are given`);
    const to = bounded(
      site,
      shape.map((extent, axis) => extent * item(repeats, axis)),
    );
    const split = reshaped(
      site,
      value,
      shape.flatMap((extent) => [1, extent]),
    );
    const wide = expandTo(
      site,
      whole(site, split),
      shape.flatMap((extent, axis) => [item(repeats, axis), extent]),
    );
    return reshaped(site, settled(site, wide, value.element), to);
  },
};

const padModes = ["constant", "edge", "reflect", "wrap"] as const;

/** Pads are an attribute before opset 11, an input since; axes (opset 18) say which they are for. */
const pad: Importer = {
  inputs: [1, 4],
  attributes: ["mode", "pads", "value", "paddings"],
  run: (site) => {
    const value = valueAt(site, 0);
    const shape = wholeShape(value);
    const found = textOf(site, "mode", "constant");
    const mode = padModes.find((known) => known === found);
    if (mode === undefined) return wrongAttribute(site, "mode", `it is "${quoteName(found)}"`);
    const stated = integersOf(site, 1, "pads") ?? integersOf(site, 1, "paddings") ?? [];
    const all = shape.map((_, axis) => axis);
    const axes = (integersAt(site, 3) ?? all).map((axis) => axisOf(site, axis, shape.length, "axes"));
    if (stated.length !== 2 * axes.length)
      return wrongShape(site, `${stated.length} pads are given for ${axes.length} axes`);
    const pads = shape.map((_, axis): readonly [number, number] => {
      const at = axes.indexOf(axis);
      return at < 0 ? [0, 0] : [item(stated, at), item(stated, axes.length + at)];
    });
    bounded(
      site,
      shape.map((extent, axis) => extent + item(pads, axis)[0] + item(pads, axis)[1]),
    );
    const fill = optionalAt(site, 2) === null ? boundOf(site, "value", 0) : (numbersAt(site, 2)?.[0] ?? 0);
    if (Number.isNaN(fill)) return wrongValue(site, "constant_value", 0, fill, "padding is a number");
    const moved = all.filter((axis) => item(pads, axis).some((count) => count !== 0));
    const { node, lead } = onAxes(site, value, moved);
    if (moved.length === 0) return value;
    const made = site.make("pad", [node], { pads: lead ? pads.slice(1) : pads, mode, value: fill });
    return settledAs(site, made, lead, value.element);
  },
};

/** Operators that move values and do not compute, by operator. */
export const views: Readonly<Record<string, Importer>> = {
  Expand: expand,
  Pad: pad,
  Shape: shapeOf,
  Size: size,
  Tile: tile,
};
