import { item, type Shape, showShape } from "../../../compiler/ir/core/index.ts";
import { shapeFaults } from "../../diagnostics/shape.ts";
import { lineAt, placeOf, report } from "../context.ts";
import { type Padding, padding, perAxis } from "../kinds.ts";
import { optional, spanOfOption } from "../options.ts";
import { type Flow, flattenedBy, type Site, shapeOfFlow, unless, windowNeeds } from "./layer.ts";

/** A window with everything resolved, in the form of the tensor IR. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly (readonly [number, number])[];
}

const rankRemedy = (site: Site, input: Flow, kernel: readonly number[]): string => {
  const made = flattenedBy(input);
  if (made !== null)
    return `\`${made.word}\` (line ${lineAt(site.context, made.span)}) made a vector: move it behind the last conv`;
  const axes = shapeOfFlow(input).length - 1;
  if (kernel.length === 1 && axes > 1)
    return `write the size of every axis: \`${Array(axes).fill(kernel[0]).join("x")}\``;
  return `declare the input as ${windowNeeds(kernel.length)}`;
};

/** True when the input has as many axes as the window; reported if not. */
export const rankFits = (site: Site, input: Flow, kernel: readonly number[], what: string): boolean => {
  const found = shapeOfFlow(input);
  if (found.length === kernel.length + 1) return true;
  const sized = kernel.length === 1 ? `a 1-D ${what} (size ${kernel[0]})` : `a ${kernel.join("x")} ${what}`;
  const holes = {
    what: sized,
    needs: windowNeeds(kernel.length),
    found: showShape(found),
    remedy: rankRemedy(site, input, kernel),
  };
  report(site.context, shapeFaults.report("rank", placeOf(site.context, site.word), holes));
  return false;
};

/** One number for all axes, or one an axis. Null: a fault was reported. */
export const spread = (
  site: Site,
  name: string,
  fallback: number | readonly number[],
  rank: number,
): readonly number[] | null => {
  const given = optional(site.options, name, perAxis, fallback);
  if (given === null) return null;
  if (typeof given === "number") return Array.from({ length: rank }, () => given);
  if (given.length === rank) return given;
  const span = spanOfOption(site.options, name) ?? site.span;
  const remedy = `write ${rank} numbers: \`${Array(rank).fill(given[0]).join("x")}\``;
  const holes = { name, found: given.length, wanted: rank, remedy };
  return report(site.context, shapeFaults.report("axes", placeOf(site.context, span), holes));
};

/** Padding that `same` and its kin ask for: out = ceil(in / stride). */
const totalPadding = (extent: number, reach: number, stride: number): number =>
  Math.max(0, (Math.ceil(extent / stride) - 1) * stride + reach - extent);

const axisWords: readonly (readonly [string, string])[] = [
  ["row", "rows"],
  ["column", "columns"],
];

const uneven = (
  site: Site,
  space: Shape,
  axis: number,
  window: Omit<Window, "pads">,
  total: number,
): null => {
  const extent = item(space, axis);
  const [single, many] = space.length === 2 ? (axisWords[axis] ?? ["step", "steps"]) : ["step", "steps"];
  const out = Math.ceil(extent / item(window.strides, axis));
  const pad = Math.floor((item(window.dilations, axis) * (item(window.kernel, axis) - 1)) / 2);
  const padding = `${total} ${total === 1 ? single : many}`;
  const holes = { extent: `${extent} ${many}`, out, kernel: window.kernel.join("x"), padding, pad };
  const { options, context } = site;
  const span =
    spanOfOption(options, "stride") ??
    spanOfOption(options, "pad") ??
    spanOfOption(options, "kernel") ??
    site.span;
  return report(context, shapeFaults.report("uneven-padding", placeOf(context, span), holes));
};

/** The odd one behind, or before with `same_lower`. */
export const halves = (total: number, mode: Exclude<Padding, number>): readonly [number, number] => {
  const less = Math.floor(total / 2);
  return mode === "same_lower" ? [total - less, less] : [less, total - less];
};

type Pads = Window["pads"];

const padsOf = (site: Site, space: Shape, window: Omit<Window, "pads">, mode: Padding): Pads | null => {
  const pads: (readonly [number, number])[] = [];
  for (const [axis, extent] of space.entries()) {
    if (typeof mode === "number") {
      pads.push([mode, mode]);
      continue;
    }
    const reach = item(window.dilations, axis) * (item(window.kernel, axis) - 1) + 1;
    const total = totalPadding(extent, reach, item(window.strides, axis));
    if (mode === "same" && total % 2 === 1) return uneven(site, space, axis, window, total);
    pads.push(halves(total, mode));
  }
  return pads;
};

const fits = (site: Site, input: Flow, { kernel, dilations, pads }: Window): boolean => {
  const [, ...space] = shapeOfFlow(input);
  const covered = space.every((extent, axis) => {
    const [before, after] = pads[axis] ?? [0, 0];
    return extent + before + after >= item(dilations, axis) * (item(kernel, axis) - 1) + 1;
  });
  if (covered) return true;
  const holes = { kernel: kernel.join("x"), found: showShape(shapeOfFlow(input)) };
  report(site.context, shapeFaults.report("window", placeOf(site.context, site.span), holes));
  return false;
};

/** Resolves stride, padding and dilation of a window; lists of defaults alone become `[]`. Null: a fault was reported. */
export const windowOf = (
  site: Site,
  input: Flow,
  kernel: readonly number[],
  what: string,
  fallback: { readonly stride: number | readonly number[]; readonly pad: Padding },
): Window | null => {
  if (!rankFits(site, input, kernel, what)) return null;
  const [, ...space] = shapeOfFlow(input);
  const strides = spread(site, "stride", fallback.stride, kernel.length);
  const dilations = spread(site, "dilation", 1, kernel.length);
  const mode = optional(site.options, "pad", padding, fallback.pad);
  if (strides === null || dilations === null || mode === null) return null;
  const pads = padsOf(site, space, { kernel, strides, dilations }, mode);
  if (pads === null || !fits(site, input, { kernel, strides, dilations, pads })) return null;
  return {
    kernel,
    strides: unless(strides, (n) => n === 1),
    dilations: unless(dilations, (n) => n === 1),
    pads: unless(pads, ([before, after]) => before === 0 && after === 0),
  };
};
