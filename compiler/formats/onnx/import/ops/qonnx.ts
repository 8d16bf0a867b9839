import { rounding } from "../../../../../runtime/kernels/rounding.ts";
import { quoteName } from "../../../../diagnostics/index.ts";
import { item, sizeOf, valuesOf, type Weight, weight } from "../../../../ir/core/index.ts";
import { flagOf, floatOf, textOf } from "../attributes.ts";
import { onAxes, settledAs } from "../forms.ts";
import {
  type Importer,
  numbersAt,
  refuseForm,
  type Site,
  settingAt,
  valueAt,
  weightAt,
  wrongAttribute,
  wrongShape,
} from "../site.ts";
import { constant, type Value, wholeShape } from "../value.ts";
import { single } from "../weights.ts";
import { mapped } from "./mapped.ts";
import { dequantized, positive, type Scales, wholeNumbers } from "./quantized.ts";

// Equations: fastmachinelearning/qonnx:src/qonnx/custom_op/general/{quant,bipolar_quant,trunc,multithreshold}.py.

type Round = "even" | "floor";

const roundOf = (site: Site, fallback: string): Round => {
  const mode = textOf(site, "rounding_mode", fallback).toUpperCase();
  if (mode === "ROUND" || mode === "HALF_EVEN") return "even";
  if (mode === "FLOOR") return "floor";
  return wrongAttribute(site, "rounding_mode", `it is "${quoteName(mode)}", ROUND or FLOOR is needed`);
};

/** The axis along which settings differ, for a value of `rank` axes; 0 when each has one entry. */
const axisOfSettings = (site: Site, settings: readonly Weight[], rank: number): number => {
  const axes = settings.flatMap(({ shape }) =>
    shape.flatMap((extent, axis) => (extent > 1 ? [axis + rank - shape.length] : [])),
  );
  const [first = 0, ...more] = new Set(axes);
  if (more.length > 0) return refuseForm(site, "its scales differ along two axes", "use one scale a channel");
  return first;
};

const scalesOf = (site: Site, value: Value): Scales => {
  const shape = wholeShape(value);
  const [scales, zeros] = [numbersAt(site, 1) ?? [], numbersAt(site, 2) ?? []];
  positive(site, scales);
  wholeNumbers(site, zeros);
  const axis = axisOfSettings(site, [settingAt(site, 1), settingAt(site, 2)], shape.length);
  const extent = shape[axis] ?? 1;
  for (const { length } of [scales, zeros])
    if (length !== 1 && length !== extent)
      wrongShape(
        site,
        `${scales.length} scales and ${zeros.length} zero points do not fit ${extent} channels`,
      );
  return { scale: scales, zero: zeros, axis };
};

const rangeOf = (site: Site): readonly [number, number] => {
  const bits = numbersAt(site, 3)?.[0] ?? 0;
  if (!(Number.isInteger(bits) && bits >= 1 && bits <= 24))
    return wrongShape(site, `${bits} bits are asked for, 1 to 24 are read`);
  const signed = flagOf(site, "signed", true);
  const narrow = flagOf(site, "narrow", false) ? 1 : 0;
  if (!signed) return [0, 2 ** bits - 1 - narrow];
  return bits === 1 ? [-1, 0] : [-(2 ** (bits - 1)) + narrow, 2 ** (bits - 1) - 1];
};

/** Levels of constant weights: they stay integers with a grid. */
const levelsOf = (site: Site, scales: Scales, low: number, high: number, round: Round): Value => {
  const w = weightAt(site, 0);
  const nearest = rounding(round);
  const inner = sizeOf(w.shape.slice(scales.axis + 1));
  const extent = w.shape[scales.axis] ?? 1;
  const at = (list: readonly number[], i: number): number =>
    item(list, list.length === 1 ? 0 : Math.floor(i / inner) % extent);
  const data = (): Float64Array =>
    valuesOf(w).map((x, i) => {
      const level = nearest(x / at(scales.scale, i) + at(scales.zero, i));
      return Math.min(high, Math.max(low, level));
    });
  const dtype = low >= -128 && high <= 127 ? "i8" : "i32";
  return constant(weight({ name: w.name, shape: w.shape, dtype, data }));
};

/** x to levels of `bitwidth` bits and back. */
const quant: Importer = {
  inputs: [4, 4],
  attributes: ["narrow", "rounding_mode", "signed"],
  run: (site) => {
    const value = valueAt(site, 0);
    const scales = scalesOf(site, value);
    const [low, high] = rangeOf(site);
    const round = roundOf(site, "ROUND");
    if (value.kind === "constant") return dequantized(site, levelsOf(site, scales, low, high, round), scales);
    const differ = scales.scale.length > 1 || scales.zero.length > 1;
    const { node, axes, lead } = onAxes(site, value, differ ? [scales.axis] : []);
    const attrs = { scale: scales.scale, zero: scales.zero, axis: axes[0] ?? 0 };
    const levels = site.make("quantize", [node], { ...attrs, low, high, round });
    return settledAs(site, site.make("dequantize", [levels], attrs), lead, value.element);
  },
};

