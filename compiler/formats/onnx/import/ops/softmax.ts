import { sizeOf } from "../../../../ir/core/index.ts";
import { intOf } from "../attributes.ts";
import { axisOf, onAxes, reshaped, settledAs } from "../forms.ts";
import { type Importer, type Site, valueAt } from "../site.ts";
import { type Value, wholeShape } from "../value.ts";

/** Softmax along an axis of the whole shape. */
export const softmaxed = (site: Site, value: Value, axis: number, log: boolean): Value => {
  const { node, axes, lead } = onAxes(site, value, [axis]);
  return settledAs(site, site.make("softmax", [node], { axis: axes[0] ?? 0, log }), lead, value.element);
};

/** Along one axis since opset 13 (the last by default); over all axes from `axis` on (1 by default) before. */
const softmaxOf = (log: boolean): Importer => ({
  inputs: [1, 1],
  attributes: ["axis"],
  run: (site) => {
    const value = valueAt(site, 0);
    const shape = wholeShape(value);
    const axis = axisOf(site, intOf(site, "axis", site.opset >= 13 ? -1 : 1), shape.length);
    const joint = sizeOf(shape.slice(axis));
    if (site.opset >= 13 || joint === shape[axis]) return softmaxed(site, value, axis, log);
    const flat = reshaped(site, value, [...shape.slice(0, axis), joint]);
    return reshaped(site, softmaxed(site, flat, axis, log), shape);
  },
});

/** Softmax and its logarithm, by operator. */
export const softmaxes: Readonly<Record<string, Importer>> = {
  LogSoftmax: softmaxOf(true),
  Softmax: softmaxOf(false),
};
