import { quoteName } from "../../../../diagnostics/index.ts";
import { floats, item, type Shape, sizeOf, weight } from "../../../../ir/core/index.ts";
import type { TensorNode } from "../../../../ir/tensor/index.ts";
import { limits } from "../../decode/limits.ts";
import { intOf, textOf } from "../attributes.ts";
import { axisOf, broadcastShape, expandTo, onAxes, reshaped, settled, settledAs, whole } from "../forms.ts";
import {
  type Importer,
  numbersAt,
  optionalAt,
  type Site,
  tooLarge,
  valueAt,
  wrongAttribute,
  wrongShape,
} from "../site.ts";
import { constant, type Value, wholeShape } from "../value.ts";
import { integersOf } from "./reshape.ts";
import { transposed } from "./transpose.ts";

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

const bounded = (site: Site, shape: Shape): Shape => {
  const wrong = shape.find((extent) => !(Number.isInteger(extent) && extent >= 0));
  if (wrong !== undefined) return wrongShape(site, `an extent of ${wrong} is asked for`);
  const count = sizeOf(shape);
  return count <= limits.elements ? shape : tooLarge(site, "values in one tensor", count, limits.elements);
};

/** A value repeated along axes of extent 1, and along new axes in front. */
const expanded = (site: Site, value: Value, stated: Shape): Value => {
  const shape = bounded(site, broadcastShape(site, [wholeShape(value), stated]));
  return settled(site, expandTo(site, whole(site, value), shape), value.element);
};

const expand: Importer = {
  inputs: [2, 2],
  attributes: [],
  run: (site) => expanded(site, valueAt(site, 0), bounded(site, numbersAt(site, 1) ?? [])),
};

