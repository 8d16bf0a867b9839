import { floats, item, weight } from "../../../../ir/core/index.ts";
import type { TensorNode } from "../../../../ir/tensor/index.ts";
import { intOf } from "../attributes.ts";
import { axisOf, onAxes, settledAs } from "../forms.ts";
import { type Importer, integersAt, type Site, spend, valueAt, wrongAttribute, wrongShape } from "../site.ts";
import { type Value, wholeShape } from "../value.ts";
import { integersOf } from "./reshape.ts";

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
  if (step < 0 && count > 1) {
    spend(site, "elements", count);
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
  }
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
export const picked = (site: Site, node: TensorNode, axis: number, index: readonly number[]): TensorNode => {
  const shape = [index.length, 1];
  spend(site, "elements", 2 * index.length);
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
    const steps = integersAt(site, 4) ?? starts.map(() => 1);
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
  const made = site.node.outputs.length;
  const count = intOf(site, "num_outputs", made);
  if (count !== made)
    return wrongAttribute(site, "num_outputs", `it is ${count}, the node has ${made} outputs`);
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
    if (parts.length > site.node.outputs.length)
      return wrongShape(site, `${parts.length} parts are given for ${site.node.outputs.length} outputs`);
    if (sum !== shape[axis] || parts.some((part) => part < 0))
      return wrongShape(site, `parts of [${parts.join(", ")}] do not divide axis ${axis}`);
    let end = 0;
    return parts.map((part) => {
      const start = end;
      end += part;
      return sliced(site, value, axis, part === 0 ? 0 : start, part, 1);
    });
  },
};

/** Operators that take a part of a value, by operator. */
export const slices: Readonly<Record<string, Importer>> = { Slice: slice, Split: split };
