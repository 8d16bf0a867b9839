import { item, rangeOf, type Shape, type Weight, weight } from "../../../../ir/core/index.ts";
import { elementName, elements, isReadable } from "../../decode/elements.ts";
import type { ElementName } from "../../decode/index.ts";
import { intOf } from "../attributes.ts";
import { axisOf, onAxes, reshaped, settled, settledAs, whole } from "../forms.ts";
import {
  type Importer,
  numbersAt,
  optionalAt,
  refuseForm,
  type Site,
  valueAt,
  wrongShape,
  wrongValue,
} from "../site.ts";
import { type Constant, constant, type Value, wholeShape } from "../value.ts";
import { expandedWeight, reshapedWeight, single } from "../weights.ts";
import { combined, plus } from "./arithmetic.ts";
import { castTo } from "./cast.ts";

/** Scales and zero points: one, or one per index of an axis of the whole shape. */
export interface Scales {
  readonly scale: readonly number[];
  readonly zero: readonly number[];
  readonly axis: number;
}

/** Least and greatest value of an integer element type. */
const rangeOfElement = (site: Site, element: ElementName): readonly [number, number] => {
  if (element === "INT2" || element === "UINT2") return element === "INT2" ? [-2, 1] : [0, 3];
  if (element === "UINT16") return [0, 65535];
  const range = isReadable(element) ? rangeOf(elements[element].dtype) : null;
  return range ?? refuseForm(site, `it quantizes to ${element}`, "quantize to integers of 2 to 16 bits");
};

/** Demands zero points that are whole numbers. */
export const wholeNumbers = (site: Site, zero: readonly number[]): void => {
  const wrong = zero.findIndex((z) => !Number.isSafeInteger(z));
  if (wrong >= 0) wrongValue(site, "zero point", wrong, item(zero, wrong), "zero points are whole numbers");
};

/** Demands scales above zero. */
export const positive = (site: Site, scale: readonly number[]): void => {
  const wrong = scale.findIndex((s) => !(s > 0 && Number.isFinite(s)));
  if (wrong >= 0) wrongValue(site, "scale", wrong, item(scale, wrong), "scales are positive numbers");
};

/** Scales from two inputs; `axis` counts when they have more than one entry. */
export const scalesAt = (site: Site, scaleAt: number, zeroAt: number, axis: number): Scales => {
  const scale = numbersAt(site, scaleAt) ?? [];
  const zero = numbersAt(site, zeroAt) ?? [0];
  positive(site, scale);
  wholeNumbers(site, zero);
  if (scale.length === 0 || (zero.length !== 1 && zero.length !== scale.length))
    return wrongShape(site, `${scale.length} scales and ${zero.length} zero points are given`);
  const plain = zero.every((z) => z === zero[0]) ? [item(zero, 0)] : zero;
  return { scale, zero: plain, axis: scale.length === 1 && plain.length === 1 ? 0 : axis };
};

const isOne = ({ scale, zero }: Scales): boolean => scale.length === 1 && zero.length === 1;

/** The node and the scales as it counts its axes. */
const placed = (site: Site, value: Value, scales: Scales) => {
  const { node, axes, lead } = onAxes(site, value, isOne(scales) ? [] : [scales.axis]);
  const extent = node.type.shape[axes[0] ?? 0];
  if (!isOne(scales) && scales.scale.length !== extent)
    return wrongShape(site, `${scales.scale.length} scales do not fit axis ${scales.axis}`);
  return { node, lead, attrs: { scale: scales.scale, zero: scales.zero, axis: axes[0] ?? 0 } };
};

/** clip(round(x / scale) + zero) to the range of an element type. */
export const quantized = (site: Site, value: Value, scales: Scales, to: ElementName): Value => {
  const [low, high] = rangeOfElement(site, to);
  const { node, lead, attrs } = placed(site, value, scales);
  return settledAs(site, site.make("quantize", [node], { ...attrs, low, high }), lead, to);
};

/** Constant integers keep their numbers and get the grid: that is what a core stores. */
const onGrid = ({ weight: w }: Constant, scales: Scales): Value =>
  constant(
    weight({ name: w.name, shape: w.shape, dtype: w.dtype, grid: { ...scales }, data: w.stored }),
    "FLOAT",
  );

/** (x - zero) scale */
export const dequantized = (site: Site, value: Value, scales: Scales): Value => {
  if (value.kind === "constant") {
    const extent = value.weight.shape[scales.axis];
    if (!isOne(scales) && scales.scale.length !== extent)
      return wrongShape(site, `${scales.scale.length} scales do not fit axis ${scales.axis}`);
    return onGrid(value, scales);
  }
  const { node, lead, attrs } = placed(site, value, scales);
  return settledAs(site, site.make("dequantize", [node], attrs), lead, "FLOAT");
};

const axisAt = (site: Site): number => {
  const { length } = wholeShape(valueAt(site, 0));
  const single = (numbersAt(site, 1) ?? []).length === 1;
  return single ? 0 : axisOf(site, intOf(site, "axis", 1), length);
};