/** Copies of the whole value along every axis: an axis of repeats in front of each. */
const tile: Importer = {
  inputs: [2, 2],
  attributes: [],
  run: (site) => {
    const value = valueAt(site, 0);
    const shape = wholeShape(value);
    const repeats = numbersAt(site, 1) ?? [];
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

/** Entries start, start + step, .. of one axis of the whole shape; a step below zero walks back. */
export const sliced = (
  site: Site,
  value: Value,
  axis: number,
  start: number,
  count: number,
  step: number,
): Value => {
  const shape = wholeShape(value);
  if (start === 0 && step === 1 && count === shape[axis]) return value;
  const { node, axes, lead } = onAxes(site, value, [axis]);
  const at = axes[0] ?? 0;
  if (step < 0 && count > 1)
    return settledAs(
      site,
      picked(
        site,
        node,
        at,
        Array.from({ length: count }, (_, i) => start + i * step),
      ),
      lead,
      value.element,
    );
  const { length } = node.type.shape;
  const fill = (other: number, own: number): readonly number[] =>
    Array.from({ length }, (_, a) => (a === at ? own : other));
  const made = site.make("slice", [node], {
    starts: fill(0, start),
    sizes: node.type.shape.map((extent, a) => (a === at ? count : extent)),
    steps: step === 1 ? [] : fill(1, Math.max(1, step)),
  });
  return settledAs(site, made, lead, value.element);
};

/** The entries at `index` of an axis of a node; known while the model is read. */
const picked = (site: Site, node: TensorNode, axis: number, index: readonly number[]): TensorNode => {
  const shape = [index.length, 1];
  return site.make("resample", [node], {
    axis,
    index: weight({ name: "index", shape, dtype: "i64", data: Float64Array.from(index) }),
    taps: floats("ones", shape, new Float64Array(index.length).fill(1)),
  });
};

/** First entry and number of entries of a NumPy slice. */
const rangeOf = (extent: number, start: number, end: number, step: number): readonly [number, number] => {
  const from = (at: number, low: number, high: number): number =>
    Math.min(high, Math.max(low, at < 0 ? at + extent : at));
  const first = step > 0 ? from(start, 0, extent) : from(start, -1, extent - 1);
  const last = step > 0 ? from(end, 0, extent) : from(end, -1, extent - 1);
  return [first, Math.max(0, Math.ceil((last - first) / step))];
};

/** Starts, ends and axes are attributes before opset 10, inputs since. */
const slice: Importer = {
  inputs: [1, 5],
  attributes: ["axes", "ends", "starts"],
  run: (site) => {
    const value = valueAt(site, 0);
    const shape = wholeShape(value);
    const starts = integersOf(site, 1, "starts") ?? wrongAttribute(site, "starts", "it is missing");
    const ends = integersOf(site, 2, "ends") ?? wrongAttribute(site, "ends", "it is missing");
    const stated = integersOf(site, 3, "axes") ?? starts.map((_, i) => i);
    const steps = numbersAt(site, 4) ?? starts.map(() => 1);
    if (ends.length !== starts.length || stated.length !== starts.length || steps.length !== starts.length)
      return wrongShape(
        site,
        `${starts.length} starts, ${ends.length} ends and ${stated.length} axes are given`,
      );
    const axes = stated.map((axis) => axisOf(site, axis, shape.length, "axes"));
    return axes.reduce((x, axis, i) => {
      const step = item(steps, i);
      if (step === 0) return wrongShape(site, "a step of 0 goes nowhere");
      const [first, count] = rangeOf(item(shape, axis), item(starts, i), item(ends, i), step);
      return sliced(site, x, axis, count === 0 ? 0 : first, count, step);
    }, value);
  },
};

/** Sizes of the parts: stated, or as even as they go. */
const partsOf = (site: Site, extent: number): readonly number[] => {
  const stated = integersOf(site, 1, "split");
  if (stated !== null) return stated;
  const count = intOf(site, "num_outputs", site.node.outputs.length);
  const most = Math.ceil(extent / Math.max(1, count));
  return Array.from({ length: count }, (_, i) => Math.max(0, Math.min(most, extent - i * most)));
};

const split: Importer = {
  inputs: [1, 2],
  attributes: ["axis", "num_outputs", "split"],
  run: (site) => {
    const value = valueAt(site, 0);
    const shape = wholeShape(value);
    const axis = axisOf(site, intOf(site, "axis", 0), shape.length);
    const parts = partsOf(site, item(shape, axis));
    const sum = parts.reduce((total, part) => total + part, 0);
    if (sum !== shape[axis] || parts.some((part) => part < 0))
      return wrongShape(site, `parts of [${parts.join(", ")}] do not divide axis ${axis}`);
    return parts.map((part, i) => {
      const start = parts.slice(0, i).reduce((total, p) => total + p, 0);
      return sliced(site, value, axis, part === 0 ? 0 : start, part, 1);
    });
  },
};

/** Entries of one axis; constant indices become a slice or a fixed pick, others a gather. */
const gather: Importer = {
  inputs: [2, 2],
  attributes: ["axis"],
  run: (site) => {
    const [value, index] = [valueAt(site, 0), valueAt(site, 1)];
    const shape = wholeShape(value);
    const axis = axisOf(site, intOf(site, "axis", 0), shape.length);
    const to = [...shape.slice(0, axis), ...wholeShape(index), ...shape.slice(axis + 1)];
    bounded(site, to);
    if (index.kind === "computed") {
      const node = site.make("gather", [whole(site, value), whole(site, index)], { axis, mode: "take" });
      return settled(site, node, value.element);
    }
    const extent = item(shape, axis);
    const at = Array.from(index.weight.stored(), (i) => (i < 0 ? i + extent : i));
    const wrong = at.find((i) => !(i >= 0 && i < extent));
    if (wrong !== undefined) return wrongShape(site, `index ${wrong} is outside axis ${axis}`);
    const [first = 0] = at;
    if (at.length > 0 && at.every((i, k) => i === first + k))
      return reshaped(site, sliced(site, value, axis, first, at.length, 1), to);
    const { node, axes, lead } = onAxes(site, value, [axis]);
    const made = settledAs(site, picked(site, node, axes[0] ?? 0, at), lead, value.element);
    return reshaped(site, made, to);
  },
};

const gatherElements: Importer = {
  inputs: [2, 2],
  attributes: ["axis"],
  run: (site) => {
    const value = valueAt(site, 0);
    const axis = axisOf(site, intOf(site, "axis", 0), wholeShape(value).length);
    const inputs = [whole(site, value), whole(site, valueAt(site, 1))] as const;
    return settled(site, site.make("gather", inputs, { axis, mode: "elements" }), value.element);
  },
};

const gatherNd: Importer = {
  inputs: [2, 2],
  attributes: ["batch_dims"],
  run: (site) => {
    const value = valueAt(site, 0);
    const inputs = [whole(site, value), whole(site, valueAt(site, 1))] as const;
    const axis = intOf(site, "batch_dims", 0);
    return settled(site, site.make("gather", inputs, { axis, mode: "nd" }), value.element);
  },
};

const combines = { none: "replace", add: "add", mul: "multiply", min: "min", max: "max" } as const;

const isCombine = (word: string): word is keyof typeof combines => Object.hasOwn(combines, word);

const scatterOf = (mode: "elements" | "nd"): Importer => ({
  inputs: [3, 3],
  attributes: mode === "elements" ? ["axis", "reduction"] : ["reduction"],
  run: (site) => {
    const value = valueAt(site, 0);
    const word = textOf(site, "reduction", "none");
    if (!isCombine(word)) return wrongAttribute(site, "reduction", `it is "${quoteName(word)}"`);
    const axis = mode === "nd" ? 0 : axisOf(site, intOf(site, "axis", 0), wholeShape(value).length);
    const inputs = [
      whole(site, value),
      whole(site, valueAt(site, 1)),
      whole(site, valueAt(site, 2)),
    ] as const;
    return settled(
      site,
      site.make("scatter", inputs, { axis, mode, combine: combines[word] }),
      value.element,
    );
  },
});

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
    const axes = (numbersAt(site, 3) ?? all).map((axis) => axisOf(site, axis, shape.length, "axes"));
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
    const fill = optionalAt(site, 2) === null ? valueAttribute(site) : (numbersAt(site, 2)?.[0] ?? 0);
    const moved = all.filter((axis) => item(pads, axis).some((count) => count !== 0));
    const { node, lead } = onAxes(site, value, moved);
    if (moved.length === 0) return value;
    const made = site.make("pad", [node], { pads: lead ? pads.slice(1) : pads, mode, value: fill });
    return settledAs(site, made, lead, value.element);
  },
};