/** scale where x >= 0, else -scale */
const bipolarQuant: Importer = {
  inputs: [2, 2],
  attributes: [],
  run: (site) => {
    const value = valueAt(site, 0);
    const [scale = 1, ...more] = numbersAt(site, 1) ?? [];
    if (more.length > 0) return refuseForm(site, "it has a scale a channel", "use one scale");
    positive(site, [scale]);
    if (value.kind === "constant") {
      const w = weightAt(site, 0);
      const data = (): Float64Array => valuesOf(w).map((x) => (x >= 0 ? 1 : -1));
      const signs = constant(weight({ name: w.name, shape: w.shape, dtype: "i8", data }));
      return dequantized(site, signs, { scale: [scale], zero: [0], axis: 0 });
    }
    const thresholds = weight({ name: "zero", shape: [1, 1], dtype: "f64", data: Float64Array.of(0) });
    return mapped(site, value, (x) => {
      const steps = site.make("steps", [x], { thresholds });
      const ones = site.make("dequantize", [steps], { scale: [2 * scale], zero: [0] });
      return site.make("affine", [ones], { scale: single("one", 1), shift: single("below", -scale) });
    });
  },
};

/** Drops the lowest bits of levels: floor(round(x / scale) / 2^(in - out)). */
const trunc: Importer = {
  inputs: [5, 7],
  attributes: ["narrow", "rounding_mode", "signed"],
  run: (site) => {
    const [scale = 1] = numbersAt(site, 1) ?? [];
    const [zero = 0] = numbersAt(site, 2) ?? [];
    const [from = 8] = numbersAt(site, 3) ?? [];
    const [to = 8] = numbersAt(site, 4) ?? [];
    positive(site, [scale]);
    if (
      zero !== 0 ||
      !(to >= 1 && from >= to && from <= 24 && Number.isInteger(from) && Number.isInteger(to))
    )
      return refuseForm(
        site,
        `it goes from ${from} to ${to} bits with zero point ${zero}`,
        "use zero point 0",
      );
    const [low, high] = [-(2 ** (from - 1)), 2 ** from - 1];
    const step = 2 ** (from - to);
    const round = roundOf(site, "FLOOR");
    return mapped(site, valueAt(site, 0), (x) => {
      const levels = site.make("quantize", [x], { scale: [scale], zero: [0], low, high });
      const real = site.make("dequantize", [levels], { scale: [1], zero: [0] });
      const kept = site.make("quantize", [real], { scale: [step], zero: [0], low, high, round });
      return site.make("dequantize", [kept], { scale: [scale], zero: [0] });
    });
  },
};

/** How many thresholds are reached does not depend on their order; rows that do not rise are sorted. */
const rising = (site: Site, w: Weight): Weight => {
  const count = w.shape[1] ?? 1;
  const numbers = valuesOf(w);
  if (numbers.every((x, i) => i % count === 0 || x >= (numbers[i - 1] ?? x))) return w;
  return site.derive(w, "rising", ({ name, shape }) => {
    const data = numbers.slice();
    for (let at = 0; at < data.length; at += count) data.subarray(at, at + count).sort();
    return weight({ name, shape, dtype: "f64", data });
  });
};

/** out_scale times the number of thresholds that x reaches, plus out_bias; thresholds [channels or 1, count]. */
const multiThreshold: Importer = {
  inputs: [2, 2],
  attributes: ["data_layout", "out_bias", "out_dtype", "out_scale"],
  run: (site) => {
    const value = valueAt(site, 0);
    const thresholds = rising(site, weightAt(site, 1));
    const layout = textOf(site, "data_layout", "NCHW");
    if (!layout.startsWith("NC")) return refuseForm(site, `its layout is ${quoteName(layout)}`, "use NCHW");
    const scale = floatOf(site, "out_scale", 1);
    positive(site, [scale]);
    const { node, lead } = onAxes(site, value, []);
    if (!lead) return wrongShape(site, "a batch of one is needed");
    const steps = site.make("steps", [node], { thresholds });
    const scaled = site.make("dequantize", [steps], { scale: [scale], zero: [0] });
    const bias = floatOf(site, "out_bias", 0);
    const shifted =
      bias === 0
        ? scaled
        : site.make("affine", [scaled], { scale: single("one", 1), shift: single("bias", bias) });
    return settledAs(site, shifted, lead, "FLOAT");
  },
};

/** Operators of QONNX and FINN. */
export const qonnx: Readonly<Record<string, Importer>> = {
  BipolarQuant: bipolarQuant,
  MultiThreshold: multiThreshold,
  Quant: quant,
  Trunc: trunc,
};

/** The domains that they come in; some exporters leave the domain out. */
export const qonnxDomains: readonly string[] = [
  ...["", "onnx.brevitas", "qonnx.custom_op.general", "finn.custom_op.general"],
];