/** Scales of blocks along an axis, spread to one per element. */
const spread = (site: Site, w: Weight, to: Shape, axis: number, block: number): Weight => {
  const split = [...w.shape.slice(0, axis + 1), 1, ...w.shape.slice(axis + 1)];
  const wide = [...w.shape.slice(0, axis + 1), block, ...w.shape.slice(axis + 1)];
  const shape = w.shape.map((extent, a) => (a === axis ? extent * block : extent));
  const made = reshapedWeight(expandedWeight(reshapedWeight(w, split), wide), shape);
  if (shape.length !== to.length || shape.some((extent, a) => a !== axis && extent !== to[a]))
    return wrongShape(site, "the scales of blocks do not fit the input");
  return made;
};

const blockSettings = (site: Site, index: number, axis: number, block: number): Value | null => {
  const value = optionalAt(site, index);
  if (value === null) return null;
  const to = wholeShape(valueAt(site, 0));
  if (value.kind !== "constant" || to[axis] !== (value.weight.shape[axis] ?? 0) * block)
    return refuseForm(site, "its blocks do not divide the axis", "quantize with blocks that divide the axis");
  return constant(spread(site, value.weight, to, axis, block), "FLOAT");
};

const elementOut = (site: Site): ElementName => {
  const zero = optionalAt(site, 2);
  if (zero !== null) return zero.element;
  const stated = intOf(site, "output_dtype", 0);
  return stated === 0 ? "UINT8" : elementName(stated);
};

const clipped = (site: Site, value: Value, to: ElementName): Value => {
  const [low, high] = rangeOfElement(site, to);
  const rounded = site.make("unary", [whole(site, value)], { fn: { kind: "round" } });
  return settled(site, site.make("unary", [rounded], { fn: { kind: "clip", low, high } }), to);
};

const quantizeLinear: Importer = {
  inputs: [2, 3],
  attributes: ["axis", "block_size", "output_dtype", "precision", "saturate"],
  run: (site) => {
    const [value, to] = [valueAt(site, 0), elementOut(site)];
    const block = intOf(site, "block_size", 0);
    if (block === 0) return quantized(site, value, scalesAt(site, 1, 2, axisAt(site)), to);
    const axis = axisOf(site, intOf(site, "axis", 1), wholeShape(value).length);
    const scale = blockSettings(site, 1, axis, block);
    const zero = blockSettings(site, 2, axis, block);
    if (scale === null) return wrongShape(site, "there are no scales");
    const ratio = clippedRatio(site, value, scale);
    return castTo(site, clipped(site, zero === null ? ratio : plus(site, ratio, zero), to), to);
  },
};

/** x / scale, rounded before a zero point is added. */
const clippedRatio = (site: Site, value: Value, scale: Value): Value => {
  const ratio = combined(site, "divide", value, scale);
  const rounded = site.make("unary", [whole(site, ratio)], { fn: { kind: "round" } });
  return settled(site, rounded, "FLOAT");
};

const dequantizeLinear: Importer = {
  inputs: [2, 3],
  attributes: ["axis", "block_size", "output_dtype"],
  run: (site) => {
    const value = valueAt(site, 0);
    const block = intOf(site, "block_size", 0);
    if (block === 0) return dequantized(site, value, scalesAt(site, 1, 2, axisAt(site)));
    const axis = axisOf(site, intOf(site, "axis", 1), wholeShape(value).length);
    const scale = blockSettings(site, 1, axis, block);
    const zero = blockSettings(site, 2, axis, block);
    if (scale === null) return wrongShape(site, "there are no scales");
    const real = castTo(site, value, "FLOAT");
    return combined(site, "multiply", zero === null ? real : combined(site, "subtract", real, zero), scale);
  },
};

const number = (x: number): Value => constant(single("number", x), "FLOAT");

/** Scale and zero point of the range that the input has, in 8 bits: known only when the network runs. */
const dynamicQuantizeLinear: Importer = {
  inputs: [1, 1],
  attributes: [],
  run: (site) => {
    const x = whole(site, valueAt(site, 0));
    const axes = x.type.shape.map((_, axis) => axis);
    const extreme = (fn: "min" | "max"): Value =>
      settled(site, site.make("reduce", [x], { fn, axes, keep: false }), "FLOAT");
    const low = combined(site, "minimum", extreme("min"), reshaped(site, number(0), []));
    const high = combined(site, "maximum", extreme("max"), reshaped(site, number(0), []));
    const scale = combined(
      site,
      "divide",
      combined(site, "subtract", high, low),
      reshaped(site, number(255), []),
    );
    const zero = combined(
      site,
      "divide",
      combined(site, "subtract", reshaped(site, number(0), []), low),
      scale,
    );
    const point = clipped(site, zero, "UINT8");
    const ratio = clippedRatio(site, valueAt(site, 0), scale);
    const levels = clipped(site, combined(site, "add", ratio, point), "UINT8");
    return [
      castTo(site, { ...levels, element: "FLOAT" }, "UINT8"),
      scale,
      castTo(site, { ...point, element: "FLOAT" }, "UINT8"),
    ];
  },
};

/** Conversions between numbers and levels, by operator. */
export const quantizers: Readonly<Record<string, Importer>> = {
  DequantizeLinear: dequantizeLinear,
  DynamicQuantizeLinear: dynamicQuantizeLinear,
  QuantizeLinear: quantizeLinear,
};
