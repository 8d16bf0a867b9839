import type { NodeOf } from "../../../../ir/core/index.ts";
import type { Tensor } from "../../../../ir/tensor/index.ts";
import { flagOf, intOf } from "../attributes.ts";
import { axesOf, axisOf, onAxes, settledAs } from "../forms.ts";
import { type Importer, integersAt, type Site, valueAt, wrongShape } from "../site.ts";
import { type Value, wholeShape } from "../value.ts";
import { integersOf } from "./reshape.ts";

type Fn = NodeOf<Tensor, "reduce">["attrs"]["fn"];

/** A reduction over axes of the whole shape. */
export const reduced = (site: Site, value: Value, fn: Fn, axes: readonly number[], keep: boolean): Value => {
  const on = onAxes(site, value, axes);
  const made = site.make("reduce", [on.node], { fn, axes: on.axes, keep });
  return settledAs(site, made, on.lead, value.element);
};

/** Without axes: all of them, or none when `noop_with_empty_axes` says so. */
const reduceOf = (fn: Fn): Importer => ({
  inputs: [1, 2],
  attributes: ["axes", "keepdims", "noop_with_empty_axes"],
  run: (site) => {
    const value = valueAt(site, 0);
    const rank = wholeShape(value).length;
    const stated = integersOf(site, 1, "axes") ?? [];
    const none = stated.length === 0;
    if (none && flagOf(site, "noop_with_empty_axes", false)) return reduced(site, value, fn, [], true);
    const axes = none ? Array.from({ length: rank }, (_, axis) => axis) : axesOf(site, stated, rank);
    return reduced(site, value, fn, axes, flagOf(site, "keepdims", true));
  },
});

const argOf = (lowest: boolean): Importer => ({
  inputs: [1, 1],
  attributes: ["axis", "keepdims", "select_last_index"],
  run: (site) => {
    const value = valueAt(site, 0);
    const axis = axisOf(site, intOf(site, "axis", 0), wholeShape(value).length);
    const on = onAxes(site, value, [axis]);
    const keep = flagOf(site, "keepdims", true);
    const last = flagOf(site, "select_last_index", false);
    const made = site.make("argmax", [on.node], { axis: on.axes[0] ?? 0, lowest, last, keep });
    return settledAs(site, made, on.lead, "INT64");
  },
});

/** The k greatest (or least) entries and their places; sorted, as "unsorted" leaves the order open. */
const topK: Importer = {
  inputs: [1, 2],
  attributes: ["axis", "k", "largest", "sorted"],
  run: (site) => {
    const value = valueAt(site, 0);
    const axis = axisOf(site, intOf(site, "axis", -1), wholeShape(value).length);
    const k = integersAt(site, 1)?.[0] ?? intOf(site, "k", 1);
    if (!(Number.isInteger(k) && k >= 0)) return wrongShape(site, `the ${k} greatest entries are asked for`);
    const on = onAxes(site, value, [axis]);
    const attrs = { k, axis: on.axes[0] ?? 0, lowest: !flagOf(site, "largest", true) };
    const values = site.make("topK", [on.node], { ...attrs, emit: "values" });
    const indices = site.make("topK", [on.node], { ...attrs, emit: "indices" });
    return [settledAs(site, values, on.lead, value.element), settledAs(site, indices, on.lead, "INT64")];
  },
};

/** Reductions, by operator. */
export const reductions: Readonly<Record<string, Importer>> = {
  ArgMax: argOf(false),
  ArgMin: argOf(true),
  ReduceL1: reduceOf("l1"),
  ReduceL2: reduceOf("l2"),
  ReduceLogSum: reduceOf("logSum"),
  ReduceLogSumExp: reduceOf("logSumExp"),
  ReduceMax: reduceOf("max"),
  ReduceMean: reduceOf("mean"),
  ReduceMin: reduceOf("min"),
  ReduceProd: reduceOf("product"),
  ReduceSum: reduceOf("sum"),
  ReduceSumSquare: reduceOf("sumSquare"),
  TopK: topK,
};