const valueAttribute = (site: Site): number => {
  const found = site.node.attributes.get("value");
  return found?.kind === "float" ? found.value : 0;
};

const spaceOf = (site: Site, value: Value): readonly [number, number, number, number] => {
  const [n, c, h, w, ...more] = wholeShape(value);
  if (n === undefined || c === undefined || h === undefined || w === undefined || more.length > 0)
    return wrongShape(site, "an input of rank 4 is needed");
  return [n, c, h, w];
};

const blockOf = (site: Site, divides: (block: number) => boolean): number => {
  const block = intOf(site, "blocksize", 0);
  if (block >= 1 && divides(block)) return block;
  return wrongAttribute(site, "blocksize", `it is ${block}, which does not divide the input`);
};

/** Channels to blocks of b x b places: by depth first (DCR) or by column and row first (CRD). */
const depthToSpace: Importer = {
  inputs: [1, 1],
  attributes: ["blocksize", "mode"],
  run: (site) => {
    const value = valueAt(site, 0);
    const [n, c, h, w] = spaceOf(site, value);
    const b = blockOf(site, (block) => c % (block * block) === 0);
    const mode = textOf(site, "mode", "DCR");
    if (mode !== "DCR" && mode !== "CRD") return wrongAttribute(site, "mode", `it is "${quoteName(mode)}"`);
    const depth = c / (b * b);
    const split = mode === "DCR" ? [n, b, b, depth, h, w] : [n, depth, b, b, h, w];
    const order = mode === "DCR" ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
    const moved = transposed(site, reshaped(site, value, split), order);
    return reshaped(site, moved, [n, depth, h * b, w * b]);
  },
};

const spaceToDepth: Importer = {
  inputs: [1, 1],
  attributes: ["blocksize", "mode"],
  run: (site) => {
    const value = valueAt(site, 0);
    const [n, c, h, w] = spaceOf(site, value);
    const b = blockOf(site, (block) => h % block === 0 && w % block === 0);
    const mode = textOf(site, "mode", "DCR");
    const split = reshaped(site, value, [n, c, h / b, b, w / b, b]);
    const moved = transposed(site, split, mode === "CRD" ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]);
    return reshaped(site, moved, [n, c * b * b, h / b, w / b]);
  },
};

/** Operators that move values and do not compute, by operator. */
export const views: Readonly<Record<string, Importer>> = {
  DepthToSpace: depthToSpace,
  Expand: expand,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  Pad: pad,
  Scatter: scatterOf("elements"),
  ScatterElements: scatterOf("elements"),
  ScatterND: scatterOf("nd"),
  Shape: shapeOf,
  Size: size,
  Slice: slice,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Tile: tile,
};
