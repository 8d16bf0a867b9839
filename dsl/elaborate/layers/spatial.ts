import {
  item as at,
  type Shape,
  showShape,
  sizeOf,
  type Weight,
  weight,
} from "../../../compiler/ir/core/index.ts";
import { slide, slideShape } from "../../../compiler/ir/linear/index.ts";
import { makeTensor } from "../../../compiler/ir/tensor/index.ts";
import { shapeFaults } from "../../diagnostics/shape.ts";
import { placeOf, report } from "../context.ts";
import { drawnBy, startingAt } from "../init.ts";
import { count, padding, size } from "../kinds.ts";
import { optional, required, signature } from "../options.ts";
import { isBounded } from "../shapes.ts";
import { givenOrNone, givenWeight } from "./given.ts";
import { type Flow, type Layer, originsOf, parameter, type Site, shapeOfFlow, unless } from "./layer.ts";
import { fieldFans, groupsFit, synapses, synapsesOf, unbuilt, window } from "./linear.ts";
import { sparseWeight } from "./sparse.ts";
import { halves, rankFits, spread, type Window, windowOf } from "./window.ts";

/** Weights [channels, places, channels in, kernel] as the matrix [outputs, inputs] that they stand for. */
const asMatrix = (of: Weight, from: Shape, out: Shape, sliding: Window): Weight => {
  const [inputs = 1, ...space] = from;
  const [channels = 1, ...toSpace] = out;
  const [columns, area, places] = [sizeOf(from), sizeOf(space), sizeOf(toSpace)];
  const taps = sizeOf(sliding.kernel);
  const data = (): Float64Array => {
    const values = of.stored();
    const matrix = new Float64Array(channels * places * columns);
    slide(space, toSpace, sliding.kernel, sliding, (place, tap, read) => {
      for (let c = 0; c < channels; c++) {
        const row = c * places + place;
        for (let i = 0; i < inputs; i++)
          matrix[row * columns + i * area + read] = at(values, (row * inputs + i) * taps + tap);
      }
    });
    return matrix;
  };
  return weight({ name: of.name, shape: [channels * places, columns], dtype: of.dtype, data });
};

/** As a conv, with weights of its own at each place: [channels, places, channels in, kernel]. */
export const local: Layer = {
  signature: signature("local", ["channels", "kernel"], [...window, ...synapses], unbuilt),
  counted: "local",
  build: (site, input: Flow) => {
    const channels = required(site.options, "channels", count);
    const kernel = required(site.options, "kernel", size);
    if (channels === null || kernel === null) return null;
    const sliding = windowOf(site, input, kernel, "local", { stride: 1, pad: "same" });
    if (sliding === null) return null;
    const from = shapeOfFlow(input);
    const out = [channels, ...slideShape(from.slice(1), kernel, sliding)];
    const columns = sizeOf(from);
    if (!isBounded(site.context, [sizeOf(out), columns], site.span)) return null;
    const fans = fieldFans(at(from, 0), channels, kernel);
    const shape = [...out, at(from, 0), ...kernel];
    const fields = givenWeight(site, "weight", "weight", shape, drawnBy(fans));
    const kept = fields === null ? null : sparseWeight(site, fields);
    if (kept === null) return null;
    const make = (given: readonly Weight[]): Weight => asMatrix(at(given, 0), from, out, sliding);
    const matrix = parameter(site, "weight.matrix", [sizeOf(out), columns], {
      kind: "derived",
      from: [kept],
      base: null,
      make,
    });
    const bias = givenOrNone(site, "bias", "bias", [sizeOf(out)], startingAt(0, fans));
    const origins = originsOf(site);
    const flat = makeTensor("reshape", [input.node], { shape: [columns] }, origins);
    const sums = makeTensor("dense", [flat], { weight: matrix, bias }, origins);
    return makeTensor("reshape", [sums], { shape: out }, origins);
  },
};

/** Pads, and what is missing at the end, so that the output has stride times the extent. */
const sidesOf = (
  mode: number | "same" | "same_upper" | "same_lower",
  total: number,
): { readonly pads: readonly [number, number]; readonly more: number } | null => {
  if (typeof mode === "number") return { pads: [mode, mode], more: 0 };
  if (total < 0) return { pads: [0, 0], more: -total };
  if (mode === "same" && total % 2 === 1) return null;
  return { pads: halves(total, mode), more: 0 };
};

const unevenPads = (site: Site, kernel: readonly number[], total: number): null => {
  const holes = { kernel: kernel.join("x"), total, pad: Math.floor(total / 2) };
  return report(
    site.context,
    shapeFaults.report("transposed-padding", placeOf(site.context, site.span), holes),
  );
};

const buildTransposed = (site: Site, input: Flow) => {
  const channels = required(site.options, "channels", count);
  const kernel = required(site.options, "kernel", size);
  const groups = optional(site.options, "groups", count, 1);
  const mode = optional(site.options, "pad", padding, "same");
  if (channels === null || kernel === null || groups === null || mode === null) return null;
  if (!rankFits(site, input, kernel, "conv_transpose")) return null;
  const strides = spread(site, "stride", 1, kernel.length);
  const dilations = spread(site, "dilation", 1, kernel.length);
  const from = shapeOfFlow(input);
  if (strides === null || dilations === null) return null;
  if (!groupsFit(site, groups, at(from, 0)) || !groupsFit(site, groups, channels)) return null;
  const pads: (readonly [number, number])[] = [];
  const outputPads: number[] = [];
  const out = from.slice(1).map((extent, axis) => {
    const reach = at(dilations, axis) * (at(kernel, axis) - 1) + 1;
    const sides = sidesOf(mode, reach - at(strides, axis));
    if (sides === null) return unevenPads(site, kernel, reach - at(strides, axis));
    pads.push(sides.pads);
    outputPads.push(sides.more);
    return (extent - 1) * at(strides, axis) + reach - sides.pads[0] - sides.pads[1] + sides.more;
  });
  if (out.some((extent) => extent === null)) return null;
  if (out.some((extent) => extent !== null && extent < 1)) {
    const holes = { kernel: kernel.join("x"), found: showShape(from) };
    return report(site.context, shapeFaults.report("window", placeOf(site.context, site.span), holes));
  }
  const fans = fieldFans(at(from, 0) / groups, channels / groups, kernel);
  const made = synapsesOf(site, [at(from, 0), channels / groups, ...kernel], [channels], fans);
  if (made === null) return null;
  const attrs = {
    ...made,
    strides: unless(strides, (n) => n === 1),
    dilations: unless(dilations, (n) => n === 1),
    pads: unless(pads, ([before, after]) => before === 0 && after === 0),
    outputPads: unless(outputPads, (n) => n === 0),
    groups,
  };
  return makeTensor("convTranspose", [input.node], attrs, originsOf(site));
};

/** The adjoint of a conv: (h - 1) stride + kernel - 2 pad; weights [in, channels / groups, kernel]. */
export const convTranspose: Layer = {
  signature: signature("conv_transpose", ["channels", "kernel"], [...window, "groups", ...synapses], unbuilt),
  counted: "conv_transpose",
  build: buildTransposed,
};
